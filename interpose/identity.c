/* What a terminal looks like from outside: the stat family shows a character device, as a pts is. The calls
 * are made directly: on 64-bit machines the kernel's struct stat is that of both C libraries. */
#include <fcntl.h>
#include <stddef.h>

#include "disguise.h"
#include "export.h"
#include "path.h"
#include "runtime.h"
#include "syscalls.h"
#include "terminal.h"

/* glibc's header declares only what its version exports, and macros of the 64-bit names. */
#undef stat
#undef fstat
#undef lstat
#undef fstatat

static long shown(long result, struct stat *status)
{
    if (result == 0 && S_ISFIFO(status->st_mode) && terminal_end_of(status) != NO_TERMINAL)
        disguise(status);
    return libc_result(result);
}

/* The terminal's name is that of no file; what is there instead is the input's FIFO. */
static long stat_path(int directory, const char *path, struct stat *status, int flags)
{
    char input[RUNTIME_PATH_SIZE];
    const char *real = path_names_terminal(path) ? path_of_input(input) : path;
    return shown(SYS(newfstatat, directory, real, status, flags), status);
}

int rpty_fstat(int fd, struct stat *status) __asm__("fstat");
int rpty_stat(const char *path, struct stat *status) __asm__("stat");
int rpty_lstat(const char *path, struct stat *status) __asm__("lstat");
int rpty_fstatat(int directory, const char *path, struct stat *status,
                 int flags) __asm__("fstatat");
int __fxstat(int version, int fd, struct stat *status);
int __xstat(int version, const char *path, struct stat *status);
int __lxstat(int version, const char *path, struct stat *status);
int __fxstatat(int version, int directory, const char *path, struct stat *status, int flags);

EXPORT int rpty_fstat(int fd, struct stat *status)
{
    return (int)shown(SYS(fstat, fd, status), status);
}

EXPORT int rpty_stat(const char *path, struct stat *status)
{
    return (int)stat_path(AT_FDCWD, path, status, 0);
}

EXPORT int rpty_lstat(const char *path, struct stat *status)
{
    return (int)stat_path(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

EXPORT int rpty_fstatat(int directory, const char *path, struct stat *status, int flags)
{
    return (int)stat_path(directory, path, status, flags);
}

/* glibc's before 2.33; the version is the struct's, of which 64-bit machines have one. */
EXPORT int __fxstat(int version, int fd, struct stat *status)
{
    (void)version;
    return rpty_fstat(fd, status);
}

EXPORT int __xstat(int version, const char *path, struct stat *status)
{
    (void)version;
    return rpty_stat(path, status);
}

EXPORT int __lxstat(int version, const char *path, struct stat *status)
{
    (void)version;
    return rpty_lstat(path, status);
}

EXPORT int __fxstatat(int version, int directory, const char *path, struct stat *status, int flags)
{
    (void)version;
    return rpty_fstatat(directory, path, status, flags);
}

ALIAS(fstat64, fstat);
ALIAS(stat64, stat);
ALIAS(lstat64, lstat);
ALIAS(fstatat64, fstatat);
ALIAS(__fxstat64, __fxstat);
ALIAS(__xstat64, __xstat);
ALIAS(__lxstat64, __lxstat);
ALIAS(__fxstatat64, __fxstatat);

int rpty_statx(int directory, const char *path, int flags, unsigned mask,
               struct statx *status) __asm__("statx");

EXPORT int rpty_statx(int directory, const char *path, int flags, unsigned mask,
                      struct statx *status)
{
    char input[RUNTIME_PATH_SIZE];
    const char *real = path_names_terminal(path) ? path_of_input(input) : path;
    long result = SYS(statx, directory, real, flags, mask, status);
    if (result == 0 && statx_is_terminal(status))
        disguise_statx(status);
    return (int)libc_result(result);
}
