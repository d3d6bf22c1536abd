/* dup and its kin, which may make a descriptor the terminal that was not. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "library/export.h"
#include "library/inside.h"
#include "library/real.h"
#include "terminal/syscalls.h"

/* Another thread may have looked at the descriptor just before it changed: so this comes behind. */
static int changed(int fd)
{
    inside_forget();
    return fd;
}

EXPORT int dup(int fd)
{
    return changed(real()->dup ? real()->dup(fd) : (int)libc_result(SYS(dup, fd)));
}

EXPORT int dup2(int fd, int to)
{
    if (real()->dup2)
        return changed(real()->dup2(fd, to));
    if (fd == to) /* which dup3 refuses */
        return SYS(fcntl, fd, F_GETFD) < 0 ? (int)libc_result(-EBADF) : to;
    return changed((int)libc_result(SYS(dup3, fd, to, 0)));
}

EXPORT int dup3(int fd, int to, int flags)
{
    return changed(real()->dup3 ? real()->dup3(fd, to, flags)
                                : (int)libc_result(SYS(dup3, fd, to, flags)));
}
