#include "path.h"

#include <stddef.h>

#include "adopt.h"
#include "memory.h"
#include "runtime.h"

/* Of every terminal of rpty's. */
#define NAME_PREFIX "/dev/rpty/"

/* Longest number of a descriptor that is looked at: RLIMIT_NOFILE is at most 2^30. */
#define DIGITS 10

static bool starts(const char *path, const char *with)
{
    return strncmp(path, with, strlen(with)) == 0;
}

static int number_in(const char *text)
{
    int number = 0, digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < DIGITS - 1; digits++)
        number = number * 10 + (text[digits] - '0');
    return digits > 0 && text[digits] == '\0' ? number : -1;
}

static int standard_stream(const char *name)
{
    static const char names[][8] = {"stdin", "stdout", "stderr"};
    for (int fd = 0; fd < 3; fd++) {
        if (strcmp(name, names[fd]) == 0)
            return fd;
    }
    return -1;
}

static int descriptor_in(const char *path)
{
    if (starts(path, "/dev/fd/"))
        return number_in(path + sizeof "/dev/fd/" - 1);
    if (starts(path, "/proc/self/fd/"))
        return number_in(path + sizeof "/proc/self/fd/" - 1);
    return starts(path, "/dev/std") ? standard_stream(path + sizeof "/dev/" - 1) : -1;
}

bool path_names_terminal(const char *path)
{
    if (path == NULL || path[0] != '/' || path[1] != 'd' || !runtime_present())
        return false;
    const struct rpty_page *page = starts(path, "/dev/") ? runtime_page() : NULL;
    if (page && strcmp(path, page->name) == 0)
        return true;
    return starts(path, NAME_PREFIX) && adopt_terminal(path);
}

enum path_kind path_kind(const char *path, int *fd)
{
    if (path == NULL || path[0] != '/' || (path[1] != 'd' && path[1] != 'p'))
        return PATH_OTHER;
    if (strcmp(path, "/dev/tty") == 0)
        return PATH_DEV_TTY;
    *fd = descriptor_in(path);
    if (*fd >= 0)
        return PATH_DESCRIPTOR;
    return path_names_terminal(path) ? PATH_TERMINAL_NAME : PATH_OTHER;
}

const char *path_of_input(char *path)
{
    runtime_path(RPTY_FILE_INPUT, path);
    return path;
}
