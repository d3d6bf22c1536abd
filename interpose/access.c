/* access and its kin, and the attributes that `ls -l` looks for: the terminal's name is that of no file. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#include "export.h"
#include "path.h"
#include "runtime.h"
#include "syscalls.h"

/* faccessat2 came with Linux 5.8. Without it the flags that matter are few: the effective user's rights differ
 * from the real one's in programs that are not preloaded. */
static long ask(int directory, const char *path, int mode, int flags)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    if (flags == 0)
        return SYS(faccessat, directory, file, mode);
    long result = SYS(faccessat2, directory, file, mode, flags);
    return result == -ENOSYS ? SYS(faccessat, directory, file, mode) : result;
}

int rpty_access(const char *path, int mode) __asm__("access");
int rpty_faccessat(int directory, const char *path, int mode, int flags) __asm__("faccessat");
int rpty_euidaccess(const char *path, int mode) __asm__("euidaccess");

EXPORT int rpty_access(const char *path, int mode)
{
    return (int)libc_result(ask(AT_FDCWD, path, mode, 0));
}

EXPORT int rpty_faccessat(int directory, const char *path, int mode, int flags)
{
    return (int)libc_result(ask(directory, path, mode, flags));
}

EXPORT int rpty_euidaccess(const char *path, int mode)
{
    return (int)libc_result(ask(AT_FDCWD, path, mode, AT_EACCESS));
}

ALIAS(eaccess, euidaccess);

/* What the C library's header may not have been asked for. */
ssize_t getxattr(const char *path, const char *name, void *value, size_t size);
ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size);
ssize_t listxattr(const char *path, char *list, size_t size);
ssize_t llistxattr(const char *path, char *list, size_t size);

EXPORT ssize_t getxattr(const char *path, const char *name, void *value, size_t size)
{
    char input[RUNTIME_PATH_SIZE];
    return libc_result(SYS(getxattr, path_on_host(path, input), name, value, size));
}

EXPORT ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size)
{
    char input[RUNTIME_PATH_SIZE];
    return libc_result(SYS(lgetxattr, path_on_host(path, input), name, value, size));
}

EXPORT ssize_t listxattr(const char *path, char *list, size_t size)
{
    char input[RUNTIME_PATH_SIZE];
    return libc_result(SYS(listxattr, path_on_host(path, input), list, size));
}

EXPORT ssize_t llistxattr(const char *path, char *list, size_t size)
{
    char input[RUNTIME_PATH_SIZE];
    return libc_result(SYS(llistxattr, path_on_host(path, input), list, size));
}
