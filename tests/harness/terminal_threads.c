/* Threads that read, poll, change settings and fork, and a signal handler that interrupts them with questions. Each runs
 * a number of rounds, and failures are counted. The reader ends after as many lines as the argument says. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { ROUNDS = 400 };

static atomic_int faults, handled;
static int lines;

static void expect(int good, const char *what)
{
    if (good)
        return;
    atomic_fetch_add(&faults, 1);
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
}

static void on_alarm(int signal)
{
    (void)signal;
    struct winsize size;
    struct termios settings;
    int before = errno;
    if (ioctl(0, TIOCGWINSZ, &size) < 0 || size.ws_col != 80 || tcgetattr(0, &settings) < 0)
        atomic_fetch_add(&faults, 1);
    if (!isatty(1) || tcgetpgrp(0) != getpgrp())
        atomic_fetch_add(&faults, 1);
    atomic_fetch_add(&handled, 1);
    errno = before;
}

static void *asks(void *unused)
{
    (void)unused;
    struct termios settings;
    for (int i = 0; i < ROUNDS * 20; i++) {
        expect(tcgetattr(0, &settings) == 0, "tcgetattr");
        expect(isatty(2) == 1, "isatty");
    }
    return NULL;
}

static void *polls(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        struct pollfd both[] = {{0, POLLIN, 0}, {1, POLLOUT, 0}};
        int ready = poll(both, 2, 1);
        expect(ready > 0 || (ready < 0 && errno == EINTR), "poll");
    }
    return NULL;
}

static void *changes(void *unused)
{
    (void)unused;
    struct termios settings;
    expect(tcgetattr(0, &settings) == 0, "tcgetattr");
    for (int i = 0; i < ROUNDS; i++) {
        settings.c_cc[VLNEXT] = (cc_t)(0x80 + i % 20); /* no key of ours */
        int result;
        do
            result = tcsetattr(0, TCSANOW, &settings);
        while (result < 0 && errno == EINTR);
        expect(result == 0, "tcsetattr");
    }
    return NULL;
}

/* The child is a copy of a process whose other threads were anywhere. */
static void *forks(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS / 4; i++) {
        int status = 1;
        pid_t child = fork();
        if (child == 0) {
            struct termios settings;
            _exit(tcgetattr(0, &settings) == 0 && isatty(1) ? 0 : 1);
        }
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
        expect(child > 0 && status == 0, "fork");
    }
    return NULL;
}

static void *runs(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS / 20; i++)
        expect(system("test -t 0") == 0, "system");
    return NULL;
}

static void *reads(void *unused)
{
    (void)unused;
    char line[256];
    while (lines > 0) {
        ssize_t length = read(0, line, sizeof line);
        expect(length > 0 || (length < 0 && errno == EINTR), "read");
        lines -= length > 0;
    }
    return NULL;
}

int main(int count, char **arguments)
{
    void *(*const workers[])(void *) = {reads, asks, asks, polls, changes, forks, forks, runs};
    enum { COUNT = sizeof workers / sizeof *workers };
    pthread_t threads[COUNT];
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    const struct itimerval often = {{0, 500}, {0, 500}};
    const struct itimerval never = {{0, 0}, {0, 0}};
    lines = count > 1 ? atoi(arguments[1]) : 0;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    printf("go\n");
    fflush(stdout);
    for (int i = 0; i < COUNT; i++)
        pthread_create(&threads[i], NULL, workers[i], NULL);
    for (int i = 0; i < COUNT; i++)
        pthread_join(threads[i], NULL);
    setitimer(ITIMER_REAL, &never, NULL);
    printf("%d faults, %s\n", faults, handled > 0 ? "interrupted" : "never interrupted");
    return faults != 0;
}
