/* dprintf, which writes by an internal call: to a descriptor of the input it goes to the output. */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include "library/export.h"
#include "library/real.h"
#include "terminal/terminal.h"

static int format_to(int fd, const char *format, va_list arguments)
{
    struct terminal terminal;
    if (!real()->vdprintf)
        return -1;
    if (!terminal_find(fd, &terminal) || terminal.end == OUTPUT_END || terminal_is_one_way(fd))
        return real()->vdprintf(fd, format, arguments);
    struct borrowed output = terminal_output(&terminal);
    if (output.fd < 0)
        return (int)libc_result(output.fd);
    int length = real()->vdprintf(output.fd, format, arguments);
    terminal_give_back(output);
    return length;
}

int __dprintf_chk(int fd, int level, const char *format, ...);
int __vdprintf_chk(int fd, int level, const char *format, va_list arguments);

EXPORT int vdprintf(int fd, const char *format, va_list arguments)
{
    return format_to(fd, format, arguments);
}

EXPORT int dprintf(int fd, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = format_to(fd, format, arguments);
    va_end(arguments);
    return length;
}

/* The level asks for a look at %n, which is for the C library's own form to take: only what goes to the
 * input's descriptors comes here without it. */
EXPORT int __vdprintf_chk(int fd, int level, const char *format, va_list arguments)
{
    struct terminal terminal;
    if (real()->__vdprintf_chk && !(terminal_find(fd, &terminal) && terminal.end == INPUT_END))
        return real()->__vdprintf_chk(fd, level, format, arguments);
    return format_to(fd, format, arguments);
}

EXPORT int __dprintf_chk(int fd, int level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = __vdprintf_chk(fd, level, format, arguments);
    va_end(arguments);
    return length;
}
