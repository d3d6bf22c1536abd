/* far_init PROGRAM [ARG...]: the far side's process 1. It reaps whatever ends, and ends with the
 * program's status when nothing is left: so the far side's end means that no process survived. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: far_init PROGRAM [ARG...]\n");
        return 2;
    }
    pid_t program = fork();
    if (program == 0) {
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    int result = 126;
    for (;;) {
        int status;
        pid_t ended = wait(&status);
        if (ended == program)
            result = exit_status(status);
        if (ended < 0 && errno != EINTR)
            return result;
    }
}
