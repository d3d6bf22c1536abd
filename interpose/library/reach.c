#include "library/reach.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "library/environment.h"
#include "library/preload.h"
#include "library/runtime.h"
#include "library/scratch.h"
#include "terminal/memory.h"
#include "terminal/search.h"
#include "terminal/state.h"
#include "terminal/syscalls.h"
#include "terminal/unreached.h"

#define ON_STACK 2048 /* bytes: 250 arguments */
#define BEFORE 2      /* arguments before the program's own */
#define PATH_SIZE 4096
#define PROGRAM "rpty-reach"

/* A program that has had no need of the page should not map it for this: the socket tells, too. */
static bool reach_is_by_library(void)
{
    char path[RUNTIME_PATH_SIZE];
    if (!runtime_present())
        return false;
    const struct rpty_page *page = runtime_page_if_mapped();
    if (page)
        return (PAGE_WORD(page, flags) & (RPTY_REACHES | RPTY_HUNG_UP)) == RPTY_REACHES;
    runtime_path(RPTY_FILE_REACH, path);
    return SYS(faccessat, AT_FDCWD, path, F_OK) == 0;
}

static bool needs_filter(const char *path)
{
    if (path == NULL || !reach_is_by_library() || SYS(faccessat, AT_FDCWD, path, X_OK) < 0)
        return false;
    long fd = SYS(openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return false;
    bool needs = unreached_program((int)fd);
    SYS(close, fd);
    return needs;
}

static size_t count_of(char *const arguments[])
{
    size_t count = 0;
    while (arguments && arguments[count])
        count++;
    return count;
}

static void lay_out(const char **laid_out, const char *path, char *const arguments[], size_t count)
{
    laid_out[0] = PROGRAM;
    laid_out[1] = path;
    memcpy(laid_out + BEFORE, arguments, count * sizeof *arguments);
    laid_out[BEFORE + count] = NULL;
}

static long start_by_library(const char *path, char *const arguments[], reach_start *start,
                             void *how)
{
    const char *stack[ON_STACK / sizeof(char *)];
    size_t count = count_of(arguments);
    struct scratch memory = scratch_take(stack, sizeof stack, (BEFORE + count + 1) * sizeof *stack);
    if (memory.memory == NULL)
        return -ENOMEM;
    lay_out(memory.memory, path, arguments, count);
    long result = start(runtime_entry(), memory.memory, how);
    scratch_free(memory);
    return result;
}

bool reach_try(const char *path, char *const arguments[], reach_start *start, void *how)
{
    return needs_filter(path) && start_by_library(path, arguments, start, how) == 0;
}

bool reach_try_found(const char *file, char *const arguments[], reach_start *start, void *how)
{
    char path[PATH_SIZE];
    const char *places = environment_value(environment_own(), "PATH=");
    return reach_is_by_library() &&
           reach_try(search_find(file, places, path, sizeof path), arguments, start, how);
}
