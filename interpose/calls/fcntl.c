/* fcntl. The terminal's descriptors are open for reading and writing, but for those opened by name for one of
 * the two; that they are FIFOs, and marked, is not shown. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "library/export.h"
#include "library/inside.h"
#include "library/real.h"
#include "library/shared_flags.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

static long shown_flags(int fd)
{
    long flags = shared_flags_get(fd);
    return flags < 0 || terminal_is_one_way(fd) ? flags : (flags & ~O_ACCMODE) | O_RDWR;
}

/* O_DIRECT would make packets of what a FIFO carries; a terminal refuses it. */
static long set_flags(int fd, long flags)
{
    return flags & O_DIRECT ? -EINVAL : shared_flags_set(fd, flags);
}

static bool tells(int command)
{
    return command == F_SETOWN || command == F_SETOWN_EX || command == F_SETSIG;
}

static bool concerns_terminals(int command)
{
    return command == F_GETFL || command == F_SETFL || command == F_GETSIG ||
           command == F_GETPIPE_SZ || command == F_SETPIPE_SZ || tells(command) ||
           command == F_GETOWN || command == F_GETOWN_EX;
}

static long answer(int fd, int command, long argument)
{
    switch (command) {
    case F_GETFL:
        return shown_flags(fd);
    case F_SETFL:
        return set_flags(fd, argument);
    case F_GETSIG:
        return terminal_signal(shared_flags_teller(fd));
    case F_SETOWN:
    case F_SETOWN_EX:
    case F_SETSIG:
    case F_GETOWN:
    case F_GETOWN_EX:
        return shared_flags_tell(fd, command, argument);
    default:
        return -EBADF;
    }
}

int rpty_fcntl(int fd, int command, ...) __asm__("fcntl");

EXPORT int rpty_fcntl(int fd, int command, ...)
{
    struct terminal terminal;
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    if (concerns_terminals(command) && terminal_find(fd, &terminal))
        return (int)libc_result(answer(fd, command, argument));
    int result = real()->fcntl ? real()->fcntl(fd, command, argument)
                               : (int)libc_result(SYS(fcntl, fd, command, argument));
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)
        inside_forget(); /* behind it, as in dup.c */
    return result;
}

ALIAS(fcntl64, fcntl);
