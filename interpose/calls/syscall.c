/* syscall(): the calls that are ours by number, too. All others go to the kernel as they are. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "calls/poll.h"
#include "library/export.h"
#include "library/open.h"
#include "terminal/outcome.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"
#include "terminal/user_memory.h"

struct call {
    long number, a, b, c, d, e, f;
};

/* struct open_how, of openat2 */
struct how {
    uint64_t flags, mode, resolve;
};

/* pselect6's last argument */
struct mask {
    const sigset_t *set;
    size_t size;
};

static long data(const struct call *call)
{
    int fd = (int)call->a;
    switch (call->number) {
    case __NR_read:
        return read(fd, (void *)call->b, (size_t)call->c);
    case __NR_readv:
        return readv(fd, (const struct iovec *)call->b, (int)call->c);
    case __NR_write:
        return write(fd, (const void *)call->b, (size_t)call->c);
    case __NR_writev:
        return writev(fd, (const struct iovec *)call->b, (int)call->c);
    case __NR_pwritev2:
        return pwritev2(fd, (const struct iovec *)call->b, (int)call->c, call->d, (int)call->f);
    case __NR_ioctl:
        return ioctl(fd, (unsigned long)call->b, (void *)call->c);
    case __NR_fcntl:
        return fcntl(fd, (int)call->b, call->c);
    case __NR_sendfile:
        return sendfile(fd, (int)call->b, (off_t *)call->c, (size_t)call->d);
    case __NR_splice:
        return splice(fd, (off64_t *)call->b, (int)call->c, (off64_t *)call->d, (size_t)call->e,
                      (unsigned)call->f);
    case __NR_tee:
        return tee(fd, (int)call->b, (size_t)call->c, (unsigned)call->d);
    case __NR_vmsplice:
        return vmsplice(fd, (const struct iovec *)call->b, (size_t)call->c, (unsigned)call->d);
    default:
        return NOT_OURS;
    }
}

static long open_how(const struct call *call)
{
    const struct how *how = (const struct how *)call->c;
    if (user_is_nowhere(how) || call->d != sizeof *how || how->resolve != 0)
        return NOT_OURS;
    return open_any((int)call->a, (const char *)call->b, (int)how->flags, (mode_t)how->mode);
}

static long names(const struct call *call)
{
    int directory = (int)call->a;
    const char *path = (const char *)call->b;
    switch (call->number) {
    case __NR_openat:
        return open_any(directory, path, (int)call->c, (mode_t)call->d);
#ifdef __NR_openat2
    case __NR_openat2:
        return open_how(call);
#endif
    case __NR_newfstatat:
        return fstatat(directory, path, (struct stat *)call->c, (int)call->d);
    case __NR_fstat:
        return fstat(directory, (struct stat *)call->b);
    case __NR_statx:
        return statx(directory, path, (int)call->c, (unsigned)call->d, (struct statx *)call->e);
    case __NR_readlinkat:
        return readlinkat(directory, path, (char *)call->c, (size_t)call->d);
    case __NR_faccessat:
        return faccessat(directory, path, (int)call->c, 0);
    default:
        return NOT_OURS;
    }
}

/* What newer architectures have no more. */
static long old_names(const struct call *call)
{
#ifdef __NR_open
    const char *path = (const char *)call->a;
    switch (call->number) {
    case __NR_open:
        return open_any(AT_FDCWD, path, (int)call->b, (mode_t)call->c);
    case __NR_creat:
        return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, (mode_t)call->b);
    case __NR_stat:
        return stat(path, (struct stat *)call->b);
    case __NR_lstat:
        return lstat(path, (struct stat *)call->b);
    case __NR_readlink:
        return readlink(path, (char *)call->b, (size_t)call->c);
    case __NR_access:
        return access(path, (int)call->b);
    }
#endif
    (void)call;
    return NOT_OURS;
}

static const sigset_t *set_in(const struct mask *mask)
{
    return mask && !user_is_nowhere(mask) ? mask->set : NULL;
}

static long waits(const struct call *call)
{
    struct pollfd *wanted = (struct pollfd *)call->a;
    fd_set *read = (fd_set *)call->b, *write = (fd_set *)call->c, *except = (fd_set *)call->d;
    switch (call->number) {
#ifdef __NR_poll
    case __NR_poll:
        return poll(wanted, (nfds_t)call->b, (int)call->c);
    case __NR_select:
        return select((int)call->a, read, write, except, (struct timeval *)call->e);
#endif
    case __NR_ppoll:
        return ppoll(wanted, (nfds_t)call->b, (const struct timespec *)call->c,
                     (const sigset_t *)call->d);
    case __NR_pselect6:
        return pselect((int)call->a, read, write, except, (const struct timespec *)call->e,
                       set_in((const struct mask *)call->f));
    case __NR_epoll_ctl:
        return epoll_ctl((int)call->a, (int)call->b, (int)call->c, (struct epoll_event *)call->d);
    default:
        return NOT_OURS;
    }
}

/* What goes through a ring in memory passes us by: libuv registers its descriptors so with epoll, the terminal's among
 * them. A program on the terminal is told that it may not have one, as in most containers, and does without. */
static long rings(const struct call *call)
{
    if (call->number == __NR_io_uring_setup && terminal_possessed() >= 0)
        return libc_result(-EPERM);
    return NOT_OURS;
}

static long programs(const struct call *call)
{
    switch (call->number) {
    case __NR_execve:
        return execve((const char *)call->a, (char *const *)call->b, (char *const *)call->c);
    case __NR_execveat:
        return execveat((int)call->a, (const char *)call->b, (char *const *)call->c,
                        (char *const *)call->d, (int)call->e);
    default:
        return NOT_OURS;
    }
}

/* One call to look through, which the compiler can make one table of. */
static long ours(const struct call *call)
{
    long result = data(call);
    if (result == NOT_OURS)
        result = names(call);
    if (result == NOT_OURS)
        result = old_names(call);
    if (result == NOT_OURS)
        result = waits(call);
    if (result == NOT_OURS)
        result = rings(call);
    return result == NOT_OURS ? programs(call) : result;
}

/* Up to six arguments, whether given or not, as the C library's own takes them. */
EXPORT long syscall(long number, ...)
{
    va_list list;
    va_start(list, number);
    struct call call = {.number = number};
    call.a = va_arg(list, long);
    call.b = va_arg(list, long);
    call.c = va_arg(list, long);
    call.d = va_arg(list, long);
    call.e = va_arg(list, long);
    call.f = va_arg(list, long);
    va_end(list);
    long result = ours(&call);
    if (result != NOT_OURS)
        return result;
    return libc_result(sys6(number, call.a, call.b, call.c, call.d, call.e, call.f));
}
