/* A program of the session that tries to get more than it may. It is built dynamically, so that the library
 * serves it, and statically, so that the keeper does.
 *
 * usage: member ATTACK [PLACE...]      PLACE: as in ask.h
 *   own-path       asks with an O_PATH descriptor of its own terminal
 *   deputy [away]  as nobody, holding nothing else of the terminal, has an O_PATH descriptor opened again;
 *                  "away": in a session of its own
 *   race SECONDS   has its descriptor taken just when it is a connection that takes long to close
 *   answers SECONDS  asks for the settings again and again, and tells the longest time that took
 *   steal          as the leader of a session of its own takes the terminal from the session that has it
 *   exclusive, inclusive, open: TIOCEXCL, TIOCNXCL, and an open of /dev/tty
 *
 * Prints a line for everything that it got, and lines that the test expects. */
#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#include "descriptors.h"

enum {
    NOBODY = 65534,
    HELD = 9,         /* the O_PATH descriptor's number */
    RACED = 10,       /* the descriptor that changes */
    READ_TIME = 1,    /* seconds until a read that waits is given up */
    INTERRUPT = 2000, /* us between signals that end a close that waits */
    LONGEST_SPIN = 3000,
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static const char *result_name(long result)
{
    return result < 0 ? strerror(errno) : "GOT";
}

/* Nobody who looks at names takes this one for a descriptor's, and the kernel follows it. */
static int open_own_path(void)
{
    int fd = open("/proc/self/./fd/0", O_PATH | O_CLOEXEC);
    if (fd < 0 || !(fcntl(fd, F_GETFL) & O_PATH))
        printf("no O_PATH descriptor: %d\n", fd);
    return fd;
}

/* ---- possession by a path */

static int ask_with_own_path(const struct places *places)
{
    struct winsize size = {5, 7, 0, 0};
    int fd = open_own_path(), requests = 0;
    for (size_t i = 0; i < places->socket_count; i++) {
        for (uint32_t operation = 1; operation <= LAST_OPERATION; operation++) {
            /* The terminal's session needs no descriptor for these. */
            if (operation == RPTY_OPEN || operation == RPTY_OPEN_PAGE || operation == RPTY_GET_JOB)
                continue;
            gets(places->sockets[i], operation, 0, fd);
            requests++;
        }
    }
    if (ioctl(fd, TIOCSWINSZ, &size) == 0)
        printf("GOT: the size\n");
    printf("%d requests\n", requests);
    return 0;
}

/* ---- the keeper as a deputy */

static void become_nobody(void)
{
    if (setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0) {
        perror("become nobody");
        exit(2);
    }
}

/* Lets go of the terminal, but for its path. Standard output goes on to the file that is there as 7. */
static void keep_only_path(void)
{
    int fd = open_own_path(), null = open("/dev/null", O_RDWR);
    dup2(fd, HELD);
    dup2(null, 0);
    dup2(7, 1);
    dup2(null, 2);
    closefrom(HELD + 1);
    close(7);
}

static void on_alarm(int signal)
{
    (void)signal;
}

static void open_held(const char *how, int flags)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "/proc/self/fd/%d", HELD);
    int fd = open(path, flags | O_NONBLOCK | O_NOCTTY);
    printf("open %s: %s\n", how, result_name(fd));
    if (fd >= 0)
        close(fd);
}

static int be_deputized(bool away)
{
    struct sigaction action = {.sa_handler = on_alarm};
    struct termios settings;
    struct winsize size;
    char byte;
    keep_only_path();
    become_nobody();
    if (away && fork() > 0)
        return wait(NULL) < 0;
    if (away)
        setsid();
    sigaction(SIGALRM, &action, NULL);
    open_held("for both", O_RDWR);
    open_held("for reading", O_RDONLY);
    open_held("for writing", O_WRONLY);
    printf("settings: %s\n", result_name(ioctl(HELD, TCGETS, &settings)));
    printf("size: %s\n", result_name(ioctl(HELD, TIOCGWINSZ, &size)));
    printf("write: %s\n", result_name(write(HELD, "x", 1)));
    alarm(READ_TIME);
    printf("read: %s\n", result_name(read(HELD, &byte, 1)));
    fflush(stdout);
    return 0;
}

/* ---- what takes long to close */

static atomic_long asked;
static atomic_bool over;
static atomic_int asking; /* rises before each question */

static void *ask_on_raced(void *unused)
{
    struct termios settings;
    sigset_t timer;
    sigemptyset(&timer);
    sigaddset(&timer, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &timer, NULL);
    while (!over) {
        asking++;
        ioctl(RACED, TCGETS, &settings);
        asked++;
    }
    return unused;
}

static void spin(uint32_t rounds)
{
    for (volatile uint32_t i = 0; i < rounds; i++)
        continue;
}

/* The descriptor is the connection's only one when a question has begun, and is gone before its answer. */
static void race_once(uint32_t rounds)
{
    int fd = lingering(), null = of_null();
    dup2(fd, RACED);
    close(fd);
    int before = asking;
    double start = now();
    while (asking == before && now() - start < 0.01)
        continue;
    spin(rounds);
    dup2(null, RACED);
    close(null);
}

static double longest_wait(long before, double longest)
{
    double start = now();
    while (asked == before && now() - start < 5)
        poll(NULL, 0, 1);
    double waited = now() - start;
    return waited > longest ? waited : longest;
}

static int race(int seconds)
{
    struct itimerval often = {{0, INTERRUPT}, {0, INTERRUPT}};
    struct sigaction action = {.sa_handler = on_alarm};
    pthread_t thread;
    uint32_t races = 0;
    double end = now() + seconds, longest = 0;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    pthread_create(&thread, NULL, ask_on_raced, NULL);
    for (; now() < end && longest < 1; races++) {
        race_once(races * 7 % LONGEST_SPIN);
        longest = longest_wait(asked, longest);
    }
    over = true;
    printf("%u races, longest wait %.0f ms\n", races, longest * 1000);
    fflush(stdout);
    _exit(0); /* the other thread may be waiting */
}

/* Counts the answers of the later half: by then what is to disturb them has begun. */
static int measure_answers(int seconds)
{
    struct termios settings;
    double begin = now(), longest = 0, waited = 0;
    int failed = 0, answers = 0;
    bool told = false;
    do {
        double start = now();
        failed += ioctl(0, TCGETS, &settings) < 0;
        waited = now() - start;
        longest = waited > longest ? waited : longest;
        answers += now() - begin > seconds / 2.0;
        if (!told)
            told = printf("asking\n") > 0 && fflush(stdout) == 0;
    } while (now() < begin + seconds);
    printf("%d failed, %d later answers, longest answer %.0f ms\n", failed, answers,
           longest * 1000);
    return 0;
}

/* ---- rights of an administrator who is none */

static int steal(void)
{
    if (fork() > 0)
        return wait(NULL) < 0;
    setsid();
    printf("steal: %s\n", result_name(ioctl(0, TIOCSCTTY, 1)));
    return 0;
}

static int run(const char *attack, char **rest)
{
    int number = *rest ? atoi(*rest) : 0;
    if (strcmp(attack, "own-path") == 0) {
        struct places places = places_in(rest);
        return ask_with_own_path(&places);
    }
    if (strcmp(attack, "deputy") == 0)
        return be_deputized(*rest != NULL);
    if (strcmp(attack, "race") == 0)
        return race(number);
    if (strcmp(attack, "answers") == 0)
        return measure_answers(number);
    if (strcmp(attack, "steal") == 0)
        return steal();
    if (strcmp(attack, "exclusive") == 0)
        return ioctl(0, TIOCEXCL) < 0;
    if (strcmp(attack, "inclusive") == 0)
        return ioctl(0, TIOCNXCL) < 0;
    if (strcmp(attack, "open") == 0)
        return printf("open: %s\n", result_name(open("/dev/tty", O_RDWR))) < 0;
    fprintf(stderr, "usage: member ATTACK [PLACE...]\n");
    return 2;
}

int main(int argc, char **argv)
{
    allow_descriptors();
    return argc > 1 ? run(argv[1], argv + 2) : run("", argv + argc);
}
