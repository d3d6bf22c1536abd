#include "terminal/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "terminal/caller.h"
#include "terminal/connect.h"
#include "terminal/memory.h"
#include "terminal/rights.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"

_Static_assert(RUNTIME_PATH_SIZE >= sizeof(((struct sockaddr_un *)0)->sun_path), "path fits");

/* A connection that is silent for too long is closed, and that of a program that was stopped meanwhile. */
#define TRIES 2

/* Another user's program may not go where the control socket is. */
static long connect_socket(void)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path(RPTY_FILE_CONTROL, path);
    long fd = connect_to(path);
    if (fd != -EACCES || !runtime_has_shared())
        return fd;
    runtime_shared_path(RPTY_FILE_DOOR, path);
    return connect_to(path);
}

static bool send_request(int socket, int on, const struct rpty_request *request)
{
    long sent;
    do
        sent = rights_send(socket, request, sizeof *request, on, MSG_NOSIGNAL);
    while (sent == -EINTR);
    return sent == (long)sizeof *request;
}

int control_send(int on, const struct rpty_request *request)
{
    for (int tries = 0; tries < TRIES; tries++) {
        long socket = connect_socket();
        if (socket < 0)
            return -1;
        if (send_request((int)socket, on, request))
            return (int)socket;
        SYS(close, socket);
    }
    return -1;
}

static long receive_part(int socket, char *at, size_t size, struct waiting waiting)
{
    long got;
    int fd = -1;
    do
        got = rights_receive(socket, at, size, waiting.received ? &fd : NULL, waiting.flags);
    while (got == -EINTR && !waiting.interruptible);
    if (fd >= 0)
        *waiting.received = fd;
    return got;
}

long control_receive(int socket, struct rpty_reply *reply, struct waiting waiting)
{
    char *at = (char *)reply, *const end = at + sizeof *reply;
    while (at < end) {
        long got = receive_part(socket, at, (size_t)(end - at), waiting);
        if (got == -EINTR)
            return got;
        if (got <= 0)
            return CONTROL_UNREACHABLE;
        at += got;
    }
    return reply->error ? -(long)reply->error : 0;
}

static long exchange(int on, const struct rpty_request *wanted, struct rpty_reply *reply,
                     struct waiting waiting)
{
    struct rpty_request request = *wanted;
    request.process = caller();
    request.via = caller_asks_via();
    if (!runtime_present())
        return CONTROL_UNREACHABLE;
    int socket = control_send(on, &request);
    if (socket < 0)
        return CONTROL_UNREACHABLE;
    long result = control_receive(socket, reply, waiting);
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

void control_note(int on, enum rpty_note note)
{
    control_ask(on, RPTY_NOTE, note);
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

static long ask_for_descriptor(int on, struct rpty_request request, int flags)
{
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

long control_open(int on, int access, int flags)
{
    return ask_for_descriptor(on, plain(RPTY_OPEN, access), flags);
}

long control_open_page(int on)
{
    return ask_for_descriptor(on, plain(RPTY_OPEN_PAGE, 0), O_CLOEXEC);
}
