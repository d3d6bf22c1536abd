/* calls tty|pipe FILE: what calls on the terminal cost, as lines of "name ns" in FILE.
 *
 *   tty:  on the terminal, which is stdin and stdout: a kernel pty or, with a preload, another. "raw_…" are
 *         system calls that a preload does not see, but a filter may
 *   pipe: only read and write, on pipes, by system calls. As much is written to the terminal in between, so
 *         that the processors' caches are in the same state
 *
 * For the read the terminal must be filled with input: "calls" asks for it by a window title, `@read`.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES 100
/* Calls in one sample, because one call is too short for the clock. */
#define CALLS 1000
/* A tcsetattr through a socket is slow. */
#define CHANGES 20
/* A page, and the most that a pty can hold: 4095 in raw mode. */
#define BLOCK 4096
#define READABLE 4095
/* Each write waits until the terminal has shown the one before. */
#define WRITE_SAMPLES 40
/* Writes in one sample: together they fit into any pipe. */
#define WRITES 8
/* How long a reader may take to empty the pipe, in us. */
#define DRAIN 2000
/* How long to wait for input to become a block, in glances of so many us. */
#define GLANCE 50
#define GLANCES 4000
/* How long announced input may take to arrive, in us. */
#define ARRIVAL 1000
/* Reads in which a sample each is to be had; a short one is none. */
#define READS (2 * SAMPLES)

static FILE *results;
static char block[BLOCK];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void report(const char *name, int64_t time, int calls)
{
    fprintf(results, "%s %.1f\n", name, (double)time / calls);
}

static void call_isatty(void)
{
    if (!isatty(STDIN_FILENO))
        fail("isatty");
}

static void call_tcgetattr(void)
{
    struct termios settings;
    if (tcgetattr(STDIN_FILENO, &settings))
        fail("tcgetattr");
}

static void call_winsize(void)
{
    struct winsize size;
    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
        fail("TIOCGWINSZ");
}

static void call_tcsetattr(void)
{
    static struct termios settings;
    if (settings.c_cflag == 0 && tcgetattr(STDIN_FILENO, &settings))
        fail("tcgetattr");
    settings.c_lflag ^= ECHOCTL;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &settings))
        fail("tcsetattr");
}

/* An even number of changes leaves the settings as they were. */
static void time_calls(const char *name, void (*call)(void), int calls)
{
    for (int sample = 0; sample < SAMPLES; sample++) {
        int64_t start = now_ns();
        for (int i = 0; i < calls; i++)
            call();
        report(name, now_ns() - start, calls);
    }
}

/* Without any library. */
static long raw_call(long number, long first, long second, long third)
{
    long result;
#if defined(__x86_64__)
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(first), "S"(second), "d"(third)
                     : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = first;
    register long x1 __asm__("x1") = second;
    register long x2 __asm__("x2") = third;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    result = x0;
#else
#error "calls knows x86_64 and aarch64"
#endif
    return result;
}

static int null_device = -1;

static struct winsize size;

static void raw_winsize(void)
{
    raw_call(SYS_ioctl, STDIN_FILENO, TIOCGWINSZ, (long)&size);
}

/* As the kernel has them. */
static struct {
    uint32_t input, output, control, local;
    unsigned char line, characters[19];
} raw_settings;

/* An even number of changes leaves the settings as they were. */
static void raw_tcsetattr(void)
{
    raw_settings.local ^= ECHOCTL;
    if (raw_call(SYS_ioctl, STDIN_FILENO, TCSETS, (long)&raw_settings))
        fail("TCSETS");
}

static void time_raw_tcsetattr(void)
{
    if (raw_call(SYS_ioctl, STDIN_FILENO, TCGETS, (long)&raw_settings))
        fail("TCGETS");
    time_calls("raw_tcsetattr", raw_tcsetattr, CHANGES);
}

/* On a file that is not a terminal. */
static void raw_isatty(void)
{
    struct termios settings;
    raw_call(SYS_ioctl, null_device, TCGETS, (long)&settings);
}

/* A request that is not for terminals. */
static void raw_foreign_ioctl(void)
{
    raw_call(SYS_ioctl, null_device, FIOCLEX, 0);
}

static void raw_read(void)
{
    char byte;
    raw_call(SYS_read, null_device, (long)&byte, 1);
}

static void raw_write(void)
{
    raw_call(SYS_write, null_device, (long)"x", 1);
}

/* As a program does without a C library beside it: in its own text, close-on-exec. */
static void raw_open(void)
{
    long fd = raw_call(SYS_openat, AT_FDCWD, (long)"/dev/null", O_RDONLY | O_CLOEXEC);
    close((int)fd);
}

static void library_open(void)
{
    close(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static void library_isatty(void)
{
    isatty(null_device);
}

static void fill_block(void)
{
    memset(block, 'x', BLOCK);
    for (int i = 79; i < BLOCK; i += 80)
        block[i] = '\n';
}

static ssize_t library_write(int fd)
{
    return write(fd, block, BLOCK);
}

static ssize_t pipe_write(int fd)
{
    return raw_call(SYS_write, fd, (long)block, BLOCK);
}

static void write_blocks(int fd, ssize_t (*write_block)(int))
{
    for (int i = 0; i < WRITES; i++)
        if (write_block(fd) != BLOCK)
            fail("write");
}

static void time_write(int fd, ssize_t (*write_block)(int))
{
    fill_block();
    for (int sample = 0; sample < WRITE_SAMPLES; sample++) {
        int64_t start = now_ns();
        write_blocks(fd, write_block);
        report("write", now_ns() - start, WRITES);
        if (fd != STDOUT_FILENO) {
            usleep(DRAIN);
            write_blocks(STDOUT_FILENO, library_write);
        }
        tcdrain(STDOUT_FILENO);
    }
}

static void wait_for_block(int fd)
{
    for (int i = 0; i < GLANCES; i++) {
        int ready = 0;
        if (ioctl(fd, FIONREAD, &ready))
            fail("FIONREAD");
        if (ready >= READABLE) {
            usleep(ARRIVAL);
            return;
        }
        usleep(GLANCE);
    }
    fprintf(stderr, "calls: cannot read: too little is typed\n");
    exit(1);
}

static ssize_t library_read(int fd)
{
    return read(fd, block, BLOCK);
}

static ssize_t pipe_read(int fd)
{
    return raw_call(SYS_read, fd, (long)block, BLOCK);
}

static void time_read(int fd, ssize_t (*read_block)(int))
{
    for (int reads = 0, samples = 0; reads < READS && samples < SAMPLES; reads++) {
        wait_for_block(fd);
        int64_t start = now_ns();
        ssize_t length = read_block(fd);
        if (length < 0)
            fail("read");
        if (length < READABLE)
            continue;
        report("read", now_ns() - start, 1);
        samples++;
    }
}

static void time_typed_read(void)
{
    struct termios before, raw;
    if (tcgetattr(STDIN_FILENO, &before))
        fail("tcgetattr");
    raw = before;
    cfmakeraw(&raw);
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw))
        fail("tcsetattr");
    dprintf(STDOUT_FILENO, "\033]0;@read\a");
    time_read(STDIN_FILENO, library_read);
    usleep(DRAIN);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
}

static void time_fork_exec(void)
{
    for (int sample = 0; sample < SAMPLES; sample++) {
        int64_t start = now_ns();
        pid_t child = fork();
        if (child == 0) {
            execlp("true", "true", (char *)NULL);
            _exit(127);
        }
        int status;
        if (waitpid(child, &status, 0) != child || status != 0)
            fail("true");
        report("fork_exec", now_ns() - start, 1);
    }
}

/* A child at the other end of a pipe, which reads everything or writes endlessly. -> our end */
static int pipe_to_child(int child_reads)
{
    int ends[2];
    if (pipe(ends))
        fail("pipe");
    int ours = ends[child_reads], theirs = ends[!child_reads];
    /* One page, so that each read waits for the writer, as on a terminal. */
    if (!child_reads && fcntl(ours, F_SETPIPE_SZ, BLOCK) < 0)
        fail("F_SETPIPE_SZ");
    if (fork() == 0) {
        static char buffer[1 << 16];
        close(ours);
        while ((child_reads ? read(theirs, buffer, sizeof buffer) : write(theirs, buffer, BLOCK)) >
               0)
            continue;
        _exit(0);
    }
    close(theirs);
    return ours;
}

static void time_pipes(void)
{
    int out = pipe_to_child(1);
    time_write(out, pipe_write);
    close(out);
    int in = pipe_to_child(0);
    time_read(in, pipe_read);
    close(in);
}

static void time_raw(void)
{
    null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
    raw_winsize();
    if (size.ws_col) { /* somebody answers */
        time_calls("raw_winsize", raw_winsize, CHANGES);
        time_raw_tcsetattr();
    }
    time_calls("raw_isatty", raw_isatty, CHANGES);
    time_calls("raw_foreign_ioctl", raw_foreign_ioctl, CALLS);
    time_calls("raw_read", raw_read, CALLS);
    time_calls("raw_write", raw_write, CALLS);
    time_calls("raw_open", raw_open, CHANGES);
    time_calls("open", library_open, CHANGES);
    close(null_device);
    null_device = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    time_calls("isatty_file", library_isatty, CALLS);
    close(null_device);
}

static void time_terminal(void)
{
    time_calls("isatty", call_isatty, CALLS);
    time_calls("tcgetattr", call_tcgetattr, CALLS);
    time_calls("winsize", call_winsize, CALLS);
    time_calls("tcsetattr", call_tcsetattr, CHANGES);
    time_write(STDOUT_FILENO, library_write);
    time_fork_exec();
    time_raw();
    time_typed_read();
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: calls tty|pipe FILE\n");
        return 2;
    }
    results = fopen(argv[2], "we");
    if (!results)
        fail(argv[2]);
    if (strcmp(argv[1], "tty") == 0)
        time_terminal();
    else
        time_pipes();
    return fclose(results) == 0 ? 0 : 1;
}
