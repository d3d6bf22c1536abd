/* The C library's own functions, behind ours. Looked up once, before main: dlsym may allocate and lock. */
#ifndef RPTY_REAL_H
#define RPTY_REAL_H

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

struct stat;
struct statx;

/* Calls that are nothing but a system call, and that no thread is cancelled in, are not here: those are
 * made directly. */
#define REAL_FUNCTIONS(X)                                                                          \
    X(ssize_t, read, (int, void *, size_t))                                                        \
    X(ssize_t, readv, (int, const struct iovec *, int))                                            \
    X(ssize_t, write, (int, const void *, size_t))                                                 \
    X(ssize_t, writev, (int, const struct iovec *, int))                                           \
    X(int, poll, (struct pollfd *, nfds_t, int))                                                   \
    X(int, ppoll, (struct pollfd *, nfds_t, const struct timespec *, const sigset_t *))            \
    X(int, select, (int, fd_set *, fd_set *, fd_set *, struct timeval *))                          \
    X(int, pselect,                                                                                \
      (int, fd_set *, fd_set *, fd_set *, const struct timespec *, const sigset_t *))              \
    X(int, openat, (int, const char *, int, ...))                                                  \
    X(int, dup, (int))                                                                             \
    X(int, dup2, (int, int))                                                                       \
    X(int, dup3, (int, int, int))                                                                  \
    X(int, prctl, (int, ...))                                                                      \
    X(int, fcntl, (int, int, ...))                                                                 \
    X(int, ioctl, (int, unsigned long, ...))                                                       \
    X(FILE *, fopen, (const char *, const char *))                                                 \
    X(FILE *, freopen, (const char *, const char *, FILE *))                                       \
    X(FILE *, fdopen, (int, const char *))                                                         \
    X(FILE *, fopencookie, (void *, const char *, cookie_io_functions_t))                          \
    X(int, vdprintf, (int, const char *, va_list))                                                 \
    X(int, __vdprintf_chk, (int, int, const char *, va_list))                                      \
    X(ssize_t, pwritev2, (int, const struct iovec *, int, off64_t, int))                           \
    X(int, posix_spawn_file_actions_addopen,                                                       \
      (posix_spawn_file_actions_t *, int, const char *, int, mode_t))                              \
    X(int, fclose, (FILE *))                                                                       \
    X(int, fileno, (FILE *))                                                                       \
    X(char *, getpass, (const char *))                                                             \
    X(int, tcgetattr, (int, struct termios *))                                                     \
    X(int, tcsetattr, (int, int, const struct termios *))                                          \
    X(int, tcdrain, (int))                                                                         \
    X(int, access, (const char *, int))                                                            \
    X(int, faccessat, (int, const char *, int, int))                                               \
    X(int, euidaccess, (const char *, int))                                                        \
    X(ssize_t, getxattr, (const char *, const char *, void *, size_t))                             \
    X(ssize_t, lgetxattr, (const char *, const char *, void *, size_t))                            \
    X(ssize_t, listxattr, (const char *, char *, size_t))                                          \
    X(ssize_t, llistxattr, (const char *, char *, size_t))                                         \
    X(int, chmod, (const char *, mode_t))                                                          \
    X(int, fchmod, (int, mode_t))                                                                  \
    X(int, chown, (const char *, uid_t, gid_t))                                                    \
    X(int, fchown, (int, uid_t, gid_t))                                                            \
    X(ssize_t, readlink, (const char *, char *, size_t))                                           \
    X(ssize_t, readlinkat, (int, const char *, char *, size_t))                                    \
    X(char *, realpath, (const char *, char *))                                                    \
    X(char *, ttyname, (int))                                                                      \
    X(int, ttyname_r, (int, char *, size_t))                                                       \
    X(int, execve, (const char *, char *const[], char *const[]))                                   \
    X(int, execveat, (int, const char *, char *const[], char *const[], int))                       \
    X(int, execvpe, (const char *, char *const[], char *const[]))                                  \
    X(int, fexecve, (int, char *const[], char *const[]))                                           \
    X(int, posix_spawn,                                                                            \
      (pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,       \
       char *const[], char *const[]))                                                              \
    X(int, posix_spawnp,                                                                           \
      (pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,       \
       char *const[], char *const[]))                                                              \
    X(int, fstat, (int, struct stat *))                                                            \
    X(int, stat, (const char *, struct stat *))                                                    \
    X(int, lstat, (const char *, struct stat *))                                                   \
    X(int, fstatat, (int, const char *, struct stat *, int))                                       \
    X(int, __fxstat, (int, int, struct stat *))                                                    \
    X(int, __xstat, (int, const char *, struct stat *))                                            \
    X(int, __lxstat, (int, const char *, struct stat *))                                           \
    X(int, __fxstatat, (int, int, const char *, struct stat *, int))                               \
    X(int, statx, (int, const char *, int, unsigned, struct statx *))                              \
    X(int, posix_spawn_file_actions_init, (posix_spawn_file_actions_t *))                          \
    X(int, posix_spawn_file_actions_destroy, (posix_spawn_file_actions_t *))                       \
    X(int, posix_spawn_file_actions_addtcsetpgrp_np, (posix_spawn_file_actions_t *, int))          \
    X(int, system, (const char *))                                                                 \
    X(FILE *, popen, (const char *, const char *))

struct real {
#define REAL_MEMBER(result, name, arguments) result(*name) arguments;
    REAL_FUNCTIONS(REAL_MEMBER)
#undef REAL_MEMBER
};

/* A function of glibc's own, whatever other libraries define by its name: before 2.34 libpthread has a read of its own.
 * -> NULL: there is none */
void *real_in_glibc(const char *name);

/* Where the table has the first of them, has the second. */
void real_replace_read(const void *found, ssize_t (*read)(int, void *, size_t));
void real_replace_write(const void *found, ssize_t (*write)(int, const void *, size_t));

/* The table; filled by the constructor, or by the first call where one comes before it. */
const struct real *real(void);

#endif
