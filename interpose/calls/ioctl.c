/* ioctl: the requests of a terminal; all others are the kernel's, which a FIFO answers as a pts does
 * (FIONBIO, FIOCLEX, or ENOTTY). */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/ioctl.h>

#include "library/export.h"
#include "library/real.h"
#include "library/shared_flags.h"
#include "terminal/ioctl.h"
#include "terminal/syscalls.h"
#include "terminal/user_memory.h"

/* FIONBIO and FIOASYNC: flags of the open file, by other names. */
static long set_flag(int fd, long flag, const int *on)
{
    if (user_is_nowhere(on))
        return -EFAULT;
    long flags = shared_flags_get(fd);
    return shared_flags_set(fd, *on ? flags | flag : flags & ~flag);
}

static bool is_terminals_kind(uint32_t request)
{
    return (request >> 8 & 0xff) == 'T';
}

/* TIOCOUTQ and the like give their count through the argument: a positive result is never theirs. */
static int elsewhere(int fd, unsigned long request, void *argument)
{
    if (real()->ioctl)
        return real()->ioctl(fd, request, argument);
    return (int)libc_result(OWN_IOCTL(fd, request, argument));
}

/* musl declares the request an int: only its lower half means something. */
EXPORT int ioctl(int fd, unsigned long wide_request, ...)
{
    uint32_t request = (uint32_t)wide_request;
    struct terminal terminal;
    va_list arguments;
    va_start(arguments, wide_request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (!is_terminals_kind(request) || !terminal_find(fd, &terminal))
        return elsewhere(fd, wide_request, argument);
    if (request == FIONBIO || request == FIOASYNC)
        return (int)libc_result(set_flag(fd, request == FIONBIO ? O_NONBLOCK : O_ASYNC, argument));
    long result = ioctl_answer(&terminal, request, argument);
    return result == NOT_OURS ? elsewhere(fd, wide_request, argument)
                              : (int)libc_result(result < 0 ? result : 0);
}
