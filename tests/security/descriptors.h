/* Descriptors of every kind, to send in place of the terminal's. */
#ifndef RPTY_TEST_DESCRIPTORS_H
#define RPTY_TEST_DESCRIPTORS_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

#include "ask.h"

enum { LINGER = 30 /* seconds */ };

static int local_listener(struct sockaddr_in *address)
{
    int small = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    socklen_t size = sizeof *address;
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (bind(fd, (struct sockaddr *)address, size) < 0 || listen(fd, 128) < 0 ||
        getsockname(fd, (struct sockaddr *)address, &size) < 0) {
        perror("a listener of our own");
        exit(2);
    }
    return fd;
}

static void fill(int fd)
{
    char bytes[4096] = {0};
    while (send(fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
        continue;
}

/* A TCP connection with data that its peer does not read: closing its last reference takes LINGER seconds.
 * The peers stay open. -> descriptor or -1 */
static inline int lingering(void)
{
    static struct sockaddr_in address;
    static int listener = -1;
    struct linger linger = {1, LINGER};
    int small = 1;
    if (listener < 0)
        listener = local_listener(&address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        accept4(listener, NULL, NULL, SOCK_CLOEXEC) < 0) {
        close(fd);
        return -1;
    }
    fill(fd);
    return fd;
}

static inline void on_time(int signal)
{
    (void)signal;
}

/* If the other side was faster, ours is the last reference, and closing it must not delay us. */
static inline void close_at_once(int fd)
{
    struct sigaction action = {.sa_handler = on_time};
    struct itimerval soon = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    close(fd);
    setitimer(ITIMER_REAL, &never, NULL);
}

static int of_nothing(void)
{
    return -1;
}

static int of_null(void)
{
    return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int of_pipe(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    close(ends[1]);
    return ends[0];
}

static int of_socket(void)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    close(ends[1]);
    return ends[0];
}

static int of_own_fifo(void)
{
    char path[] = "/tmp/fifo-XXXXXX";
    int fd = mkstemp(path);
    close(fd);
    unlink(path);
    if (fd < 0 || mkfifo(path, 0600) < 0)
        return -1;
    fd = open(path, O_RDWR | O_CLOEXEC);
    unlink(path);
    return fd;
}

static int of_deleted_file(void)
{
    char path[] = "/tmp/file-XXXXXX";
    int fd = mkstemp(path);
    unlink(path);
    return fd;
}

static int of_memory(void)
{
    return memfd_create("memory", MFD_CLOEXEC);
}

static int of_folder(void)
{
    return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int of_path(void)
{
    return open("/", O_PATH | O_CLOEXEC);
}

static int of_epoll(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

static int of_event(void)
{
    return eventfd(0, EFD_CLOEXEC);
}

static int of_timer(void)
{
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

static int of_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    return signalfd(-1, &none, SFD_CLOEXEC);
}

static int of_inotify(void)
{
    return inotify_init1(IN_CLOEXEC);
}

static int of_process(void)
{
    return (int)syscall(SYS_pidfd_open, getpid(), 0);
}

static int of_own_memory(void)
{
    return open("/proc/self/mem", O_RDWR | O_CLOEXEC);
}

static const struct kind {
    const char *name;
    int (*make)(void);
} kinds[] = {
    {"no descriptor", of_nothing},
    {"/dev/null", of_null},
    {"a pipe", of_pipe},
    {"a socket", of_socket},
    {"a FIFO of one's own", of_own_fifo},
    {"a deleted file", of_deleted_file},
    {"a memfd", of_memory},
    {"a folder", of_folder},
    {"a path", of_path},
    {"an epoll", of_epoll},
    {"an eventfd", of_event},
    {"a timerfd", of_timer},
    {"a signalfd", of_signals},
    {"an inotify", of_inotify},
    {"a pidfd", of_process},
    {"one's own memory", of_own_memory},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* How many kinds there are with the O_PATH descriptors of the session's FIFOs, which come last. */
static inline size_t kind_count(const struct places *places)
{
    return KINDS + places->fifo_count;
}

static inline int make_descriptor(const struct places *places, size_t kind)
{
    return kind < KINDS ? kinds[kind].make()
                        : open(places->fifos[kind - KINDS], O_PATH | O_CLOEXEC);
}

static inline const char *kind_name(size_t kind)
{
    return kind < KINDS ? kinds[kind].name : "a FIFO's path";
}

#endif
