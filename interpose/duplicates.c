/* dup and its kin, which may make a descriptor the terminal that was not. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "export.h"
#include "inside.h"
#include "real.h"
#include "syscalls.h"

EXPORT int dup(int fd)
{
    inside_forget();
    return real()->dup ? real()->dup(fd) : (int)libc_result(SYS(dup, fd));
}

EXPORT int dup2(int fd, int to)
{
    inside_forget();
    if (real()->dup2)
        return real()->dup2(fd, to);
    if (fd == to) /* which dup3 refuses */
        return SYS(fcntl, fd, F_GETFD) < 0 ? (int)libc_result(-EBADF) : to;
    return (int)libc_result(SYS(dup3, fd, to, 0));
}

EXPORT int dup3(int fd, int to, int flags)
{
    inside_forget();
    return real()->dup3 ? real()->dup3(fd, to, flags) : (int)libc_result(SYS(dup3, fd, to, flags));
}
