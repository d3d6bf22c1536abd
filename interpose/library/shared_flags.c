#include "library/shared_flags.h"

#include <fcntl.h>

#include "terminal/syscalls.h"
#include "terminal/terminal.h"

#define STANDARD_STREAMS 3

/* Which end a descriptor is that came with the session, not by a name: each of those is an open file of its own. One
 * that has a signal of the program's own has no mark any more (O_ASYNC). */
static enum terminal_end end_of_standard(int fd)
{
    return terminal_is_by_name(fd) ? NO_TERMINAL : terminal_end_shown(fd);
}

/* The standard stream that is the other end of the same terminal; -1: the process has none */
static int twin_of(int fd)
{
    enum terminal_end end = end_of_standard(fd);
    for (int other = 0; end != NO_TERMINAL && other < STANDARD_STREAMS; other++) {
        enum terminal_end others = other == fd ? NO_TERMINAL : end_of_standard(other);
        if (others != NO_TERMINAL && others != end)
            return other;
    }
    return -1;
}

static long flags_of(int fd)
{
    return fd < 0 ? 0 : SYS(fcntl, fd, F_GETFL);
}

long shared_flags_get(int fd)
{
    long flags = flags_of(fd), twins = flags < 0 ? flags : flags_of(twin_of(fd));
    return twins < 0 ? flags : flags | (twins & (O_NONBLOCK | O_APPEND | O_ASYNC));
}

/* A FIFO that is written to would tell of each byte that is read from it. */
static long set_one(int fd, long flags)
{
    if (shared_flags_teller(fd) != fd)
        flags &= ~O_ASYNC;
    else if (flags & O_ASYNC)
        terminal_unmark(fd);
    return SYS(fcntl, fd, F_SETFL, flags);
}

long shared_flags_set(int fd, long flags)
{
    int twin = twin_of(fd);
    long result = set_one(fd, flags);
    if (result == 0 && twin >= 0)
        set_one(twin, flags);
    return result;
}

bool shared_flags_nonblocking(int fd)
{
    long flags = shared_flags_get(fd);
    return flags >= 0 && (flags & O_NONBLOCK);
}

int shared_flags_teller(int fd)
{
    int twin = terminal_end_shown(fd) == OUTPUT_END ? twin_of(fd) : -1;
    return twin < 0 ? fd : twin;
}

long shared_flags_tell(int fd, int command, long argument)
{
    return SYS(fcntl, shared_flags_teller(fd), command, argument);
}
