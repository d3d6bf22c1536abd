#include "terminal/rights.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include "terminal/memory.h"
#include "terminal/syscalls.h"

/* Room for one descriptor beside a message. The kernel drops what else is sent. */
union rights {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
};

long rights_send(int socket, const void *bytes, size_t size, int fd, int flags)
{
    struct iovec part = {(void *)bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union rights rights = {.header = {.cmsg_len = CMSG_LEN(sizeof fd),
                                      .cmsg_level = SOL_SOCKET,
                                      .cmsg_type = SCM_RIGHTS}};
    if (fd >= 0) {
        memcpy(CMSG_DATA(&rights.header), &fd, sizeof fd);
        message.msg_control = &rights;
        message.msg_controllen = sizeof rights;
    }
    return SYS(sendmsg, socket, &message, flags);
}

static int received(const struct msghdr *message, const union rights *rights)
{
    int fd = -1;
    if (message->msg_controllen >= CMSG_LEN(sizeof fd) && rights->header.cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA((struct cmsghdr *)&rights->header), sizeof fd);
    return fd;
}

long rights_receive(int socket, void *bytes, size_t size, int *fd, int flags)
{
    struct iovec part = {bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union rights rights;
    if (fd) {
        message.msg_control = &rights;
        /* The padding behind one descriptor would take a second one, which nobody would close. */
        message.msg_controllen = CMSG_LEN(sizeof *fd);
    }
    long got = SYS(recvmsg, socket, &message, flags);
    if (fd)
        *fd = got > 0 ? received(&message, &rights) : -1;
    return got;
}
