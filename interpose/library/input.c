/* The slave puts at most one line at a time into the FIFO, and marks an end of file in the page; whoever
 * reads looks at group, data and end of file, and then sleeps on the page's event word, never in read(2):
 * after ^Z and bg it must look again, and one asleep in a FIFO would take the next line. */
#include "library/input.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>

#include "library/cancel.h"
#include "library/sandbox.h"
#include "library/shared_flags.h"
#include "terminal/clock.h"
#include "terminal/control.h"
#include "terminal/job.h"
#include "terminal/memory.h"
#include "terminal/outcome.h"
#include "terminal/read_plan.h"
#include "terminal/syscalls.h"
#include "terminal/user_memory.h"

/* A read that is under way. */
struct reading {
    const struct terminal *terminal;
    const struct iovec *parts;
    int count;
    size_t wanted;
    size_t got;
    struct read_plan plan;
    int64_t deadline;
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
static long take_rest(struct reading *reading, int fd)
{
    size_t skip = reading->got;
    int i = 0;
    if (skip == 0)
        return take_from(fd, reading->parts, reading->count);
    while (skip >= reading->parts[i].iov_len)
        skip -= reading->parts[i++].iov_len;
    struct iovec rest = {(char *)reading->parts[i].iov_base + skip,
                         reading->parts[i].iov_len - skip};
    return take_from(fd, &rest, 1);
}

static long take(struct reading *reading)
{
    struct borrowed input = terminal_input(reading->terminal);
    if (input.fd < 0)
        return input.fd;
    long got = take_rest(reading, input.fd);
    terminal_give_back(input);
    return got;
}

/* Where the slave is gone there is nothing more to come. */
static bool take_end_of_file(const struct terminal *terminal)
{
    uint32_t eof = PAGE_WORD(terminal->page, eof);
    if (eof == 0)
        return false;
    long granted = control_ask(terminal->fd, RPTY_TAKE_EOF, (int32_t)eof);
    return granted > 0 || granted == CONTROL_UNREACHABLE;
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

/* A read that has got nothing goes by the settings of now: the kernel's would have been restarted by the
 * signals that let others change them. A running time limit stays. */
static long make_plan(struct reading *reading)
{
    struct state state;
    long failed = terminal_state(reading->terminal, &state);
    if (failed)
        return failed;
    reading->plan = read_plan_for(&state.termios);
    if (reading->plan.first_ms == FOREVER)
        reading->deadline = NEVER;
    else if (reading->deadline == NEVER)
        reading->deadline = clock_deadline(reading->plan.first_ms * NS_PER_MS);
    return 0;
}

static long count_in(struct reading *reading, long got)
{
    reading->got += (size_t)got;
    if (read_plan_is_met(&reading->plan, reading->got, reading->wanted))
        return 0;
    reading->deadline = clock_deadline(reading->plan.between_ms * NS_PER_MS);
    return LOOK_AGAIN;
}

/* One look. -> LOOK_AGAIN, 0: the read is over, or -errno; `event` is what the page said before it. */
static long look(struct reading *reading, uint32_t event)
{
    const struct terminal *terminal = reading->terminal;
    if (state_hung_up(terminal->page))
        return 0;
    if (reading->got == 0) {
        long failed = job_check(terminal->page, SIGTTIN);
        if (failed || reading->wanted == 0 || (failed = make_plan(reading)))
            return failed;
    }
    long got = take(reading);
    if (got > 0)
        return count_in(reading, got);
    if (got != -EAGAIN)
        return terminal_gone_or(terminal, got == -ENXIO ? 0 : got);
    if (reading->got == 0 && take_end_of_file(terminal))
        return 0;
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
    struct reading reading = {terminal, parts, count, total_of(parts, count), 0, {0}, NEVER};
    long result;
    do
        result = look(&reading, PAGE_WORD(terminal->page, event));
    while (result == LOOK_AGAIN);
    return reading.got > 0 ? (long)reading.got : result;
}
