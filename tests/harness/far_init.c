/* far_init PROGRAM [ARG...]: process 1 of the far side. It reaps all processes, and exits with the program's status
 * when none is left: so when the far side has ended, no process has survived. */
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
