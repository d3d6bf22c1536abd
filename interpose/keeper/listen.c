#include "keeper/listen.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WAITING 64 /* programs that may connect at once */

/* /proc/net/unix shows everybody the name that a socket was bound to: this one tells the directory by a descriptor. */
static bool bind_at(int fd, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *name = strrchr(path, '/') + 1;
    char directory[PATH_MAX];
    snprintf(directory, sizeof directory, "%.*s", (int)(name - path), path);
    int place = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", place, name);
    bool bound = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(place);
    return bound;
}

int listen_at(const char *path, mode_t mode)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (bind_at(fd, path) && chmod(path, mode) == 0 && listen(fd, WAITING) == 0)
        return fd;
    close(fd);
    return -1;
}
