#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "caller.h"
#include "memory.h"
#include "runtime.h"
#include "syscalls.h"

/* Room for one descriptor beside a message. */
union rights {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
};

_Static_assert(RUNTIME_PATH_SIZE >= sizeof(((struct sockaddr_un *)0)->sun_path), "path fits");

static long connect_socket(void)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path(RPTY_FILE_CONTROL, path);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path) + 1);
    long fd = SYS(socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fd;
    long result;
    do
        result = SYS(connect, fd, &address, sizeof address);
    while (result == -EINTR);
    if (result == 0)
        return fd;
    SYS(close, fd);
    return result;
}

static void attach(struct msghdr *message, union rights *rights, int fd)
{
    memset(rights, 0, sizeof *rights);
    rights->header.cmsg_len = CMSG_LEN(sizeof fd);
    rights->header.cmsg_level = SOL_SOCKET;
    rights->header.cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(&rights->header), &fd, sizeof fd);
    message->msg_control = rights;
    message->msg_controllen = sizeof *rights;
}

static int attached(const struct msghdr *message, const union rights *rights)
{
    int fd = -1;
    if (message->msg_controllen >= CMSG_LEN(sizeof fd) && rights->header.cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA((struct cmsghdr *)&rights->header), sizeof fd);
    return fd;
}

static bool send_request(int socket, int on, const struct rpty_request *request)
{
    struct iovec part = {(void *)request, sizeof *request};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union rights rights;
    if (on >= 0)
        attach(&message, &rights, on);
    long sent;
    do
        sent = SYS(sendmsg, socket, &message, MSG_NOSIGNAL);
    while (sent == -EINTR);
    return sent == (long)sizeof *request;
}

/* How a reply is waited for. */
struct waiting {
    bool interruptible; /* a signal handler ends it */
    int receive_flags;
    int *received; /* where a descriptor goes that comes with the reply, or NULL */
};

static long receive_part(int socket, struct iovec *part, struct waiting waiting)
{
    union rights rights;
    struct msghdr message = {.msg_iov = part, .msg_iovlen = 1};
    if (waiting.received) {
        message.msg_control = &rights;
        message.msg_controllen = sizeof rights;
    }
    long got;
    do
        got = SYS(recvmsg, socket, &message, waiting.receive_flags);
    while (got == -EINTR && !waiting.interruptible);
    if (got > 0 && waiting.received && *waiting.received < 0)
        *waiting.received = attached(&message, &rights);
    return got;
}

static long receive_reply(int socket, struct rpty_reply *reply, struct waiting waiting)
{
    struct iovec part = {reply, sizeof *reply};
    while (part.iov_len > 0) {
        long got = receive_part(socket, &part, waiting);
        if (got == -EINTR)
            return got;
        if (got <= 0)
            return CONTROL_UNREACHABLE;
        part.iov_base = (char *)part.iov_base + got;
        part.iov_len -= (size_t)got;
    }
    return reply->error ? -(long)reply->error : 0;
}

static long exchange(int on, const struct rpty_request *wanted, struct rpty_reply *reply,
                     struct waiting waiting)
{
    struct rpty_request request = *wanted;
    request.process = CALLER;
    if (!runtime_present())
        return CONTROL_UNREACHABLE;
    long socket = connect_socket();
    if (socket < 0)
        return CONTROL_UNREACHABLE;
    long result = CONTROL_UNREACHABLE;
    if (send_request((int)socket, on, &request))
        result = receive_reply((int)socket, reply, waiting);
    SYS(close, socket);
    return result;
}

long control_request(int on, const struct rpty_request *request, struct rpty_reply *reply)
{
    return exchange(on, request, reply, (struct waiting){false, 0, NULL});
}

static struct rpty_request plain(enum rpty_operation operation, int32_t argument)
{
    return (struct rpty_request){
        .magic = RPTY_PAGE_MAGIC, .operation = operation, .argument = argument};
}

long control_ask(int on, enum rpty_operation operation, int32_t argument)
{
    struct rpty_request request = plain(operation, argument);
    struct rpty_reply reply;
    long result = control_request(on, &request, &reply);
    return result < 0 ? result : reply.value;
}

long control_get_state(int on, struct state *state)
{
    struct rpty_request request = plain(RPTY_GET_STATE, 0);
    struct rpty_reply reply;
    long result = control_request(on, &request, &reply);
    if (result < 0)
        return result == CONTROL_UNREACHABLE ? -EIO : result;
    state->winsize = reply.winsize;
    state->termios = reply.termios;
    return 0;
}

long control_drain(int on)
{
    struct rpty_request request = plain(RPTY_DRAIN, 0);
    struct rpty_reply reply;
    return exchange(on, &request, &reply, (struct waiting){true, 0, NULL});
}

long control_open(int on, int access, int flags)
{
    struct rpty_request request = plain(RPTY_OPEN, access);
    struct rpty_reply reply;
    int received = -1;
    int cloexec = flags & O_CLOEXEC ? MSG_CMSG_CLOEXEC : 0;
    long result = exchange(on, &request, &reply, (struct waiting){false, cloexec, &received});
    if (result == 0)
        return received >= 0 ? received : -EIO;
    if (received >= 0)
        SYS(close, received);
    return result == CONTROL_UNREACHABLE ? -ENXIO : result;
}
