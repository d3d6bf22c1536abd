#include "terminal/connect.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "terminal/memory.h"
#include "terminal/syscalls.h"

long connect_to(const char *path)
{
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
