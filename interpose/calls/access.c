/* access and its kin, and the attributes that `ls -l` looks for: the terminal's name is that of no file. The next
 * library is asked, which may be another preload, such as fakeroot's. */
#include <fcntl.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

#include "library/export.h"
#include "library/real.h"
#include "terminal/path.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"

int rpty_access(const char *path, int mode) __asm__("access");
int rpty_faccessat(int directory, const char *path, int mode, int flags) __asm__("faccessat");
int rpty_euidaccess(const char *path, int mode) __asm__("euidaccess");

EXPORT int rpty_access(const char *path, int mode)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    if (real()->access)
        return real()->access(file, mode);
    return (int)libc_result(SYS(faccessat, AT_FDCWD, file, mode));
}

EXPORT int rpty_faccessat(int directory, const char *path, int mode, int flags)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    if (real()->faccessat)
        return real()->faccessat(directory, file, mode, flags);
    return (int)libc_result(SYS(faccessat, directory, file, mode));
}

EXPORT int rpty_euidaccess(const char *path, int mode)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    if (real()->euidaccess)
        return real()->euidaccess(file, mode);
    return (int)libc_result(SYS(faccessat, AT_FDCWD, file, mode));
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
    const char *file = path_on_host(path, input);
    return real()->getxattr ? real()->getxattr(file, name, value, size)
                            : libc_result(SYS(getxattr, file, name, value, size));
}

EXPORT ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    if (file == input)
        return getxattr(path, name, value, size);
    return real()->lgetxattr ? real()->lgetxattr(file, name, value, size)
                             : libc_result(SYS(lgetxattr, file, name, value, size));
}

EXPORT ssize_t listxattr(const char *path, char *list, size_t size)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    return real()->listxattr ? real()->listxattr(file, list, size)
                             : libc_result(SYS(listxattr, file, list, size));
}

EXPORT ssize_t llistxattr(const char *path, char *list, size_t size)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = path_on_host(path, input);
    if (file == input)
        return listxattr(path, list, size);
    return real()->llistxattr ? real()->llistxattr(file, list, size)
                              : libc_result(SYS(llistxattr, file, list, size));
}
