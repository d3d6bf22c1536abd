#include "terminal/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "terminal/adopt.h"
#include "terminal/caller.h"
#include "terminal/memory.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"
#include "terminal/user_memory.h"

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
    bool padded = digits > 1 && text[0] == '0';
    return digits > 0 && !padded && text[digits] == '\0' ? number : -1;
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

/* What stands in a path behind the process's own folder in /proc; NULL: it is not in there. */
static const char *behind_own_process(const char *path)
{
    static const char *const names[] = {"/proc/self/", "/proc/thread-self/"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (starts(path, names[i]))
            return path + strlen(names[i]);
    }
    int number = 0;
    path += sizeof "/proc/" - 1;
    for (int digits = 0; *path >= '0' && *path <= '9' && digits < DIGITS - 1; digits++)
        number = number * 10 + (*path++ - '0');
    return *path == '/' && number == caller_number() ? path + 1 : NULL;
}

static int descriptor_in(const char *path)
{
    if (starts(path, "/proc/")) {
        const char *rest = behind_own_process(path);
        return rest && starts(rest, "fd/") ? number_in(rest + sizeof "fd/" - 1) : -1;
    }
    if (starts(path, "/dev/fd/"))
        return number_in(path + sizeof "/dev/fd/" - 1);
    return starts(path, "/dev/std") ? standard_stream(path + sizeof "/dev/" - 1) : -1;
}

bool path_is_number(const char *path)
{
    return !user_is_nowhere(path) && number_in(path) >= 0;
}

bool path_names_terminal(const char *path)
{
    if (user_is_nowhere(path) || path[0] != '/' || path[1] != 'd' || !runtime_present())
        return false;
    const struct rpty_page *page = starts(path, "/dev/") ? runtime_page() : NULL;
    if (page && strcmp(path, page->name) == 0)
        return true;
    return starts(path, NAME_PREFIX) && adopt_terminal(path);
}

/* The folder's name is the terminal's up to the last slash. */
static bool names_folder(const char *path, const char *name)
{
    size_t length = strlen(path);
    if (strncmp(path, name, length) != 0 || name[length] != '/')
        return false;
    for (const char *rest = name + length + 1; *rest; rest++) {
        if (*rest == '/')
            return false;
    }
    return true;
}

const char *path_on_host(const char *path, char *room)
{
    if (user_is_nowhere(path) || path[0] != '/' || path[1] != 'd' || !starts(path, "/dev/") ||
        !runtime_present() || !runtime_page())
        return path;
    const char *name = runtime_page()->name;
    if (strcmp(path, name) == 0)
        return path_of_input(room);
    return names_folder(path, name) ? "/dev" : path;
}

enum path_kind path_kind(const char *path, int *fd)
{
    if (user_is_nowhere(path) || path[0] != '/' || (path[1] != 'd' && path[1] != 'p'))
        return PATH_OTHER;
    if (strcmp(path, "/dev/tty") == 0)
        return PATH_DEV_TTY;
    *fd = descriptor_in(path);
    if (*fd >= 0)
        return PATH_DESCRIPTOR;
    return path_names_terminal(path) ? PATH_TERMINAL_NAME : PATH_OTHER;
}

/* Another user's program can't go to the FIFO, but has it open. */
const char *path_of_input(char *path)
{
    static const char descriptors[] = "/proc/self/fd/";
    runtime_path(RPTY_FILE_INPUT, path);
    int fd = SYS(faccessat, AT_FDCWD, path, F_OK) == -EACCES ? terminal_possessed() : -1;
    if (fd >= 0) {
        memcpy(path, descriptors, sizeof descriptors);
        path[sizeof descriptors - 1] = (char)('0' + fd);
        path[sizeof descriptors] = '\0';
    }
    return path;
}
