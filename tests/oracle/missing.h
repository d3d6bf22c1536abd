/* Constants that musl does not have, or not yet. */
#ifndef RPTY_ORACLE_MISSING_H
#define RPTY_ORACLE_MISSING_H

#include <fcntl.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

static inline ssize_t preadv2(int fd, const struct iovec *parts, int count, off_t offset, int flags)
{
    return syscall(SYS_preadv2, fd, parts, (long)count, offset, 0L, (long)flags);
}

static inline ssize_t pwritev2(int fd, const struct iovec *parts, int count, off_t offset,
                               int flags)
{
    return syscall(SYS_pwritev2, fd, parts, (long)count, offset, 0L, (long)flags);
}

static inline int execveat(int directory, const char *path, char *const arguments[],
                           char *const environment[], int flags)
{
    return (int)syscall(SYS_execveat, directory, path, arguments, environment, flags);
}

static inline int statx(int directory, const char *path, int flags, unsigned mask,
                        struct statx *status)
{
    return (int)syscall(SYS_statx, directory, path, flags, mask, status);
}

#endif
