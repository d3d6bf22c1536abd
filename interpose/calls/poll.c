/* poll and ppoll. The terminal's entries are taken out of the set, and its two FIFOs put in at the end:
 *
 *   wanted:  [ 0: IN ] [ 7: IN ] [ 1: IN OUT ]
 *   asked:   [ -1    ] [ 7: IN ] [ -1        ] [ input FIFO: IN ] [ output FIFO: OUT ]
 *
 * The input FIFO wakes the kernel's poll; whether the terminal is then readable, our rules say. */
#include "calls/poll.h"

#include <errno.h>
#include <stddef.h>

#include "library/cancel.h"
#include "library/export.h"
#include "library/real.h"
#include "library/scratch.h"
#include "terminal/clock.h"
#include "terminal/pending.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"
#include "terminal/user_memory.h"

#define READ_EVENTS (POLLIN | POLLRDNORM)
#define WRITE_EVENTS (POLLOUT | POLLWRNORM)
#define SIGNAL_SET_SIZE 8
#define MOST (1u << 20) /* no process has more descriptors: the kernel says so */
#define ON_STACK 64     /* descriptors: few programs that wait on a terminal wait on more */

/* While the FIFO has something that our rules do not call readable (fewer bytes than VMIN, an end of file
 * that was just taken) it cannot be waited on: it is looked at again after this long. */
#define RECHECK_NS (10 * NS_PER_MS)

struct polling {
    struct pollfd *wanted, *asked;
    nfds_t count;
    struct terminal terminal; /* any of those in the set */
    struct borrowed input, output;
    bool reads, writes;
    bool recheck;
};

/* Who asks for nothing is still told of a hangup. */
static bool waits(const struct pollfd *entry)
{
    const struct rpty_page *page = runtime_page_if_mapped();
    return entry->fd >= 0 &&
           ((entry->events & (READ_EVENTS | WRITE_EVENTS)) || (page && state_hung_up(page)));
}

bool poll_concerns_terminal(const struct pollfd *wanted, nfds_t count)
{
    struct terminal terminal;
    if (user_is_nowhere(wanted) || count > MOST)
        return false;
    for (nfds_t i = 0; i < count; i++) {
        if (waits(&wanted[i]) && terminal_find(wanted[i].fd, &terminal))
            return true;
    }
    return false;
}

static bool is_terminals(const struct polling *polling, nfds_t i)
{
    return polling->asked[i].fd < 0 && polling->wanted[i].fd >= 0;
}

static void divide(struct polling *polling)
{
    struct terminal found;
    for (nfds_t i = 0; i < polling->count; i++) {
        struct pollfd *entry = &polling->wanted[i];
        polling->asked[i] = *entry;
        if (entry->fd < 0 || !terminal_find(entry->fd, &found))
            continue;
        polling->asked[i].fd = -1;
        polling->terminal = found;
        polling->reads |= (entry->events & READ_EVENTS) != 0;
        polling->writes |= (entry->events & WRITE_EVENTS) != 0;
    }
}

static void borrow(struct polling *polling)
{
    const struct borrowed none = {-1, false};
    polling->input = polling->reads ? terminal_input(&polling->terminal) : none;
    polling->output = polling->writes ? terminal_output(&polling->terminal) : none;
}

static bool is_readable(const struct polling *polling)
{
    return polling->reads && polling->input.fd >= 0 &&
           pending_polls_ready(&polling->terminal, polling->input.fd);
}

/* What the terminal's entries get: of what each asks for, and errors unasked. */
static short terminal_events(const struct polling *polling)
{
    if (state_hung_up(polling->terminal.page) || (polling->reads && polling->input.fd < 0))
        return READ_EVENTS | WRITE_EVENTS | POLLHUP | POLLERR;
    short output = polling->asked[polling->count + 1].revents;
    return (short)((is_readable(polling) ? READ_EVENTS : 0) |
                   (output & POLLOUT ? WRITE_EVENTS : 0) | (output & POLLERR));
}

static long collect(struct polling *polling)
{
    long ready = 0;
    short events = terminal_events(polling);
    for (nfds_t i = 0; i < polling->count; i++) {
        struct pollfd *entry = &polling->wanted[i];
        if (is_terminals(polling, i))
            entry->revents = (short)(events & (entry->events | POLLHUP | POLLERR));
        else
            entry->revents = polling->asked[i].revents;
        ready += entry->revents != 0;
    }
    return ready;
}

/* One wait of the kernel's. -> -errno, or 0 */
static long wait_once(struct polling *polling, int64_t left, const void *mask)
{
    bool now = is_readable(polling) || state_hung_up(polling->terminal.page);
    struct pollfd *input = &polling->asked[polling->count];
    input[0] = (struct pollfd){now || polling->recheck ? -1 : polling->input.fd, POLLIN, 0};
    input[1] = (struct pollfd){polling->output.fd, POLLOUT, 0};
    if (now)
        left = 0;
    else if (polling->recheck && (left < 0 || left > RECHECK_NS))
        left = RECHECK_NS;
    struct timespec duration = clock_timespec(left);
    int type = cancel_allow();
    long result = SYS(ppoll, polling->asked, polling->count + 2, left < 0 ? NULL : &duration, mask,
                      SIGNAL_SET_SIZE);
    cancel_forbid(type);
    polling->recheck = polling->recheck ? !is_readable(polling) : input[0].revents != 0;
    return result < 0 ? result : 0;
}

static long wait(struct polling *polling, int64_t deadline, const void *mask)
{
    for (;;) {
        int64_t left = clock_left(deadline);
        long failed = wait_once(polling, left, mask);
        if (failed)
            return failed;
        long ready = collect(polling);
        if (ready > 0 || left == 0)
            return ready;
    }
}

long poll_terminal(struct pollfd *wanted, nfds_t count, int64_t duration_ns, const void *mask)
{
    struct pollfd stack[ON_STACK + 2];
    struct scratch asked = scratch_take(stack, sizeof stack, (count + 2) * sizeof *wanted);
    if (asked.memory == NULL)
        return -ENOMEM;
    struct polling polling = {.wanted = wanted, .asked = asked.memory, .count = count};
    divide(&polling);
    borrow(&polling);
    long ready = wait(&polling, clock_deadline(duration_ns), mask);
    terminal_give_back(polling.input);
    terminal_give_back(polling.output);
    scratch_free(asked);
    return ready;
}

/* By the assembler's names: glibc's header tells the compiler that poll only writes the set. */
int rpty_poll(struct pollfd *wanted, nfds_t count, int timeout_ms) __asm__("poll");
int rpty_ppoll(struct pollfd *wanted, nfds_t count, const struct timespec *timeout,
               const sigset_t *mask) __asm__("ppoll");

EXPORT int rpty_poll(struct pollfd *wanted, nfds_t count, int timeout_ms)
{
    if (poll_concerns_terminal(wanted, count))
        return (int)libc_result(poll_terminal(wanted, count, timeout_ms * NS_PER_MS, NULL));
    if (real()->poll)
        return real()->poll(wanted, count, timeout_ms);
    struct timespec duration = clock_timespec(timeout_ms * NS_PER_MS);
    return (int)libc_result(
        SYS(ppoll, wanted, count, timeout_ms < 0 ? NULL : &duration, NULL, SIGNAL_SET_SIZE));
}

EXPORT int rpty_ppoll(struct pollfd *wanted, nfds_t count, const struct timespec *timeout,
                      const sigset_t *mask)
{
    if (clock_is_timeout(timeout) && poll_concerns_terminal(wanted, count)) {
        int64_t duration = timeout ? clock_from_timespec(timeout) : -1;
        return (int)libc_result(poll_terminal(wanted, count, duration, mask));
    }
    if (real()->ppoll)
        return real()->ppoll(wanted, count, timeout, mask);
    struct timespec copy = timeout ? *timeout : (struct timespec){0, 0};
    return (int)libc_result(
        SYS(ppoll, wanted, count, timeout ? &copy : NULL, mask, SIGNAL_SET_SIZE));
}

int __poll_chk(struct pollfd *wanted, nfds_t count, int timeout_ms, size_t room);
int __ppoll_chk(struct pollfd *wanted, nfds_t count, const struct timespec *timeout,
                const sigset_t *mask, size_t room);

EXPORT int __poll_chk(struct pollfd *wanted, nfds_t count, int timeout_ms, size_t room)
{
    if (room / sizeof *wanted < count)
        check_failed();
    return rpty_poll(wanted, count, timeout_ms);
}

EXPORT int __ppoll_chk(struct pollfd *wanted, nfds_t count, const struct timespec *timeout,
                       const sigset_t *mask, size_t room)
{
    if (room / sizeof *wanted < count)
        check_failed();
    return rpty_ppoll(wanted, count, timeout, mask);
}
