#include "library/written.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "library/cancel.h"
#include "library/export.h"
#include "terminal/change.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

/* Where no call has needed the page yet, the standard streams are not the terminal. */
static bool needs_a_look(void)
{
    const struct rpty_page *page = runtime_page_if_mapped();
    return page && ((PAGE_WORD(page, flags) & (RPTY_HUNG_UP | RPTY_STOPPED)) ||
                    (PAGE_WORD(page, termios.c_lflag) & TOSTOP));
}

static long sleep_until_event(const struct rpty_page *page, uint32_t event)
{
    int type = cancel_allow();
    long result =
        SYS(futex, &page->event, FUTEX_WAIT_BITSET, event, NULL, NULL, FUTEX_BITSET_MATCH_ANY);
    cancel_forbid(type);
    return result;
}

/* Waits while a program has stopped output. A writer that must not wait fills the FIFO: poll, which sees
 * that, would else tell it to try at once. -> 0 or -errno */
static long wait_for_start(const struct terminal *terminal)
{
    const struct rpty_page *page = terminal->page;
    for (;;) {
        uint32_t event = PAGE_WORD(page, event);
        uint32_t flags = PAGE_WORD(page, flags);
        if (flags & RPTY_HUNG_UP)
            return -EIO;
        if (!(flags & RPTY_STOPPED) || (SYS(fcntl, terminal->fd, F_GETFL) & O_NONBLOCK))
            return 0;
        if (sleep_until_event(page, event) == -EINTR)
            return -EINTR;
    }
}

long written_check(int fd)
{
    struct terminal terminal;
    if (!needs_a_look() || !terminal_find(fd, &terminal) ||
        (terminal.end == INPUT_END && terminal_is_one_way(fd)))
        return 0;
    long forbidden = change_check_write(terminal.page);
    return forbidden ? forbidden : wait_for_start(&terminal);
}

/* The output, if `fd` is a descriptor of the input that may be written to. */
static struct borrowed other_end(int fd)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal) || terminal.end != INPUT_END || terminal_is_one_way(fd))
        return (struct borrowed){-EBADF, false};
    return terminal_output(&terminal);
}

ssize_t written_to_other_end(int fd, const struct iovec *parts, int count)
{
    struct borrowed output = other_end(fd);
    if (output.fd < 0)
        return libc_result(output.fd);
    long written = SYS(writev, output.fd, parts, count);
    terminal_give_back(output);
    return libc_result(written);
}

ssize_t written(int fd, const struct iovec *part, ssize_t (*next)(int, const void *, size_t))
{
    int before = get_errno();
    long forbidden = written_check(fd);
    if (forbidden)
        return libc_result(forbidden);
    ssize_t count = next(fd, part->iov_base, part->iov_len);
    if (count >= 0 || get_errno() != EBADF)
        return count;
    set_errno(before);
    return written_to_other_end(fd, part, 1);
}
