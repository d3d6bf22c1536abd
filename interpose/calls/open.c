/* The open family. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/types.h>

#include "library/export.h"
#include "library/open.h"

static bool takes_mode(int flags)
{
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define MODE_AFTER(flags)                                                                          \
    mode_t mode = 0;                                                                               \
    if (takes_mode(flags)) {                                                                       \
        va_list arguments;                                                                         \
        va_start(arguments, flags);                                                                \
        mode = va_arg(arguments, mode_t);                                                          \
        va_end(arguments);                                                                         \
    }

/* By the assembler's names: the C library's headers may define these as macros. */
int rpty_open(const char *path, int flags, ...) __asm__("open");
int rpty_openat(int directory, const char *path, int flags, ...) __asm__("openat");
int rpty_creat(const char *path, mode_t mode) __asm__("creat");
int __open_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);

EXPORT int rpty_open(const char *path, int flags, ...)
{
    MODE_AFTER(flags)
    return open_any(AT_FDCWD, path, flags, mode);
}

EXPORT int rpty_openat(int directory, const char *path, int flags, ...)
{
    MODE_AFTER(flags)
    return open_any(directory, path, flags, mode);
}

EXPORT int rpty_creat(const char *path, mode_t mode)
{
    return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* What programs call that were built to be checked, where they give no mode. */
EXPORT int __open_2(const char *path, int flags)
{
    if (takes_mode(flags))
        __builtin_trap();
    return open_any(AT_FDCWD, path, flags, 0);
}

EXPORT int __openat_2(int directory, const char *path, int flags)
{
    if (takes_mode(flags))
        __builtin_trap();
    return open_any(directory, path, flags, 0);
}

ALIAS(open64, open);
ALIAS(openat64, openat);
ALIAS(creat64, creat);
ALIAS(__open64_2, __open_2);
ALIAS(__openat64_2, __openat_2);
