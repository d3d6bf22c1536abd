/* readlink and realpath: where a link in /proc leads to one of the terminal's FIFOs, the terminal's name is
 * shown. ttyname looks there, and so do node and others. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "library/export.h"
#include "library/real.h"
#include "library/runtime.h"
#include "terminal/memory.h"
#include "terminal/outcome.h"
#include "terminal/path.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"
#include "terminal/user_memory.h"

/* What stands behind the runtime directory's path in a link's text; NULL: it leads elsewhere. */
static const char *behind_runtime(const char *text)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path("", path);
    size_t length = strlen(path);
    return strncmp(text, path, length) == 0 ? text + length : NULL;
}

static bool is_terminals_file(const char *text)
{
    const char *name = behind_runtime(text);
    return name && (strcmp(name, RPTY_FILE_INPUT) == 0 || strcmp(name, RPTY_FILE_OUTPUT) == 0);
}

/* What a link to the terminal shows; NULL: this one leads elsewhere. A descriptor opened as /dev/tty is
 * shown so. */
static const char *shown_text(const char *path, const char *text)
{
    int fd = -1;
    if (!is_terminals_file(text) || !runtime_page())
        return NULL;
    bool dev_tty = path_kind(path, &fd) == PATH_DESCRIPTOR && terminal_is_dev_tty(fd);
    return dev_tty ? "/dev/tty" : runtime_page()->name;
}

/* The link's text is first read by ourselves, in full: the buffer may be too short for it. -> what is shown of
 * it, or NULL */
static const char *terminals_text(int directory, const char *path)
{
    char text[RUNTIME_PATH_SIZE];
    long length = SYS(readlinkat, directory, path, text, sizeof text - 1);
    if (length < 0)
        return NULL;
    text[length] = '\0';
    return shown_text(path, text);
}

/* Links to descriptors are named by numbers. */
static bool ends_in_digit(const char *path)
{
    size_t length = user_is_nowhere(path) ? 0 : strlen(path);
    return length > 0 && path[length - 1] >= '0' && path[length - 1] <= '9';
}

/* -> a length, -errno, or NOT_OURS: it is no link to the terminal */
static long read_terminals(int directory, const char *path, char *buffer, size_t size)
{
    char input[RUNTIME_PATH_SIZE];
    const char *on_host = path_on_host(path, input);
    if (on_host != path) { /* which is no link, though it may be reached by one */
        long length = SYS(readlinkat, directory, on_host, buffer, size);
        return length < 0 ? length : -EINVAL;
    }
    if (size == 0 || !ends_in_digit(path) || !runtime_present() || user_is_nowhere(buffer))
        return NOT_OURS;
    const char *shown = terminals_text(directory, path);
    if (shown == NULL)
        return NOT_OURS;
    size_t length = strlen(shown) < size ? strlen(shown) : size;
    memcpy(buffer, shown, length);
    return (long)length;
}

ssize_t __readlink_chk(const char *path, char *buffer, size_t size, size_t room);
ssize_t __readlinkat_chk(int directory, const char *path, char *buffer, size_t size, size_t room);

EXPORT ssize_t readlink(const char *path, char *buffer, size_t size)
{
    long length = read_terminals(AT_FDCWD, path, buffer, size);
    if (length != NOT_OURS)
        return libc_result(length);
    return real()->readlink ? real()->readlink(path, buffer, size)
                            : libc_result(SYS(readlinkat, AT_FDCWD, path, buffer, size));
}

EXPORT ssize_t readlinkat(int directory, const char *path, char *buffer, size_t size)
{
    long length = read_terminals(directory, path, buffer, size);
    if (length != NOT_OURS)
        return libc_result(length);
    return real()->readlinkat ? real()->readlinkat(directory, path, buffer, size)
                              : libc_result(SYS(readlinkat, directory, path, buffer, size));
}

EXPORT ssize_t __readlink_chk(const char *path, char *buffer, size_t size, size_t room)
{
    return size > room ? check_failed() : readlink(path, buffer, size);
}

EXPORT ssize_t __readlinkat_chk(int directory, const char *path, char *buffer, size_t size,
                                size_t room)
{
    return size > room ? check_failed() : readlinkat(directory, path, buffer, size);
}

/* The terminal's name fits where the path of one of our files was: no name is longer. */
static char *show_name(char *text)
{
    const char *name = runtime_page()->name;
    if (strlen(name) <= strlen(text))
        memcpy(text, name, strlen(name) + 1);
    return text;
}

static bool leads_to_terminal(const char *path)
{
    struct terminal terminal;
    int fd = -1;
    switch (path_kind(path, &fd)) {
    case PATH_TERMINAL_NAME:
        return true;
    case PATH_DESCRIPTOR:
        return terminal_find(fd, &terminal);
    default:
        return false;
    }
}

/* Another user's program can't go to the FIFO's path. The library's is long enough, too. */
static char *resolve_in_place(const char *path, char *buffer)
{
    if (get_errno() != EACCES || !leads_to_terminal(path))
        return NULL;
    char *text = real()->realpath(runtime_entry(), buffer);
    return text ? show_name(text) : NULL;
}

static char *resolve(const char *path, char *buffer)
{
    char input[RUNTIME_PATH_SIZE];
    if (!real()->realpath)
        return NULL;
    char *text = real()->realpath(path_names_terminal(path) ? path_of_input(input) : path, buffer);
    if (text == NULL)
        return resolve_in_place(path, buffer);
    bool is_terminal = runtime_present() && is_terminals_file(text) && runtime_page();
    return is_terminal ? show_name(text) : text;
}

char *rpty_realpath(const char *path, char *buffer) __asm__("realpath");
char *__realpath_chk(const char *path, char *buffer, size_t room);
char *canonicalize_file_name(const char *path);

EXPORT char *rpty_realpath(const char *path, char *buffer)
{
    return resolve(path, buffer);
}

#define PATH_ROOM 4096 /* PATH_MAX */

EXPORT char *__realpath_chk(const char *path, char *buffer, size_t room)
{
    if (room < PATH_ROOM)
        check_failed();
    return resolve(path, buffer);
}

EXPORT char *canonicalize_file_name(const char *path)
{
    return resolve(path, NULL);
}
