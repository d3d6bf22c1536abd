/* posix_spawn and posix_spawnp, with our preload kept. */
#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>

#include "environment.h"
#include "export.h"
#include "reach.h"
#include "real.h"

typedef __typeof__(posix_spawn) spawn_function;

struct spawning {
    spawn_function *function;
    pid_t *pid;
    const char *path;
    const posix_spawn_file_actions_t *actions;
    const posix_spawnattr_t *attributes;
    char *const *arguments;
    char *const *environment;
    bool searches;
};

static long start(const char *path, char *const arguments[], void *spawning)
{
    const struct spawning *s = spawning;
    return s->function(s->pid, path, s->actions, s->attributes, arguments, s->environment);
}

static long spawn(char *const environment[], void *spawning)
{
    struct spawning *s = spawning;
    if (s->function == NULL)
        return ENOSYS;
    s->environment = environment;
    if ((s->searches ? reach_try_found : reach_try)(s->path, s->arguments, start, s))
        return 0;
    return start(s->path, s->arguments, s);
}

/* The result is an errno, not a -1. */
static int run(struct spawning spawning, char *const environment[])
{
    long result = environment_with_preload(environment, spawn, &spawning);
    return (int)(result < 0 ? -result : result);
}

EXPORT int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                       const posix_spawnattr_t *attributes, char *const arguments[],
                       char *const environment[])
{
    return run((struct spawning){real()->posix_spawn, pid, path, actions, attributes, arguments,
                                 environment, false},
               environment);
}

EXPORT int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const arguments[],
                        char *const environment[])
{
    return run((struct spawning){real()->posix_spawnp, pid, file, actions, attributes, arguments,
                                 environment, true},
               environment);
}
