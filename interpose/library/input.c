/* The slave puts at most one line at a time into the FIFO, and marks an end of file in the page; whoever
 * reads looks at group, data and end of file, and then sleeps on the page's event word, never in read(2):
 * after ^Z and bg it must look again, and one asleep in a FIFO would take the next line. */
#include "library/input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>

#include "library/cancel.h"
#include "library/sandbox.h"
#include "library/shared_flags.h"
#include "terminal/clock.h"
#include "terminal/memory.h"
#include "terminal/outcome.h"
#include "terminal/reading.h"
#include "terminal/syscalls.h"
#include "terminal/user_memory.h"

/* A read into the process's own memory. `reading` comes first. */
struct own_reading {
    struct reading reading;
    const struct iovec *parts;
    int count;
};

static size_t total_of(const struct iovec *parts, int count)
{
    size_t total = 0;
    for (int i = 0; i < count; i++)
        total += parts[i].iov_len;
    return total;
}

static bool is_refused(long result)
{
    return result == -ENOSYS || result == -EPERM || result == -EINVAL || result == -EACCES;
}

/* Reads what is in the FIFO without sleeping, whatever the description's O_NONBLOCK says: vmsplice can;
 * where a sandbox refuses it, poll tells whether read(2) would sleep. -EAGAIN: nothing there */
static long take_from(int fd, const struct iovec *parts, int count)
{
    long got = SYS(vmsplice, fd, parts, count, SPLICE_F_NONBLOCK);
    if (is_refused(got)) {
        struct pollfd wanted = {fd, POLLIN, 0};
        const struct timespec now = {0, 0};
        got = SYS(ppoll, &wanted, 1, &now, NULL, 0);
        if (got > 0)
            got = wanted.revents & POLLIN ? SYS(readv, fd, parts, count) : 0;
    }
    return got == 0 ? -EAGAIN : got;
}

/* Where the read goes on: the part that is not full yet. In the first round all of them at once, as only
 * then a line may end in any. */
static long take_rest(const struct own_reading *own, int fd)
{
    size_t skip = own->reading.got;
    int i = 0;
    if (skip == 0)
        return take_from(fd, own->parts, own->count);
    while (skip >= own->parts[i].iov_len)
        skip -= own->parts[i++].iov_len;
    struct iovec rest = {(char *)own->parts[i].iov_base + skip, own->parts[i].iov_len - skip};
    return take_from(fd, &rest, 1);
}

static long take(struct reading *reading)
{
    struct borrowed input = terminal_input(reading->terminal);
    if (input.fd < 0)
        return input.fd;
    long got = take_rest((const struct own_reading *)reading, input.fd);
    terminal_give_back(input);
    return got;
}

/* -> 0: look again; -EINTR; -ETIMEDOUT */
static long sleep_until_event(const struct reading *reading, uint32_t event)
{
    struct timespec until = clock_timespec(reading->deadline);
    int type = cancel_allow();
    long result = SYS(futex, &reading->terminal->page->event, FUTEX_WAIT_BITSET, event,
                      reading->deadline == NEVER ? NULL : &until, NULL, FUTEX_BITSET_MATCH_ANY);
    cancel_forbid(type);
    return result == -EINTR || result == -ETIMEDOUT ? result : 0;
}

/* Looks, and waits until it is worth another look. -> LOOK_AGAIN, 0: the read is over, or -errno; `event` is what the page
 * said before it. */
static long look(struct reading *reading, uint32_t event)
{
    const struct terminal *terminal = reading->terminal;
    long result = reading_look(reading, take);
    if (result != NOTHING_YET)
        return result;
    if (PAGE_WORD(terminal->page, event) != event)
        return LOOK_AGAIN;
    if (clock_left(reading->deadline) == 0)
        return 0;
    if (shared_flags_nonblocking(terminal->fd))
        return -EAGAIN;
    long slept = sleep_until_event(reading, event);
    return slept == -ETIMEDOUT ? 0 : slept == 0 ? LOOK_AGAIN : slept;
}

/* As a reader that bypasses us: the slave hands out lines and ends of file to those, too. */
static long read_plainly(const struct terminal *terminal, const struct iovec *parts, int count)
{
    struct borrowed input = terminal_input(terminal);
    if (input.fd < 0)
        return input.fd;
    long got = count == 1 ? SYS(read, input.fd, parts->iov_base, parts->iov_len)
                          : SYS(readv, input.fd, parts, count);
    terminal_give_back(input);
    return got;
}

long input_read(const struct terminal *terminal, const struct iovec *parts, int count)
{
    if (count < 0 || count > IOV_MAX)
        return -EINVAL;
    if (count > 0 && user_is_nowhere(parts))
        return -EFAULT;
    if (terminal->end == OUTPUT_END && terminal_is_one_way(terminal->fd))
        return -EBADF;
    if (sandbox_is_on())
        return read_plainly(terminal, parts, count);
    struct own_reading own = {
        {.terminal = terminal, .wanted = total_of(parts, count), .deadline = NEVER}, parts, count};
    long result;
    do
        result = look(&own.reading, PAGE_WORD(terminal->page, event));
    while (result == LOOK_AGAIN);
    return own.reading.got > 0 ? (long)own.reading.got : result;
}
