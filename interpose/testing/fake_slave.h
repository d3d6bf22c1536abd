/* A slave for tests of the library: the runtime directory, the page, the FIFOs and the control socket,
 * played by a thread that answers each request and keeps it for the test to look at. */
#ifndef RPTY_FAKE_SLAVE_H
#define RPTY_FAKE_SLAVE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "terminal/page.h"

#define MAX_REQUESTS 256
#define ONE_PAGE 4096
#define FAKE_SECRET "secret"

struct fake_slave {
    char directory[64];
    char preload[160]; /* LD_PRELOAD=… */
    struct rpty_page *page;
    int input, output; /* our ends */
    int reader;        /* keeps the input FIFO alive while nobody else has it open */
    int control;
    pthread_t thread;
    int count;
    struct rpty_request requests[MAX_REQUESTS];
};

static inline void must(int good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static inline void fake_path(const struct fake_slave *slave, const char *name, char *path)
{
    bool is_library = strcmp(name, RPTY_FILE_LIBRARY) == 0;
    snprintf(path, 128, "%s/%s/%s", slave->directory, is_library ? FAKE_SECRET : RPTY_OWN_DIRECTORY,
             name);
}

static inline void fake_directory(const struct fake_slave *slave, const char *name, char *path)
{
    snprintf(path, 128, "%s/%s", slave->directory, name);
}

static inline void fake_event(struct fake_slave *slave)
{
    __atomic_add_fetch(&slave->page->event, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &slave->page->event, FUTEX_WAKE, 1 << 30, NULL, NULL, 0);
}

static inline void fake_set_termios(struct fake_slave *slave, const struct rpty_termios *termios)
{
    __atomic_add_fetch(&slave->page->sequence, 1, __ATOMIC_SEQ_CST);
    slave->page->termios = *termios;
    __atomic_add_fetch(&slave->page->sequence, 1, __ATOMIC_SEQ_CST);
    fake_event(slave);
}

/* Types: what is given becomes readable at once. */
static inline void fake_type(struct fake_slave *slave, const char *text)
{
    must(write(slave->input, text, strlen(text)) == (ssize_t)strlen(text), "write to the input");
    fake_event(slave);
}

/* Shows an end of file to everybody, as the slave does: by number, and by closing the write end. */
static inline void fake_type_eof(struct fake_slave *slave)
{
    close(slave->input); /* first: the control thread opens it anew as soon as somebody asks */
    __atomic_store_n(&slave->page->eof, 1, __ATOMIC_SEQ_CST);
    fake_event(slave);
}

static inline void fake_open_input(struct fake_slave *slave)
{
    char path[128];
    fake_path(slave, RPTY_FILE_INPUT, path);
    slave->input = open(path, O_WRONLY | O_CLOEXEC);
    must(slave->input >= 0, path);
}

static inline bool fake_take_eof(struct fake_slave *slave, uint32_t number)
{
    if (number == 0 || slave->page->eof != number)
        return false;
    fake_open_input(slave);
    __atomic_store_n(&slave->page->eof, 0, __ATOMIC_SEQ_CST);
    fake_event(slave);
    return true;
}

static inline int fake_perform(struct fake_slave *slave, const struct rpty_request *request,
                               struct rpty_reply *reply)
{
    struct rpty_page *page = slave->page;
    switch (request->operation) {
    case RPTY_SET_TERMIOS:
        fake_set_termios(slave, &request->termios);
        return 0;
    case RPTY_SET_WINSIZE:
        page->winsize = request->winsize;
        return 0;
    case RPTY_SET_FOREGROUND:
        __atomic_store_n(&page->foreground, request->argument, __ATOMIC_SEQ_CST);
        fake_event(slave);
        return 0;
    case RPTY_TAKE_EOF:
        reply->value = fake_take_eof(slave, (uint32_t)request->argument);
        return 0;
    case RPTY_GET_STATE:
        reply->termios = page->termios;
        reply->winsize = page->winsize;
        return 0;
    case RPTY_OUTPUT_QUEUE:
        reply->value = 17;
        return 0;
    default:
        return 0;
    }
}

static inline void fake_answer(struct fake_slave *slave, int connection)
{
    struct rpty_request request = {0};
    struct rpty_reply reply = {0};
    char space[CMSG_SPACE(sizeof(int))];
    struct iovec part = {&request, sizeof request};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    must(recvmsg(connection, &message, MSG_CMSG_CLOEXEC) == sizeof request, "recvmsg");
    if (message.msg_controllen > 0) {
        int fd;
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
        close(fd);
    } else {
        reply.error = EBADF; /* whoever shows no descriptor possesses nothing */
    }
    if (slave->count < MAX_REQUESTS)
        slave->requests[slave->count++] = request;
    if (!reply.error)
        reply.error = fake_perform(slave, &request, &reply);
    must(write(connection, &reply, sizeof reply) == sizeof reply, "reply");
    close(connection);
}

static inline void *fake_serve(void *argument)
{
    struct fake_slave *slave = argument;
    for (;;) {
        int connection = accept4(slave->control, NULL, NULL, SOCK_CLOEXEC);
        if (connection < 0)
            return NULL;
        fake_answer(slave, connection);
    }
}

static inline struct rpty_termios fake_sane(void)
{
    struct rpty_termios sane = {.c_iflag = ICRNL | IXON,
                                .c_oflag = OPOST | ONLCR,
                                .c_cflag = CS8 | CREAD | B38400,
                                .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN | ECHOCTL,
                                .c_ispeed = B38400,
                                .c_ospeed = B38400};
    const char characters[] = "\3\34\177\25\4\0\1\0\21\23\32\0\22\17\27\26\0";
    memcpy(sane.c_cc, characters, sizeof characters);
    return sane;
}

static inline void fake_make_page(struct fake_slave *slave)
{
    char path[128];
    fake_path(slave, RPTY_FILE_PAGE, path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    must(fd >= 0 && ftruncate(fd, RPTY_PAGE_SIZE) == 0, path);
    slave->page = mmap(NULL, RPTY_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(slave->page != MAP_FAILED, "mmap");
    close(fd);
    slave->page->magic = RPTY_PAGE_MAGIC;
    slave->page->version = RPTY_PAGE_VERSION;
    slave->page->minor = 4711;
    slave->page->winsize = (struct rpty_winsize){33, 99, 0, 0};
    slave->page->termios = fake_sane();
    strcpy(slave->page->name, "/dev/rpty/4711");
}

static inline int fake_make_fifo(struct fake_slave *slave, const char *name, int mode,
                                 uint64_t *device, uint64_t *inode)
{
    char path[128];
    struct stat status;
    fake_path(slave, name, path);
    must(mkfifo(path, 0600) == 0, path);
    int fd = open(path, mode | O_NONBLOCK | O_CLOEXEC);
    must(fd >= 0 && fstat(fd, &status) == 0, path);
    *device = status.st_dev;
    *inode = status.st_ino;
    return fd;
}

static inline void fake_make_socket(struct fake_slave *slave)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    fake_path(slave, RPTY_FILE_CONTROL, address.sun_path);
    slave->control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(slave->control, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    must(listen(slave->control, 16) == 0, "listen");
}

static inline void fake_copy(const char *from, const char *to)
{
    char buffer[65536];
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    must(in >= 0, from);
    must(out >= 0, to);
    for (ssize_t got; (got = read(in, buffer, sizeof buffer)) > 0;)
        must(write(out, buffer, (size_t)got) == got, to);
    close(in);
    close(out);
}

static inline void fake_start(struct fake_slave *slave, const char *library)
{
    char path[128];
    memset(slave, 0, sizeof *slave);
    strcpy(slave->directory, "/tmp/rpty-test-XXXXXX");
    must(mkdtemp(slave->directory) != NULL, "mkdtemp");
    fake_directory(slave, RPTY_OWN_DIRECTORY, path);
    must(mkdir(path, 0700) == 0, path);
    fake_directory(slave, FAKE_SECRET, path);
    must(mkdir(path, 0711) == 0, path);
    fake_path(slave, RPTY_FILE_LIBRARY, path);
    fake_copy(library, path);
    snprintf(slave->preload, sizeof slave->preload, "LD_PRELOAD=%s", path);
    fake_make_page(slave);
    struct rpty_page *page = slave->page;
    slave->reader =
        fake_make_fifo(slave, RPTY_FILE_INPUT, O_RDONLY, &page->input_dev, &page->input_ino);
    slave->output =
        fake_make_fifo(slave, RPTY_FILE_OUTPUT, O_RDWR, &page->output_dev, &page->output_ino);
    fcntl(slave->reader, F_SETPIPE_SZ, ONE_PAGE);
    fake_open_input(slave);
    fake_make_socket(slave);
    must(pthread_create(&slave->thread, NULL, fake_serve, slave) == 0, "pthread_create");
}

static inline void fake_stop(struct fake_slave *slave)
{
    const char *names[] = {RPTY_FILE_LIBRARY, RPTY_FILE_PAGE, RPTY_FILE_INPUT, RPTY_FILE_OUTPUT,
                           RPTY_FILE_CONTROL};
    char path[128];
    shutdown(slave->control, SHUT_RDWR);
    pthread_join(slave->thread, NULL);
    close(slave->control);
    close(slave->input);
    close(slave->reader);
    close(slave->output);
    munmap(slave->page, RPTY_PAGE_SIZE);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        fake_path(slave, names[i], path);
        unlink(path);
    }
    fake_directory(slave, RPTY_OWN_DIRECTORY, path);
    rmdir(path);
    fake_directory(slave, FAKE_SECRET, path);
    rmdir(path);
    rmdir(slave->directory);
}

static inline void fake_wire(const struct fake_slave *slave)
{
    char in[128], out[128];
    fake_path(slave, RPTY_FILE_INPUT, in);
    fake_path(slave, RPTY_FILE_OUTPUT, out);
    int input = open(in, O_RDONLY), output = open(out, O_WRONLY);
    dup2(input, 0);
    dup2(output, 1);
    dup2(output, 2);
    close(input);
    close(output);
}

/* Starts a program as the leader of the terminal's session. */
static inline pid_t fake_run(struct fake_slave *slave, char *const arguments[])
{
    int ready[2];
    char go;
    must(pipe2(ready, O_CLOEXEC) == 0, "pipe2");
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid == 0) {
        setsid();
        fake_wire(slave);
        must(read(ready[0], &go, 1) == 1, "start");
        putenv(slave->preload);
        execvp(arguments[0], arguments);
        perror(arguments[0]);
        _exit(127);
    }
    slave->page->session = slave->page->foreground = pid;
    must(write(ready[1], "g", 1) == 1, "start");
    close(ready[0]);
    close(ready[1]);
    return pid;
}

#endif
