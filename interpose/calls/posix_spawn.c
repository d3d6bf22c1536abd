/* posix_spawn and posix_spawnp, with our preload kept. */
#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>

#include "calls/spawn_actions.h"
#include "library/environment.h"
#include "library/executable.h"
#include "library/export.h"
#include "library/reach.h"
#include "library/real.h"
#include "terminal/runtime.h"

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

/* The caller may not want to know the process: we do. */
static long start(const char *path, char *const arguments[], void *spawning)
{
    const struct spawning *s = spawning;
    pid_t child = 0, *pid = s->pid ? s->pid : &child;
    int failed = s->function(pid, path, s->actions, s->attributes, arguments, s->environment);
    if (!failed)
        spawn_bring_to_front(s->actions, *pid);
    return failed;
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
    return run((struct spawning){real()->posix_spawn, pid, path, actions, attributes, arguments,
                                 environment, false},
               takes, environment);
}

EXPORT int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                        const posix_spawnattr_t *attributes, char *const arguments[],
                        char *const environment[])
{
    bool takes = !runtime_present() || executable_found_takes_preload(file);
    return run((struct spawning){real()->posix_spawnp, pid, file, actions, attributes, arguments,
                                 environment, true},
               takes, environment);
}
