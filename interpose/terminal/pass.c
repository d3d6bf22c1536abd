#include "terminal/pass.h"

#include <errno.h>
#include <sys/socket.h>

#include "terminal/rights.h"
#include "terminal/syscalls.h"

void pass_send(int socket, long listener)
{
    int error = listener < 0 ? (int)-listener : 0;
    while (rights_send(socket, &error, sizeof error, (int)listener, MSG_NOSIGNAL) == -EINTR)
        continue;
}

int pass_receive(int socket)
{
    int error = 0, fd;
    long got;
    while ((got = rights_receive(socket, &error, sizeof error, &fd, MSG_CMSG_CLOEXEC)) == -EINTR)
        continue;
    if (got == sizeof error && fd >= 0)
        return fd;
    if (fd >= 0)
        SYS(close, fd);
    if (got != sizeof error)
        return -ECONNRESET;
    return error > 0 ? -error : -ECONNRESET;
}
