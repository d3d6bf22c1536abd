/* The exec family: our preload survives whatever environment the program is given. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "library/environment.h"
#include "library/executable.h"
#include "library/export.h"
#include "library/reach.h"
#include "library/real.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"

/* What one of the calls is made with. */
struct execution {
    int directory;
    const char *path;
    char *const *arguments;
    int flags;
};

/* The next library's, which may be another preload's, or the kernel's. They come back with errno set. */
static long start(const char *path, char *const arguments[], void *environment)
{
    if (!real()->execve)
        return SYS(execve, path, arguments, environment);
    real()->execve(path, arguments, environment);
    return -get_errno();
}

static long by_path(char *const environment[], void *execution)
{
    const struct execution *e = execution;
    reach_try(e->path, e->arguments, start, (void *)environment);
    return start(e->path, e->arguments, (void *)environment);
}

static long by_directory(char *const environment[], void *execution)
{
    const struct execution *e = execution;
    if (!real()->execveat)
        return SYS(execveat, e->directory, e->path, e->arguments, environment, e->flags);
    real()->execveat(e->directory, e->path, e->arguments, environment, e->flags);
    return -get_errno();
}

static long by_search(char *const environment[], void *execution)
{
    const struct execution *e = execution;
    if (!real()->execvpe)
        return -ENOSYS;
    reach_try_found(e->path, e->arguments, start, (void *)environment);
    real()->execvpe(e->path, e->arguments, environment);
    return -get_errno();
}

static long by_descriptor(char *const environment[], void *execution)
{
    const struct execution *e = execution;
    if (!real()->fexecve)
        return -ENOSYS;
    real()->fexecve(e->directory, e->arguments, environment);
    return -get_errno();
}

/* Looks at the program only where there is a preload to keep. */
static bool takes(const struct execution *e, bool searched)
{
    if (!runtime_present() || e->path == NULL)
        return true;
    return searched ? executable_found_takes_preload(e->path)
                    : executable_takes_preload(e->directory, e->path);
}

static int run(long (*how)(char *const[], void *), struct execution execution,
               char *const environment[])
{
    bool wanted = takes(&execution, how == by_search);
    return (int)libc_result(environment_amended(environment, wanted, how, &execution));
}

EXPORT int execve(const char *path, char *const arguments[], char *const environment[])
{
    return run(by_path, (struct execution){AT_FDCWD, path, arguments, 0}, environment);
}

EXPORT int execv(const char *path, char *const arguments[])
{
    return execve(path, arguments, environment_own());
}

EXPORT int execvpe(const char *file, char *const arguments[], char *const environment[])
{
    return run(by_search, (struct execution){.path = file, .arguments = arguments}, environment);
}

EXPORT int execvp(const char *file, char *const arguments[])
{
    return execvpe(file, arguments, environment_own());
}

EXPORT int fexecve(int fd, char *const arguments[], char *const environment[])
{
    return run(by_descriptor, (struct execution){.directory = fd, .arguments = arguments},
               environment);
}

EXPORT int execveat(int directory, const char *path, char *const arguments[],
                    char *const environment[], int flags)
{
    return run(by_directory, (struct execution){directory, path, arguments, flags}, environment);
}

/* The arguments of the execl forms are laid out as an array, on the stack for vfork's sake. */
static size_t count_arguments(va_list *list)
{
    size_t count = 1;
    while (va_arg(*list, char *))
        count++;
    return count;
}

static void collect_arguments(char **arguments, const char *first, size_t count, va_list *list)
{
    arguments[0] = (char *)first;
    for (size_t i = 1; i <= count; i++)
        arguments[i] = va_arg(*list, char *);
}

/* A macro, since the array must live in the frame of the function that has the list; va_end is left to it,
 * as what follows the list's NULL may matter. */
#define LAID_OUT(first)                                                                            \
    va_list list;                                                                                  \
    va_start(list, first);                                                                         \
    size_t count = count_arguments(&list);                                                         \
    va_end(list);                                                                                  \
    char *arguments[count + 1];                                                                    \
    va_start(list, first);                                                                         \
    collect_arguments(arguments, first, count, &list)

EXPORT int execl(const char *path, const char *first, ...)
{
    LAID_OUT(first);
    va_end(list);
    return execv(path, arguments);
}

EXPORT int execlp(const char *file, const char *first, ...)
{
    LAID_OUT(first);
    va_end(list);
    return execvp(file, arguments);
}

EXPORT int execle(const char *path, const char *first, ...)
{
    LAID_OUT(first);
    char *const *environment = va_arg(list, char *const *);
    va_end(list);
    return execve(path, arguments, environment);
}
