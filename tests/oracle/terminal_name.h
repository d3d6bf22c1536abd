/* The terminal's name. If a static program's C library finds none, it is the target of the link in /proc. */
#ifndef TERMINAL_NAME_H
#define TERMINAL_NAME_H

#include <stdbool.h>
#include <unistd.h>

static inline bool find_terminal_name(char *name, size_t size)
{
    if (ttyname_r(STDIN_FILENO, name, size) == 0)
        return true;
    ssize_t length = readlink("/proc/self/fd/0", name, size - 1);
    name[length > 0 ? length : 0] = '\0';
    return length > 0;
}

#endif
