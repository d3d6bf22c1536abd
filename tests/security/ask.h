/* Shared by the attacks: the session's paths, as the test passes them, and one request to a socket.
 *
 * The test passes each path with its kind, so that no attack depends on the layout of the runtime directory:
 *   socket:PATH fifo:PATH file:PATH folder:PATH */
#ifndef RPTY_TEST_ASK_H
#define RPTY_TEST_ASK_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../interpose/terminal/page.h"

enum {
    MOST_PLACES = 32,
    MOST_DESCRIPTORS = 253, /* SCM_MAX_FD: what the kernel passes at once */
    PATIENCE = 5000,        /* ms for a reply */
    LAST_OPERATION = 24,    /* beyond those that exist, so that new ones are tried, too */
};

struct places {
    const char *sockets[MOST_PLACES], *fifos[MOST_PLACES], *files[MOST_PLACES],
        *folders[MOST_PLACES];
    size_t socket_count, fifo_count, file_count, folder_count;
};

static inline bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static inline bool take_place(const char *argument, const char *kind, const char **list,
                              size_t *count)
{
    if (!starts(argument, kind) || *count == MOST_PLACES)
        return false;
    list[(*count)++] = argument + strlen(kind);
    return true;
}

static inline struct places places_in(char **arguments)
{
    struct places places = {0};
    for (; *arguments; arguments++) {
        if (!take_place(*arguments, "socket:", places.sockets, &places.socket_count) &&
            !take_place(*arguments, "fifo:", places.fifos, &places.fifo_count) &&
            !take_place(*arguments, "file:", places.files, &places.file_count) &&
            !take_place(*arguments, "folder:", places.folders, &places.folder_count)) {
            fprintf(stderr, "no place: %s\n", *arguments);
            exit(2);
        }
    }
    return places;
}

/* As many descriptors as an attacker can have. */
static inline void allow_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* The outcome of a request. Only with the first three was nothing gained. */
enum outcome { UNREACHED, CLOSED, REFUSED, SILENT, GRANTED, DESCRIPTOR, OUTCOMES };

static const char *const outcome_names[OUTCOMES] = {"unreached", "closed",  "refused",
                                                    "SILENT",    "GRANTED", "DESCRIPTOR"};

/* -> descriptor or -1. `flags`: SOCK_NONBLOCK, or 0 to wait PATIENCE for room in the queue. */
static inline int connect_to(const char *path, int flags)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = PATIENCE / 1000};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static inline ssize_t send_with(int socket, const void *bytes, size_t size, const int *fds,
                                size_t count)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
    } rights = {.header = {.cmsg_len = CMSG_LEN(count * sizeof(int)),
                           .cmsg_level = SOL_SOCKET,
                           .cmsg_type = SCM_RIGHTS}};
    struct iovec part = {(void *)bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        memcpy(CMSG_DATA(&rights.header), fds, count * sizeof(int));
        message.msg_control = &rights;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

static inline bool take_descriptor(struct msghdr *message)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (header == NULL || header->cmsg_type != SCM_RIGHTS)
        return false;
    int fd;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    close(fd);
    return true;
}

static inline enum outcome outcome_of(int socket, int patience, struct rpty_reply *reply)
{
    char space[CMSG_SPACE(sizeof(int))];
    struct iovec part = {reply, sizeof *reply};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct pollfd ready = {.fd = socket, .events = POLLIN};
    memset(reply, 0, sizeof *reply);
    if (poll(&ready, 1, patience) == 0)
        return SILENT;
    ssize_t got = recvmsg(socket, &message, 0);
    if (got <= 0)
        return CLOSED;
    if (take_descriptor(&message))
        return DESCRIPTOR;
    return got >= (ssize_t)sizeof reply->error && reply->error == 0 ? GRANTED : REFUSED;
}

static inline struct rpty_request request_for(uint32_t operation, int32_t argument)
{
    return (struct rpty_request){.magic = RPTY_PAGE_MAGIC,
                                 .operation = operation,
                                 .argument = argument,
                                 .winsize = {5, 7, 0, 0}};
}

static inline enum outcome ask(const char *path, const struct rpty_request *request, int fd,
                               struct rpty_reply *reply)
{
    int socket = connect_to(path, 0);
    if (socket < 0)
        return UNREACHED;
    enum outcome outcome = CLOSED;
    if (send_with(socket, request, sizeof *request, &fd, fd >= 0) >= 0)
        outcome = outcome_of(socket, PATIENCE, reply);
    close(socket);
    return outcome;
}

/* -> whether the answer was something other than an error or a closed connection */
static inline bool gets(const char *path, uint32_t operation, int32_t argument, int fd)
{
    struct rpty_reply reply;
    struct rpty_request request = request_for(operation, argument);
    enum outcome outcome = ask(path, &request, fd, &reply);
    if (outcome <= REFUSED)
        return false;
    printf("%s: operation %u, argument %d, on %s\n", outcome_names[outcome], operation, argument,
           path);
    return true;
}

/* Waits until the test lets it go on. -> false: the test has ended */
static inline bool hear(void)
{
    char line[64];
    fflush(stdout);
    return fgets(line, sizeof line, stdin) != NULL;
}

#endif
