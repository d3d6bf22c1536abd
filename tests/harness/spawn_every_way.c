/* Starts programs in every way except the plainest, in a session whose terminal is its standard streams.
 * usage: spawn_every_way PROGRAM, which prints its arguments. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *program;
static char *const nothing[] = {NULL};

static void show(const char *way, int failed, pid_t child)
{
    int status = 0;
    if (!failed)
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
    printf("%s: %s, status %d\n", way, failed ? strerrorname_np(failed) : "started", status);
    fflush(stdout);
}

/* By posix_spawn, in a group of its own if `in_front` is a descriptor that shall bring it to the front. */
static void spawn(const char *way, posix_spawn_file_actions_t *actions, int in_front,
                  char *const arguments[])
{
    pid_t child = 0;
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    if (in_front >= 0) {
        posix_spawn_file_actions_addtcsetpgrp_np(actions, in_front);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    }
    int failed = posix_spawn(&child, arguments[0], actions, &attributes, arguments, nothing);
    show(way, failed, child);
    if (in_front >= 0)
        tcsetpgrp(0, getpgrp());
    posix_spawn_file_actions_destroy(actions);
    posix_spawnattr_destroy(&attributes);
}

static void open_instead(posix_spawn_file_actions_t *actions)
{
    posix_spawn_file_actions_init(actions);
    posix_spawn_file_actions_addopen(actions, 0, "/dev/tty", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(actions, 1, "/dev/tty", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(actions, 2, "/dev/tty", O_RDWR, 0);
}

static void spawn_in_every_way(void)
{
    posix_spawn_file_actions_t actions;
    char *tells[] = {program, NULL}, *reads[] = {"/bin/sh", "-c", "read x; echo got $x", NULL};
    posix_spawn_file_actions_init(&actions);
    spawn("spawn", &actions, -1, tells);
    open_instead(&actions);
    spawn("spawn on /dev/tty", &actions, -1, tells);
    open_instead(&actions);
    posix_spawn_file_actions_adddup2(&actions, 2, 0);
    spawn("spawn on /dev/tty for both", &actions, -1, tells);
    posix_spawn_file_actions_init(&actions);
    spawn("spawn to the front", &actions, 0, reads);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    spawn("spawn as before", &actions, -1, tells);
}

static void run(int way)
{
    char *const arguments[] = {program, NULL};
    int fd = open(program, O_RDONLY | O_CLOEXEC);
    if (way == 0)
        execveat(AT_FDCWD, program, arguments, nothing, 0);
    if (way == 1)
        execveat(fd, "", arguments, nothing, AT_EMPTY_PATH);
    if (way == 2)
        fexecve(fd, arguments, nothing);
    if (way == 3)
        execle(program, program, NULL, nothing);
    if (way == 4 && clearenv() == 0)
        execv(program, arguments);
    if (way == 5 && clearenv() == 0)
        execlp(program, program, NULL);
    _exit(9);
}

int main(int count, char **arguments)
{
    if (count < 2)
        return 2;
    program = arguments[1];
    signal(SIGTTOU, SIG_IGN);
    spawn_in_every_way();
    for (int way = 0; way < 6; way++) {
        pid_t child = fork();
        if (child == 0)
            run(way);
        show("exec", 0, child);
    }
    clearenv();
    printf("system: %d\n", system(program));
    fflush(stdout);
    printf("popen: %d\n", pclose(popen(program, "w")));
    return 0;
}
