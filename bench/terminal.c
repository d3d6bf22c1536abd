/* terminal COLS ROWS PROGRAM [ARG...]: a pseudoterminal with a clock, for the benchmark.
 *
 *   stdin: requests ──> write ──> pty <── PROGRAM
 *   stdout: events  <── read  <── pty
 *
 * Both are a type, a length (u32) and so many bytes; an event has its time (u64, ns) before the length.
 *   requests: T bytes: type them     Q text: only count what comes, until that text
 *   events:   S started     T typed     R bytes that came     M the text came, after u64 bytes     X ended
 * Times are taken directly at the system call, so the reader of the events may be slow.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Bytes kept while only counting, so that a text that arrives in two parts is found. */
#define KEPT 64
#define READ_SIZE (64 << 10)
/* Seconds a program has to end after the hangup. */
#define GRACE 3

static int master;
static char *typing; /* what the pty has not taken yet */
static size_t typing_length;
static char wanted[KEPT]; /* the text to count for; none if it has no length */
static size_t wanted_length;
static uint64_t counted;

static void fail(const char *what)
{
    perror(what);
    exit(126);
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void write_all(int fd, const void *bytes, size_t length)
{
    for (const char *at = bytes; length > 0;) {
        ssize_t count = write(fd, at, length);
        if (count < 0)
            fail("write");
        at += count;
        length -= (size_t)count;
    }
}

static void tell(char type, uint64_t time, const void *bytes, uint32_t length)
{
    char head[13] = {type};
    memcpy(head + 1, &time, sizeof time);
    memcpy(head + 9, &length, sizeof length);
    write_all(STDOUT_FILENO, head, sizeof head);
    write_all(STDOUT_FILENO, bytes, length);
}

static void read_all(void *bytes, size_t length)
{
    for (char *at = bytes; length > 0;) {
        ssize_t count = read(STDIN_FILENO, at, length);
        if (count <= 0)
            fail("read");
        at += count;
        length -= (size_t)count;
    }
}

/* Writes as much to the pty as it takes now. */
static void type_more(void)
{
    ssize_t count = write(master, typing, typing_length);
    if (count <= 0)
        return;
    typing_length -= (size_t)count;
    memmove(typing, typing + count, typing_length);
}

static void begin_typing(const char *bytes, uint32_t length)
{
    typing = realloc(typing, typing_length + length + 1);
    if (!typing)
        fail("realloc");
    memcpy(typing + typing_length, bytes, length);
    typing_length += length;
    uint64_t time = now_ns();
    type_more();
    tell('T', time, NULL, 0);
}

static void begin_counting(const char *text, uint32_t length)
{
    wanted_length = length < KEPT ? length : KEPT;
    memcpy(wanted, text, wanted_length);
    counted = 0;
}

/* Does one request. -> 0: there are no more */
static int serve_request(void)
{
    char type;
    uint32_t length;
    if (read(STDIN_FILENO, &type, 1) <= 0)
        return 0;
    read_all(&length, sizeof length);
    char *bytes = malloc(length + 1);
    if (!bytes)
        fail("malloc");
    read_all(bytes, length);
    if (type == 'T')
        begin_typing(bytes, length);
    if (type == 'Q')
        begin_counting(bytes, length);
    free(bytes);
    return 1;
}

/* Counts, and looks for the text where the last read ended and this one begins, and in this one. */
static void count(char *bytes, size_t kept, size_t length, uint64_t time)
{
    char *found = memmem(bytes, kept + length, wanted, wanted_length);
    counted += length;
    if (!found)
        return;
    wanted_length = 0;
    tell('M', time, &counted, sizeof counted);
    tell('R', time, found, (uint32_t)(bytes + kept + length - found));
}

/* Takes output. -> 0: the program has closed its side */
static int read_terminal(void)
{
    static char buffer[KEPT + READ_SIZE];
    static size_t kept;
    char *bytes = buffer + KEPT;
    ssize_t length = read(master, bytes, READ_SIZE);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return 1;
    if (length <= 0)
        return 0;
    uint64_t time = now_ns();
    if (wanted_length == 0) {
        tell('R', time, bytes, (uint32_t)length);
        kept = 0;
        return 1;
    }
    count(bytes - kept, kept, (size_t)length, time);
    size_t whole = kept + (size_t)length, keep = whole < KEPT ? whole : KEPT;
    memmove(bytes - keep, bytes + length - keep, keep);
    kept = keep;
    return 1;
}

static pid_t start(char **command, const char *path)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    setsid();
    int terminal = open(path, O_RDWR);
    if (terminal < 0)
        fail(path);
    if (ioctl(terminal, TIOCSCTTY, 0) < 0)
        fail("TIOCSCTTY");
    for (int stream = 0; stream < 3; stream++)
        dup2(terminal, stream);
    if (terminal > 2)
        close(terminal);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(command[0], command);
    fail(command[0]);
    return -1;
}

static void open_master(const char *cols, const char *rows)
{
    master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0 || grantpt(master) || unlockpt(master))
        fail("posix_openpt");
    struct winsize size = {.ws_col = (unsigned short)atoi(cols),
                           .ws_row = (unsigned short)atoi(rows)};
    ioctl(master, TIOCSWINSZ, &size);
}

static void run(void)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = master, .events = POLLIN},
                                {.fd = STDIN_FILENO, .events = POLLIN}};
        if (typing_length > 0)
            fds[0].events |= POLLOUT;
        if (poll(fds, 2, -1) < 0)
            fail("poll");
        if (fds[1].revents && !serve_request())
            return;
        if (fds[0].revents & POLLOUT)
            type_more();
        if (fds[0].revents & (POLLIN | POLLHUP | POLLERR) && !read_terminal())
            return;
    }
}

static pid_t program;

static void kill_program(int number)
{
    (void)number;
    kill(program, SIGKILL);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "usage: terminal COLS ROWS PROGRAM [ARG...]\n");
        return 2;
    }
    open_master(argv[1], argv[2]);
    tell('S', now_ns(), NULL, 0);
    program = start(argv + 3, ptsname(master));
    run();
    close(master);
    signal(SIGALRM, kill_program);
    alarm(GRACE);
    int status;
    waitpid(program, &status, 0);
    signal(SIGPIPE, SIG_IGN);
    tell('X', now_ns(), &status, sizeof status);
}
