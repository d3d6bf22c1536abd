/* on_tty TERMINAL PROGRAM [ARG...]: runs a program as a login does: in a new session, with TERMINAL as the
 * controlling terminal and as the standard streams, with no signal ignored and no other descriptor open. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(126);
}

static void signals_default(void)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: on_tty TERMINAL PROGRAM [ARG...]\n");
        return 2;
    }
    if (setsid() < 0)
        fail("setsid");
    int terminal = open(argv[1], O_RDWR);
    if (terminal < 0)
        fail(argv[1]);
    if (ioctl(terminal, TIOCSCTTY, 0) < 0)
        fail("TIOCSCTTY");
    for (int stream = 0; stream < 3; stream++)
        if (dup2(terminal, stream) < 0)
            fail("dup2");
    closefrom(3);
    signals_default();
    execvp(argv[2], argv + 2);
    fail(argv[2]);
}
