/* fcntl's F_GETFL and F_SETFL: the terminal's descriptors are open for reading and writing, but for those
 * opened by name for one of the two. O_APPEND is our mark for these, and is not shown. */
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>

#include "export.h"
#include "real.h"
#include "syscalls.h"
#include "terminal.h"

static long shown_flags(int fd)
{
    long flags = SYS(fcntl, fd, F_GETFL);
    if (flags < 0)
        return flags;
    return flags & O_APPEND ? flags & ~O_APPEND : (flags & ~O_ACCMODE) | O_RDWR;
}

static long set_flags(int fd, long flags)
{
    if (flags & O_ASYNC)
        terminal_unmark(fd);
    flags = terminal_is_one_way(fd) ? flags | O_APPEND : flags & ~O_APPEND;
    return SYS(fcntl, fd, F_SETFL, flags);
}

int rpty_fcntl(int fd, int command, ...) __asm__("fcntl");

EXPORT int rpty_fcntl(int fd, int command, ...)
{
    struct terminal terminal;
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    if (command == F_GETFL && terminal_find(fd, &terminal))
        return (int)libc_result(shown_flags(fd));
    if (command == F_SETFL && terminal_find(fd, &terminal))
        return (int)libc_result(set_flags(fd, argument));
    if (real()->fcntl)
        return real()->fcntl(fd, command, argument);
    return (int)libc_result(SYS(fcntl, fd, command, argument));
}

ALIAS(fcntl64, fcntl);
