/* The open family. Opened for reading, the terminal is its input FIFO; for writing, its output; for both, the
 * output too, whose reads go to the input (terminal_is_one_way tells the two apart). */
#include "open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "change.h"
#include "control.h"
#include "export.h"
#include "path.h"
#include "real.h"
#include "runtime.h"
#include "syscalls.h"
#include "terminal.h"

static void mark_one_way(long fd)
{
    long flags = SYS(fcntl, fd, F_GETFL);
    SYS(fcntl, fd, F_SETFL, flags | O_APPEND);
}

static long open_end(int on, int flags)
{
    int access = flags & O_ACCMODE;
    if (flags & O_DIRECTORY)
        return -ENOTDIR;
    long fd = terminal_open_end(on, access, flags);
    if (fd >= 0 && access != O_RDWR)
        mark_one_way(fd);
    if (fd >= 0)
        change_take_opened(runtime_page(), (int)fd, flags);
    return fd;
}

/* Another session's process may have a terminal of its own, or none: the kernel says. Where the host has no
 * such device, it would say that this session has none. */
static long open_controlling(int flags)
{
    const struct rpty_page *page = runtime_page();
    if (page && terminal_controls_us(page))
        return state_hung_up(page) ? -ENXIO : open_end(-1, flags);
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
        return -EIO;
    long fd = open_end(possessed, flags);
    return fd == -ENXIO && possessed < 0 && !terminal_controls_us(page) ? -EACCES : fd;
}

static long open_like(int fd, int flags)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal))
        return OPEN_NOT_OURS;
    return state_hung_up(terminal.page) ? -EIO : open_end(fd, flags);
}

long open_terminal(const char *path, int flags)
{
    int fd = -1;
    if (!runtime_present() || (flags & O_PATH))
        return OPEN_NOT_OURS;
    switch (path_kind(path, &fd)) {
    case PATH_DEV_TTY:
        return runtime_page() ? open_controlling(flags) : OPEN_NOT_OURS;
    case PATH_TERMINAL_NAME:
        return open_by_name(flags);
    case PATH_DESCRIPTOR:
        return open_like(fd, flags);
    default:
        return OPEN_NOT_OURS;
    }
}

static int open_any(int directory, const char *path, int flags, mode_t mode)
{
    long fd = open_terminal(path, flags);
    if (fd != OPEN_NOT_OURS)
        return (int)libc_result(fd);
    if (real()->openat)
        return real()->openat(directory, path, flags, mode);
    return (int)libc_result(SYS(openat, directory, path, flags, mode));
}

static bool takes_mode(int flags)
{
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define MODE_AFTER(flags)                                                                          \
    mode_t mode = 0;                                                                               \
    if (takes_mode(flags)) {                                                                       \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode = va_arg(arguments, mode_t);                                                          \
        va_end(arguments);                                                                         \
    }

/* By the assembler's names: the C library's headers may define these as macros. */
int rpty_open(const char *path, int flags, ...) __asm__("open");
int rpty_openat(int directory, const char *path, int flags, ...) __asm__("openat");
int rpty_creat(const char *path, mode_t mode) __asm__("creat");
int __open_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);

EXPORT int rpty_open(const char *path, int flags, ...)
{
    MODE_AFTER(flags)
    return open_any(AT_FDCWD, path, flags, mode);
}

EXPORT int rpty_openat(int directory, const char *path, int flags, ...)
{
    MODE_AFTER(flags)
    return open_any(directory, path, flags, mode);
}

EXPORT int rpty_creat(const char *path, mode_t mode)
{
    return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* What programs call that were built to be checked, where they give no mode. */
EXPORT int __open_2(const char *path, int flags)
{
    if (takes_mode(flags))
        __builtin_trap();
    return open_any(AT_FDCWD, path, flags, 0);
}

EXPORT int __openat_2(int directory, const char *path, int flags)
{
    if (takes_mode(flags))
        __builtin_trap();
    return open_any(directory, path, flags, 0);
}

ALIAS(open64, open);
ALIAS(openat64, openat);
ALIAS(creat64, creat);
ALIAS(__open64_2, __open_2);
ALIAS(__openat64_2, __openat_2);
