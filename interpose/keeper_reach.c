#include "keeper_reach.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "page.h"

#define WAITING 64 /* programs that may start at once */

/* Others' programs could not be answered for: the kernel keeps the keeper out of them. */
int reach_listen(const char *directory)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", directory, RPTY_FILE_REACH);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        chmod(address.sun_path, 0600) == 0 && listen(fd, WAITING) == 0)
        return fd;
    close(fd);
    return -1;
}
