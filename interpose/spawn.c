/* posix_spawn and posix_spawnp, with our preload kept; and of their file actions that which opens, since the
 * child opens by an internal call: by the terminal's names it opens the FIFO instead. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>

#include "environment.h"
#include "executable.h"
#include "export.h"
#include "open.h"
#include "real.h"
#include "runtime.h"

typedef __typeof__(posix_spawn) spawn_function;

struct spawning {
    spawn_function *function;
    pid_t *pid;
    const char *path;
    const posix_spawn_file_actions_t *actions;
    const posix_spawnattr_t *attributes;
    char *const *arguments;
};

static long spawn(char *const environment[], void *spawning)
{
    const struct spawning *s = spawning;
    if (s->function == NULL)
        return ENOSYS;
    return s->function(s->pid, s->path, s->actions, s->attributes, s->arguments, environment);
}

/* The result is an errno, not a -1. */
static int run(struct spawning spawning, bool takes, char *const environment[])
{
    long result = environment_amended(environment, takes, spawn, &spawning);
    return (int)(result < 0 ? -result : result);
}

EXPORT int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const arguments[],
                       char *const environment[])
{
    bool takes = !runtime_present() || executable_takes_preload(AT_FDCWD, path);
    return run((struct spawning){real()->posix_spawn, pid, path, actions, attributes, arguments},
               takes, environment);
}

EXPORT int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const arguments[],
                        char *const environment[])
{
    bool takes = !runtime_present() || executable_found_takes_preload(file);
    return run((struct spawning){real()->posix_spawnp, pid, file, actions, attributes, arguments},
               takes, environment);
}

/* The FIFO for a way of opening; NULL: the path is not the terminal's. */
static const char *fifo_for(const char *path, int *flags, char *fifo)
{
    if (!open_is_terminals(path))
        return NULL;
    bool reads = (*flags & O_ACCMODE) == O_RDONLY;
    *flags = (*flags & ~O_ACCMODE) | (reads ? O_RDONLY : O_WRONLY);
    runtime_path(reads ? RPTY_FILE_INPUT : RPTY_FILE_OUTPUT, fifo);
    return fifo;
}

EXPORT int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *actions, int fd,
                                            const char *path, int flags, mode_t mode)
{
    char fifo[RUNTIME_PATH_SIZE];
    const char *found = fifo_for(path, &flags, fifo);
    if (!real()->posix_spawn_file_actions_addopen)
        return ENOSYS;
    return real()->posix_spawn_file_actions_addopen(actions, fd, found ? found : path, flags, mode);
}
