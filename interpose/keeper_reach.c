#include "keeper_reach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "keeper_filter.h"
#include "keeper_pass.h"
#include "page.h"

#define WAITING 64 /* programs that may start at once */

static socklen_t address_in(const char *directory, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address->sun_path, sizeof address->sun_path, "%s/%s", directory, RPTY_FILE_REACH);
    return sizeof *address;
}

/* Others' programs could not be answered for: the kernel keeps the keeper out of them. */
int reach_listen(const char *directory)
{
    struct sockaddr_un address;
    socklen_t size = address_in(directory, &address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (bind(fd, (struct sockaddr *)&address, size) == 0 && chmod(address.sun_path, 0600) == 0 &&
        listen(fd, WAITING) == 0)
        return fd;
    close(fd);
    return -1;
}

static int connect_to_keeper(const char *directory)
{
    struct sockaddr_un address;
    socklen_t size = address_in(directory, &address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, size) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Not before somebody is there who listens. Whoever is under the filter already has it from an ancestor. */
static void go_under_filter(const char *directory)
{
    int keeper = connect_to_keeper(directory);
    if (keeper < 0)
        return;
    long listener = filter_install(true);
    if (listener != -EBUSY)
        pass_send(keeper, listener);
    if (listener >= 0)
        close((int)listener);
    close(keeper);
}

void reach_become(char **arguments)
{
    go_under_filter(arguments[0]);
    execv(arguments[1], arguments + 2);
    _exit(errno == ENOENT ? 127 : 126);
}
