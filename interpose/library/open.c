#include "library/open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "library/export.h"
#include "library/inside.h"
#include "library/real.h"
#include "terminal/admin.h"
#include "terminal/caller.h"
#include "terminal/change.h"
#include "terminal/control.h"
#include "terminal/disguise.h"
#include "terminal/path.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

/* What forbids it whatever the name. -> 0 or -errno */
static long check_flags(int flags)
{
    if ((flags & O_CREAT) && (flags & O_EXCL))
        return -EEXIST;
    if (flags & O_DIRECTORY)
        return -ENOTDIR;
    return state_exclusive(runtime_page()) && !caller_is_admin() ? -EBUSY : 0;
}

/* `how`: see terminal_mark. O_APPEND is kept as it has no meaning to either. */
static long open_end(int on, int flags, int how)
{
    int access = flags & O_ACCMODE;
    long forbidden = check_flags(flags);
    if (forbidden)
        return forbidden;
    long fd = terminal_open_end(on, access, flags);
    if (fd < 0)
        return fd;
    inside_forget();
    how |= RPTY_MARK_BY_NAME | (access == O_RDWR ? 0 : RPTY_MARK_ONE_WAY);
    terminal_mark((int)fd, access == O_RDONLY ? INPUT_END : OUTPUT_END, how);
    if (flags & O_APPEND)
        SYS(fcntl, fd, F_SETFL, SYS(fcntl, fd, F_GETFL) | O_APPEND);
    change_take_opened(runtime_page(), (int)fd, flags);
    return fd;
}

/* Another session's process may have a terminal of its own, or none: the kernel says. Where the host has no
 * such device, it would say that this session has none. Who has left ours has none; the kernel might ask the
 * keeper, which does not know. */
static long open_controlling(int flags)
{
    const struct rpty_page *page = runtime_page();
    if (page && terminal_controls_us(page))
        return state_hung_up(page) ? -ENXIO : open_end(-1, flags, RPTY_MARK_DEV_TTY);
    if (page && SYS(getsid, 0) == PAGE_WORD(page, session) && caller_shares_numbers(page))
        return -ENXIO;
    long fd = SYS(openat, AT_FDCWD, "/dev/tty", flags, 0);
    return fd == -ENOENT ? -ENXIO : fd;
}

/* The name is good for the terminal's session, for those who have it open, and, as a device file's is, for the
 * user whose it is: gpg-agent's pinentry is none of the others. */
static long open_by_name(int flags)
{
    const struct rpty_page *page = runtime_page();
    int possessed = terminal_possessed();
    if (state_hung_up(page))
        return -ENOENT;
    long fd = open_end(possessed, flags, 0);
    return fd == -ENXIO && possessed < 0 && !terminal_controls_us(page) ? -EACCES : fd;
}

static long open_like(int fd, int flags)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal))
        return NOT_OURS;
    if (flags & O_NOFOLLOW)
        return -ELOOP;
    return state_hung_up(terminal.page) ? -EIO : open_end(fd, flags, 0);
}

/* The terminal in a folder of descriptors, as in openat(folder, "0"). */
static long open_in_folder(int directory, const char *path, int flags)
{
    struct stat status;
    if (SYS(newfstatat, directory, path, &status, 0) < 0 || terminal_end_of(&status) == NO_TERMINAL)
        return NOT_OURS;
    return flags & O_NOFOLLOW ? -ELOOP : open_end(terminal_possessed(), flags, 0);
}

/* Whether a path that the kernel cannot open is the device of /dev/tty, by another name. */
static bool leads_to_dev_tty(int directory, const char *path)
{
    struct stat status;
    return SYS(newfstatat, directory, path, &status, 0) == 0 && S_ISCHR(status.st_mode) &&
           status.st_rdev == DEV_TTY;
}

/* A descriptor that is just a place: the input's FIFO, as stat shows it. */
static long open_place(const char *path, int flags)
{
    char input[RUNTIME_PATH_SIZE];
    if (!path_names_terminal(path))
        return NOT_OURS;
    return SYS(openat, AT_FDCWD, path_of_input(input), flags);
}

long open_terminal(const char *path, int flags)
{
    int fd = -1;
    if (!runtime_present())
        return NOT_OURS;
    if (flags & O_PATH)
        return open_place(path, flags);
    switch (path_kind(path, &fd)) {
    case PATH_DEV_TTY:
        return runtime_page() ? open_controlling(flags) : NOT_OURS;
    case PATH_TERMINAL_NAME:
        return open_by_name(flags);
    case PATH_DESCRIPTOR:
        return open_like(fd, flags);
    default:
        return NOT_OURS;
    }
}

bool open_is_terminals(const char *path)
{
    struct terminal terminal;
    int fd = -1;
    if (!runtime_present() || !runtime_page() || state_hung_up(runtime_page()))
        return false;
    switch (path_kind(path, &fd)) {
    case PATH_DEV_TTY:
        return terminal_controls_us(runtime_page());
    case PATH_TERMINAL_NAME:
        return terminal_possessed() >= 0 || terminal_controls_us(runtime_page());
    case PATH_DESCRIPTOR:
        return terminal_find(fd, &terminal);
    default:
        return false;
    }
}

static int open_elsewhere(int directory, const char *path, int flags, mode_t mode)
{
    if (real()->openat)
        return real()->openat(directory, path, flags, mode);
    return (int)libc_result(SYS(openat, directory, path, flags, mode));
}

int open_any(int directory, const char *path, int flags, mode_t mode)
{
    int before = get_errno();
    long fd = open_terminal(path, flags);
    if (fd == NOT_OURS && directory >= 0 && path_is_number(path) && runtime_present())
        fd = open_in_folder(directory, path, flags);
    if (fd != NOT_OURS)
        return (int)libc_result(fd);
    int opened = open_elsewhere(directory, path, flags, mode);
    if (opened >= 0 || get_errno() != ENXIO || !runtime_page() ||
        !leads_to_dev_tty(directory, path))
        return opened;
    set_errno(before);
    return (int)libc_result(open_controlling(flags));
}
