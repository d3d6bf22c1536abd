/* select and pselect: by poll where they concern the terminal. */
#include <errno.h>
#include <stddef.h>

#include "calls/poll.h"
#include "library/export.h"
#include "library/real.h"
#include "terminal/clock.h"
#include "terminal/memory.h"
#include "terminal/outcome.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"
#include "terminal/user_memory.h"

/* As the kernel's select maps poll's events to its three sets. */
#define READ_READY (POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR)
#define WRITE_READY (POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR)
#define EXCEPT_READY POLLPRI

struct sets {
    int count;
    fd_set *read, *write, *except;
};

static bool is_nowhere(const fd_set *set)
{
    return set && user_is_nowhere(set);
}

static bool has(const fd_set *set, int fd)
{
    return set && FD_ISSET(fd, set);
}

/* -> how many entries */
static nfds_t to_poll(const struct sets *sets, struct pollfd *entries)
{
    nfds_t count = 0;
    for (int fd = 0; fd < sets->count; fd++) {
        short events =
            (short)((has(sets->read, fd) ? POLLIN : 0) | (has(sets->write, fd) ? POLLOUT : 0) |
                    (has(sets->except, fd) ? POLLPRI : 0));
        if (events)
            entries[count++] = (struct pollfd){fd, events, 0};
    }
    return count;
}

static int answer(fd_set *set, const struct pollfd *entry, short asked, short ready)
{
    if (set == NULL || !(entry->events & asked) || !(entry->revents & ready))
        return 0;
    FD_SET(entry->fd, set);
    return 1;
}

/* The kernel writes whole words. */
static void clear(const struct sets *sets)
{
    int end = (sets->count + NFDBITS - 1) / NFDBITS * NFDBITS;
    for (int fd = 0; fd < end; fd++) {
        if (sets->read)
            FD_CLR(fd, sets->read);
        if (sets->write)
            FD_CLR(fd, sets->write);
        if (sets->except)
            FD_CLR(fd, sets->except);
    }
}

static long from_poll(const struct sets *sets, const struct pollfd *entries, nfds_t count)
{
    long ready = 0;
    for (nfds_t i = 0; i < count; i++) {
        if (entries[i].revents & POLLNVAL)
            return -EBADF;
    }
    clear(sets);
    for (nfds_t i = 0; i < count; i++) {
        ready += answer(sets->read, &entries[i], POLLIN, READ_READY);
        ready += answer(sets->write, &entries[i], POLLOUT, WRITE_READY);
        ready += answer(sets->except, &entries[i], POLLPRI, EXCEPT_READY);
    }
    return ready;
}

/* -> how many are ready, -errno, or NOT_OURS */
static long select_terminal(const struct sets *sets, int64_t duration_ns, const void *mask)
{
    struct pollfd entries[FD_SETSIZE];
    if (!runtime_present() || sets->count < 0 || sets->count > FD_SETSIZE ||
        is_nowhere(sets->read) || is_nowhere(sets->write) || is_nowhere(sets->except))
        return NOT_OURS;
    nfds_t count = to_poll(sets, entries);
    if (!poll_concerns_terminal(entries, count))
        return NOT_OURS;
    long ready = poll_terminal(entries, count, duration_ns, mask);
    return ready < 0 ? ready : from_poll(sets, entries, count);
}

/* -1: none; -2: not one that we can wait by */
static int64_t nanoseconds(const struct timeval *time)
{
    if (time == NULL)
        return -1;
    if (user_is_nowhere(time) || time->tv_sec < 0 || time->tv_usec < 0)
        return -2;
    const struct timespec same = {time->tv_sec, time->tv_usec * 1000L};
    return clock_from_timespec(&same);
}

static void store_left(struct timeval *timeout, int64_t deadline)
{
    int64_t left = clock_left(deadline);
    timeout->tv_sec = left / NS_PER_S;
    timeout->tv_usec = left % NS_PER_S / 1000;
}

static int select_elsewhere(int count, fd_set *read, fd_set *write, fd_set *except,
                            struct timeval *timeout)
{
    if (real()->select)
        return real()->select(count, read, write, except, timeout);
    struct timespec duration = {0, 0};
    if (timeout)
        duration = (struct timespec){timeout->tv_sec, timeout->tv_usec * 1000};
    return (int)libc_result(
        SYS(pselect6, count, read, write, except, timeout ? &duration : NULL, NULL));
}

EXPORT int select(int count, fd_set *read, fd_set *write, fd_set *except, struct timeval *timeout)
{
    struct sets sets = {count, read, write, except};
    int64_t duration = nanoseconds(timeout);
    int64_t deadline = duration >= 0 && runtime_present() ? clock_deadline(duration) : NEVER;
    long ready = duration < -1 ? NOT_OURS : select_terminal(&sets, duration, NULL);
    if (ready == NOT_OURS)
        return select_elsewhere(count, read, write, except, timeout);
    if (timeout)
        store_left(timeout, deadline);
    return (int)libc_result(ready);
}

/* pselect6's last argument: a set and its size. */
struct mask {
    const sigset_t *set;
    size_t size;
};

EXPORT int pselect(int count, fd_set *read, fd_set *write, fd_set *except,
                   const struct timespec *timeout, const sigset_t *mask)
{
    struct sets sets = {count, read, write, except};
    long ready = NOT_OURS;
    if (clock_is_timeout(timeout))
        ready = select_terminal(&sets, timeout ? clock_from_timespec(timeout) : -1, mask);
    if (ready != NOT_OURS)
        return (int)libc_result(ready);
    if (real()->pselect)
        return real()->pselect(count, read, write, except, timeout, mask);
    struct timespec copy = timeout ? *timeout : (struct timespec){0, 0};
    struct mask kernels = {mask, 8};
    return (int)libc_result(
        SYS(pselect6, count, read, write, except, timeout ? &copy : NULL, &kernels));
}
