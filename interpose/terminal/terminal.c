#include "terminal/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "terminal/caller.h"
#include "terminal/control.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"

enum terminal_end terminal_end_of(const struct stat *status)
{
    if (!S_ISFIFO(status->st_mode))
        return NO_TERMINAL;
    const struct rpty_page *page = runtime_page();
    if (page == NULL)
        return NO_TERMINAL;
    if (status->st_ino == page->output_ino && status->st_dev == page->output_dev)
        return OUTPUT_END;
    if (status->st_ino == page->input_ino && status->st_dev == page->input_dev)
        return INPUT_END;
    return NO_TERMINAL;
}

enum terminal_end terminal_end_shown(int fd)
{
    struct stat status;
    /* Most descriptors are no pipe, and that is asked for half the price of fstat. A descriptor that was opened with
     * O_PATH, for which nobody needs a permission, is not one either: EBADF. */
    if (SYS(fcntl, fd, F_GETPIPE_SZ) < 0 || SYS(fstat, fd, &status) < 0)
        return NO_TERMINAL;
    return terminal_end_of(&status);
}

static bool is_mark(long signal)
{
    return signal >= RPTY_MARK_FIRST && signal <= RPTY_MARK_OUTPUT;
}

static enum terminal_end end_of_mark(long mark)
{
    return (RPTY_MARK_OUTPUT - mark) % 2 ? INPUT_END : OUTPUT_END;
}

/* A mark does not tell whose terminal it is, and a program may want that very signal from a file of its own.
 * So it counts on the standard streams, which come from the session; all else is looked at. */
static enum terminal_end end_of_descriptor(int fd)
{
    long mark = fd <= STDERR_FILENO ? SYS(fcntl, fd, F_GETSIG) : 0;
    if (!is_mark(mark))
        return terminal_end_shown(fd);
    if (runtime_page() == NULL)
        return NO_TERMINAL;
    return end_of_mark(mark);
}

bool terminal_find(int fd, struct terminal *terminal)
{
    if (!runtime_present())
        return false;
    terminal->end = end_of_descriptor(fd);
    terminal->fd = fd;
    terminal->page = runtime_page_if_mapped();
    return terminal->end != NO_TERMINAL;
}

bool terminal_likely(void)
{
    struct stat status;
    for (int fd = 0; fd < 3; fd++) {
        if (SYS(fstat, fd, &status) == 0 && S_ISFIFO(status.st_mode))
            return true;
    }
    return false;
}

int terminal_marked(void)
{
    for (int fd = 0; fd < 3; fd++) {
        if (is_mark(SYS(fcntl, fd, F_GETSIG)))
            return fd;
    }
    return -1;
}

int terminal_possessed(void)
{
    for (int fd = 0; fd < 3; fd++) {
        if (end_of_descriptor(fd) != NO_TERMINAL)
            return fd;
    }
    return -1;
}

/* Opened without blocking: where the slave is gone, or shows an end of file, open would wait for it. */
static long open_by_path(int access, int flags)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path(access == O_RDONLY ? RPTY_FILE_INPUT : RPTY_FILE_OUTPUT, path);
    int mode = access == O_RDONLY ? O_RDONLY : O_WRONLY;
    return SYS(openat, AT_FDCWD, path, mode | O_NONBLOCK | (flags & O_CLOEXEC));
}

static long clear_nonblock(long fd)
{
    long flags = SYS(fcntl, fd, F_GETFL);
    return flags < 0 ? flags : SYS(fcntl, fd, F_SETFL, flags & ~O_NONBLOCK);
}

long terminal_open_end(int on, int access, int flags)
{
    long fd = open_by_path(access, flags);
    if (fd == -EACCES || fd == -ENOENT)
        fd = control_open(on, access, flags);
    if (fd < 0)
        return fd;
    terminal_mark((int)fd, access == O_RDONLY ? INPUT_END : OUTPUT_END, 0);
    if (!(flags & O_NONBLOCK))
        clear_nonblock(fd);
    return fd;
}

static struct borrowed borrow(const struct terminal *terminal, enum terminal_end end, int usual)
{
    if (terminal->end == end)
        return (struct borrowed){terminal->fd, false};
    if (end_of_descriptor(usual) == end)
        return (struct borrowed){usual, false};
    int access = end == INPUT_END ? O_RDONLY : O_WRONLY;
    return (struct borrowed){
        (int)terminal_open_end(terminal->fd, access,
                               O_CLOEXEC | (end == INPUT_END ? O_NONBLOCK : 0)),
        true};
}

struct borrowed terminal_input(const struct terminal *terminal)
{
    return borrow(terminal, INPUT_END, 0);
}

struct borrowed terminal_output(const struct terminal *terminal)
{
    return borrow(terminal, OUTPUT_END, 1);
}

void terminal_give_back(struct borrowed borrowed)
{
    if (borrowed.owned && borrowed.fd >= 0)
        SYS(close, borrowed.fd);
}

void terminal_mark(int fd, enum terminal_end end, int how)
{
    SYS(fcntl, fd, F_SETSIG, (end == INPUT_END ? RPTY_MARK_INPUT : RPTY_MARK_OUTPUT) - how);
}

static bool is_marked(int fd, int how)
{
    long mark = SYS(fcntl, fd, F_GETSIG);
    return is_mark(mark) && ((RPTY_MARK_OUTPUT - mark) & how);
}

bool terminal_is_one_way(int fd)
{
    return is_marked(fd, RPTY_MARK_ONE_WAY);
}

bool terminal_is_by_name(int fd)
{
    return is_marked(fd, RPTY_MARK_BY_NAME);
}

bool terminal_is_dev_tty(int fd)
{
    return is_marked(fd, RPTY_MARK_DEV_TTY);
}

long terminal_signal(int fd)
{
    long signal = SYS(fcntl, fd, F_GETSIG);
    return is_mark(signal) ? 0 : signal;
}

void terminal_unmark(int fd)
{
    if (is_mark(SYS(fcntl, fd, F_GETSIG)))
        SYS(fcntl, fd, F_SETSIG, 0);
}

long terminal_state(const struct terminal *terminal, struct state *state)
{
    if (state_hung_up(terminal->page))
        return -EIO;
    if (state_read(terminal->page, state))
        return 0;
    return control_get_state(terminal->fd, state);
}

enum terminal_tie terminal_tie(const struct rpty_page *page)
{
    int32_t session = PAGE_WORD(page, session);
    if (session == 0 || caller_has_left_session())
        return TIE_NONE;
    long own = SYS(getsid, caller());
    if (own == 0)
        return TIE_FROM_OUTSIDE;
    return own == session && caller_shares_numbers(page) ? TIE_OF_SESSION : TIE_NONE;
}

bool terminal_controls_us(const struct rpty_page *page)
{
    enum terminal_tie tie = terminal_tie(page);
    return tie == TIE_FROM_OUTSIDE ? control_ask(-1, RPTY_GET_JOB, RPTY_JOB_IS_IN_FRONT) >= 0
                                   : tie == TIE_OF_SESSION;
}

long terminal_gone_or(const struct terminal *terminal, long otherwise)
{
    return state_hung_up(terminal->page) ? -EIO : otherwise;
}
