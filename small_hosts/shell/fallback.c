/* In busybox-rpty: a program that the host lacks is replaced by an applet. busybox itself does so where it starts a
 * program for the user, but not everywhere (gzip for tar), and the C library needs /bin/sh (:! in vi, system in
 * awk). The linker puts these functions before the C library's (ld --wrap), under the names that librpty.a uses. */
#include "script.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

#define OURSELVES "/proc/self/exe"

/* Busybox's. */
extern int find_applet_by_name(const char *name);

bool script_is_applet(const char *name)
{
    return find_applet_by_name(name) >= 0;
}

int __real_rpty_real_execvpe(const char *file, char *const arguments[], char *const environment[]);
int __wrap_rpty_real_execvpe(const char *file, char *const arguments[], char *const environment[]);

int __wrap_rpty_real_execvpe(const char *file, char *const arguments[], char *const environment[])
{
    __real_rpty_real_execvpe(file, arguments, environment);
    if (errno == ENOENT && strchr(file, '/') == NULL && script_is_applet(file))
        execve(OURSELVES, arguments, environment);
    return -1;
}

typedef __typeof__(posix_spawn) spawn_function;
spawn_function __real_rpty_real_posix_spawn, __wrap_rpty_real_posix_spawn;

int __wrap_rpty_real_posix_spawn(pid_t *pid, const char *path,
                                 const posix_spawn_file_actions_t *actions,
                                 const posix_spawnattr_t *attributes, char *const arguments[],
                                 char *const environment[])
{
    if (strcmp(path, "/bin/sh") == 0 && access(path, X_OK) < 0)
        path = OURSELVES;
    return __real_rpty_real_posix_spawn(pid, path, actions, attributes, arguments, environment);
}
