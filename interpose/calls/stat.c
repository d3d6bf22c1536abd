/* What a terminal looks like from outside: the stat family shows a character device, as a pts is. On 64-bit
 * machines the kernel's struct stat is that of both C libraries. The terminal's name is no link, but what is asked in
 * its place may be one (path_of_input): that is followed. */
#include <fcntl.h>
#include <stddef.h>

#include "library/export.h"
#include "library/open.h"
#include "library/real.h"
#include "terminal/disguise.h"
#include "terminal/path.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"
#include "terminal/user_memory.h"

/* glibc's header declares only what its version exports, and macros of the 64-bit names. */
#undef stat
#undef fstat
#undef lstat
#undef fstatat

/* What was opened as /dev/tty is that device. */
static bool disguise_as_dev_tty(int fd, struct stat *status)
{
    struct stat device;
    if (fd < 0 || !terminal_is_dev_tty(fd) ||
        SYS(newfstatat, AT_FDCWD, "/dev/tty", &device, 0) < 0 || device.st_rdev != DEV_TTY)
        return false;
    *status = device;
    return true;
}

/* The result is a C library's: the next library's function was asked, which may be another preload's, such as
 * fakeroot's. `fd`: the descriptor that was asked of, or -1. */
static int shown(int result, int fd, struct stat *status)
{
    if (result == 0 && S_ISFIFO(status->st_mode) && terminal_end_of(status) != NO_TERMINAL &&
        !disguise_as_dev_tty(fd, status))
        disguise(status);
    return result;
}

/* The descriptor that a path, or none with AT_EMPTY_PATH, stands for; -1: it is another file's. */
static int descriptor_of(int directory, const char *path, int flags)
{
    int fd = -1;
    if ((flags & AT_EMPTY_PATH) && !user_is_nowhere(path) && path[0] == '\0')
        return directory;
    return path_kind(path, &fd) == PATH_DESCRIPTOR ? fd : -1;
}

/* A link in /proc tells by its mode how the descriptor is open: a terminal for both ways. */
static void show_link(int fd, struct stat *status)
{
    struct terminal terminal;
    if (fd >= 0 && S_ISLNK(status->st_mode) && (status->st_mode & S_IRWXU) != S_IRWXU &&
        (status->st_mode & S_IRWXG) == 0 && terminal_find(fd, &terminal) &&
        !terminal_is_one_way(fd))
        status->st_mode |= S_IRUSR | S_IWUSR;
}

static int shown_at(int result, int directory, const char *path, struct stat *status, int flags)
{
    if (result < 0 || !(S_ISFIFO(status->st_mode) || S_ISLNK(status->st_mode)))
        return result;
    int fd = descriptor_of(directory, path, flags);
    if (flags & AT_SYMLINK_NOFOLLOW)
        show_link(fd, status);
    return shown(result, fd, status);
}

/* glibc's before 2.33 have a version, of the struct, of which 64-bit machines have one. */
#if defined(__x86_64__)
#define STAT_VERSION 1
#else
#define STAT_VERSION 0
#endif

/* `name` where the C library has it, else `old`, else the kernel. */
#define NEXT(name, arguments, old, old_arguments, ...)                                             \
    (real()->name  ? real()->name arguments                                                        \
     : real()->old ? real()->old old_arguments                                                     \
                   : (int)libc_result(SYS(__VA_ARGS__)))

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
    return shown(NEXT(fstat, (fd, status), __fxstat, (STAT_VERSION, fd, status), fstat, fd, status),
                 fd, status);
}

EXPORT int rpty_stat(const char *path, struct stat *status)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    return shown_at(NEXT(stat, (file, status), __xstat, (STAT_VERSION, file, status), newfstatat,
                         AT_FDCWD, file, status, 0),
                    AT_FDCWD, path, status, 0);
}

EXPORT int rpty_lstat(const char *path, struct stat *status)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    if (file == input)
        return rpty_stat(path, status);
    return shown_at(NEXT(lstat, (file, status), __lxstat, (STAT_VERSION, file, status), newfstatat,
                         AT_FDCWD, file, status, AT_SYMLINK_NOFOLLOW),
                    AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

EXPORT int rpty_fstatat(int directory, const char *path, struct stat *status, int flags)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    flags &= file == input ? ~AT_SYMLINK_NOFOLLOW : ~0;
    return shown_at(NEXT(fstatat, (directory, file, status, flags), __fxstatat,
                         (STAT_VERSION, directory, file, status, flags), newfstatat, directory,
                         file, status, flags),
                    directory, path, status, flags);
}

EXPORT int __fxstat(int version, int fd, struct stat *status)
{
    return real()->__fxstat ? shown(real()->__fxstat(version, fd, status), fd, status)
                            : rpty_fstat(fd, status);
}

EXPORT int __xstat(int version, const char *path, struct stat *status)
{
    char input[RUNTIME_PATH_SIZE];
    if (!real()->__xstat)
        return rpty_stat(path, status);
    return shown_at(real()->__xstat(version, path_on_host(path, input), status), AT_FDCWD, path,
                    status, 0);
}

EXPORT int __lxstat(int version, const char *path, struct stat *status)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    if (!real()->__lxstat || file == input)
        return rpty_lstat(path, status);
    return shown_at(real()->__lxstat(version, file, status), AT_FDCWD, path, status,
                    AT_SYMLINK_NOFOLLOW);
}

EXPORT int __fxstatat(int version, int directory, const char *path, struct stat *status, int flags)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    if (!real()->__fxstatat || file == input)
        return rpty_fstatat(directory, path, status, flags);
    return shown_at(real()->__fxstatat(version, directory, file, status, flags), directory, path,
                    status, flags);
}

ALIAS(fstat64, fstat);
ALIAS(stat64, stat);
ALIAS(lstat64, lstat);
ALIAS(fstatat64, fstatat);
ALIAS(__fxstat64, __fxstat);
ALIAS(__xstat64, __xstat);
ALIAS(__lxstat64, __lxstat);
ALIAS(__fxstatat64, __fxstatat);

static bool statx_is_link(const struct statx *status)
{
    return S_ISLNK(status->stx_mode);
}

static void show_statx_link(int fd, struct statx *status)
{
    struct stat plain = {.st_mode = status->stx_mode};
    show_link(fd, &plain);
    status->stx_mode = (uint16_t)plain.st_mode;
}

/* -> 0: it is not to be shown as that */
static bool statx_dev_tty(int fd, unsigned mask, struct statx *status)
{
    return fd >= 0 && terminal_is_dev_tty(fd) &&
           SYS(statx, AT_FDCWD, "/dev/tty", 0, mask, status) == 0;
}

int rpty_statx(int directory, const char *path, int flags, unsigned mask,
               struct statx *status) __asm__("statx");

EXPORT int rpty_statx(int directory, const char *path, int flags, unsigned mask,
                      struct statx *status)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    flags &= file == input ? ~AT_SYMLINK_NOFOLLOW : ~0;
    int result = real()->statx ? real()->statx(directory, file, flags, mask, status)
                               : (int)libc_result(SYS(statx, directory, file, flags, mask, status));
    if (result == 0 && statx_is_link(status))
        show_statx_link(descriptor_of(directory, path, flags), status);
    if (result == 0 && statx_is_terminal(status) &&
        !statx_dev_tty(descriptor_of(directory, path, flags), mask, status))
        disguise_statx(status);
    return result;
}
