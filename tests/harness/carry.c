/* carry connect WHERE, carry listen PORT COMMAND [ARG...]: the tests' own transport, a netcat that every
 * machine has. WHERE is a TCP port of this machine, or the path of a Unix socket. `listen` takes one
 * connection, which the command has as standard input and output, and ends with the command's status. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* One direction. */
struct way {
    int from, to;
};

/* Carries until either end is closed. */
static void carry(struct way way)
{
    static _Thread_local char buffer[1 << 16];
    ssize_t count;
    while ((count = read(way.from, buffer, sizeof buffer)) > 0) {
        for (ssize_t done = 0; done < count;) {
            ssize_t written = write(way.to, buffer + done, count - done);
            if (written < 0)
                return;
            done += written;
        }
    }
}

/* What arrives goes to a command until that reads no more; the rest is dropped, since a socket that is closed
 * with unread bytes in it resets the connection. */
static void *carry_in(void *argument)
{
    struct way *way = argument;
    char dropped[4096];
    carry(*way);
    close(way->to);
    while (read(way->from, dropped, sizeof dropped) > 0)
        continue;
    return NULL;
}

static void *carry_out(void *argument)
{
    struct way *way = argument;
    carry(*way);
    shutdown(way->to, SHUT_WR);
    return NULL;
}

static void in_thread(void *(*start)(void *), struct way *way)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, start, way) != 0)
        errx(1, "Cannot start a thread");
}

static struct sockaddr_in local(const char *port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(atoi(port)),
        .sin_addr = {htonl(INADDR_LOOPBACK)},
    };
    return address;
}

static int connected(const char *where)
{
    struct sockaddr_in tcp = local(where);
    struct sockaddr_un named = {.sun_family = AF_UNIX};
    strncpy(named.sun_path, where, sizeof named.sun_path - 1);
    int is_path = strchr(where, '/') != NULL;
    const void *address = is_path ? (void *)&named : (void *)&tcp;
    int fd = socket(is_path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, address, is_path ? sizeof named : sizeof tcp) < 0)
        err(1, "Cannot connect to %s", where);
    return fd;
}

static int accepted(const char *port)
{
    struct sockaddr_in address = local(port);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (void *)&address, sizeof address) < 0 || listen(listener, 1) < 0)
        err(1, "Cannot listen on port %s", port);
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        err(1, "Cannot accept a connection on port %s", port);
    close(listener);
    return fd;
}

static int exit_status(pid_t child)
{
    int status;
    if (waitpid(child, &status, 0) < 0)
        err(1, "Cannot wait");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int serve(int fd, char **command)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        err(1, "Cannot make a pipe");
    pid_t child = fork();
    if (child == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        execvp(command[0], command);
        err(127, "%s", command[0]);
    }
    close(in[0]);
    close(out[1]);
    signal(SIGPIPE, SIG_IGN);
    struct way inward = {fd, in[1]};
    in_thread(carry_in, &inward);
    struct way outward = {out[0], fd};
    carry(outward);
    shutdown(fd, SHUT_WR);
    close(out[0]);
    return exit_status(child);
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "listen") == 0)
        return serve(accepted(argv[2]), argv + 3);
    if (argc != 3 || strcmp(argv[1], "connect") != 0)
        errx(2, "usage: carry connect WHERE, carry listen PORT COMMAND [ARG...]");
    int fd = connected(argv[2]);
    signal(SIGPIPE, SIG_IGN);
    struct way outward = {STDIN_FILENO, fd};
    in_thread(carry_out, &outward);
    struct way inward = {fd, STDOUT_FILENO};
    carry(inward);
    return 0;
}
