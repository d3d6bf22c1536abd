#include "pass.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include "memory.h"
#include "syscalls.h"

union rights {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
};

void pass_send(int socket, long listener)
{
    int error = listener < 0 ? (int)-listener : 0, fd = (int)listener;
    struct iovec part = {&error, sizeof error};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union rights rights = {.header = {.cmsg_len = CMSG_LEN(sizeof fd),
                                      .cmsg_level = SOL_SOCKET,
                                      .cmsg_type = SCM_RIGHTS}};
    if (listener >= 0) {
        memcpy(CMSG_DATA(&rights.header), &fd, sizeof fd);
        message.msg_control = &rights;
        message.msg_controllen = sizeof rights;
    }
    while (SYS(sendmsg, socket, &message, MSG_NOSIGNAL) == -EINTR)
        continue;
}

int pass_receive(int socket)
{
    int error = 0, fd = -1;
    struct iovec part = {&error, sizeof error};
    union rights rights;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof rights};
    long got;
    while ((got = SYS(recvmsg, socket, &message, MSG_CMSG_CLOEXEC)) == -EINTR)
        continue;
    if (got != sizeof error)
        return -ECONNRESET;
    if (message.msg_controllen >= CMSG_LEN(sizeof fd) && rights.header.cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(&rights.header), sizeof fd);
    if (fd >= 0)
        return fd;
    return error > 0 ? -error : -ECONNRESET;
}
