/* As flags.c. */
#include "keeper_flags.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "terminal.h"

static long shown(int fd, int flags)
{
    return terminal_is_one_way(fd) ? flags : (flags & ~O_ACCMODE) | O_RDWR;
}

static long set(int fd, int flags)
{
    if (flags & O_DIRECT)
        return -EINVAL;
    terminal_unmark(fd);
    return CALL_GOES_ON;
}

/* Of a descriptor that could not be had the flags are not known. */
static long answer(const struct call *call, int fd)
{
    struct stat status;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || (flags & O_PATH) || fstat(fd, &status) < 0 ||
        terminal_end_of(&status) == NO_TERMINAL)
        return CALL_GOES_ON;
    return call->arguments[1] == F_GETFL ? shown(fd, flags) : set(fd, (int)call->arguments[2]);
}

long keeper_fcntl(const struct call *call)
{
    int fd = call_descriptor(call, (int)call->arguments[0]);
    if (fd < 0)
        return CALL_GOES_ON;
    long result = answer(call, fd);
    close(fd);
    return result;
}
