/* access and its kin, and the calls that change a file's mode and owner. The terminal's name is that of no
 * file, and who may use the FIFOs is rpty's affair, since they carry passwords: `mesg` and `su` are told that
 * they could change it, and nothing changes. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>

#include "export.h"
#include "path.h"
#include "runtime.h"
#include "syscalls.h"
#include "terminal.h"

/* The file that a path is asked of. `input`: RUNTIME_PATH_SIZE bytes. */
static const char *file_of(const char *path, char *input)
{
    return path_names_terminal(path) ? path_of_input(input) : path;
}

/* faccessat2 came with Linux 5.8. Without it the flags that matter are few: the effective user's rights differ
 * from the real one's in programs that are not preloaded. */
static long ask(int directory, const char *path, int mode, int flags)
{
    char input[RUNTIME_PATH_SIZE];
    const char *file = file_of(path, input);
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
