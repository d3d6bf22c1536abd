#include "keeper/read.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "keeper/job.h"
#include "terminal/clock.h"
#include "terminal/control.h"
#include "terminal/job.h"
#include "terminal/pending.h"
#include "terminal/read_plan.h"
#include "terminal/reading.h"
#include "terminal/runtime.h"

/* Between looks at whether the caller is still there and has signals to see to: the kernel lets it wait for
 * us through all but a deadly one. */
#define GLANCE_NS (50 * NS_PER_MS)
#define MOST 65536 /* bytes of a read; none gets more at once from a terminal, or from our FIFO */
#define PARTS 16   /* of a readv; C libraries' stdio has two */
#define DESCRIPTORS 3
#define SLEEPERS 256

static void sleep_until_event(const struct rpty_page *page, uint32_t event, int64_t deadline)
{
    int64_t left = clock_left(deadline);
    struct timespec glance = clock_timespec(left >= 0 && left < GLANCE_NS ? left : GLANCE_NS);
    syscall(SYS_futex, &page->event, FUTEX_WAIT, event, &glance, NULL, 0);
}

/* Looks until there is a result, which is what a look gives but NOTHING_YET. The deadline's, which a look may set, is 0. */
static long wait_for(const struct call *call, const struct rpty_page *page, const int64_t *deadline,
                     long (*look)(const struct call *, void *), void *context)
{
    for (;;) {
        uint32_t event = PAGE_WORD(page, event);
        if (!call_is_valid(call))
            return NOBODY_WAITS;
        long result = look(call, context);
        if (result != NOTHING_YET)
            return result;
        if (clock_left(*deadline) == 0)
            return 0;
        long interrupted = job_interruption();
        if (interrupted)
            return interrupted;
        if (PAGE_WORD(page, event) == event)
            sleep_until_event(page, event, *deadline);
    }
}

/* A read for the caller, by way of memory of ours. `reading` comes first. */
struct callers_reading {
    struct reading reading;
    int input;
    char *bytes;
};

static long take(struct reading *reading)
{
    const struct callers_reading *callers = (const struct callers_reading *)reading;
    ssize_t got =
        read(callers->input, callers->bytes + reading->got, reading->wanted - reading->got);
    return got > 0 ? got : -EAGAIN;
}

/* Whether the FIFO's own read can do the waiting. */
static bool may_go_on(const struct reading *reading)
{
    return reading->terminal->end == INPUT_END && reading->deadline == NEVER &&
           reading->plan.minimum <= 1;
}

static long look_for_bytes(const struct call *call, void *context)
{
    struct reading *reading = context;
    long result;
    (void)call;
    do
        result = reading_look(reading, take);
    while (result == LOOK_AGAIN);
    if (result != NOTHING_YET)
        return result;
    if (may_go_on(reading))
        return CALL_GOES_ON;
    if (clock_left(reading->deadline) == 0)
        return 0;
    return fcntl(reading->terminal->fd, F_GETFL) & O_NONBLOCK ? -EAGAIN : NOTHING_YET;
}

static struct read_plan plan_of(const struct terminal *terminal)
{
    struct state state;
    if (terminal_state(terminal, &state))
        return (struct read_plan){true, 1, FOREVER, FOREVER};
    return read_plan_for(&state.termios);
}

/* The memory of a read or readv. -> its parts; -1: more than we look at, or nowhere */
static int parts_of(const struct call *call, struct iovec parts[PARTS])
{
    uint64_t count = call->arguments[2];
    if (call->number == SYS_read) {
        parts[0] = (struct iovec){(void *)(uintptr_t)call->arguments[1], count};
        return 1;
    }
    bool known =
        count <= PARTS && call_read(call, call->arguments[1], parts, count * sizeof *parts);
    return known ? (int)count : -1;
}

static size_t total_of(const struct iovec *parts, int count)
{
    size_t total = 0;
    for (int i = 0; i < count && total < MOST; i++)
        total += parts[i].iov_len < MOST ? parts[i].iov_len : MOST;
    return total < MOST ? total : MOST;
}

static long deliver(const struct call *call, const struct iovec *parts, const char *bytes,
                    size_t size)
{
    size_t done = 0;
    for (; done < size; parts++) {
        size_t part = parts->iov_len < size - done ? parts->iov_len : size - done;
        if (part && !call_write(call, (uint64_t)(uintptr_t)parts->iov_base, bytes + done, part))
            return done ? (long)done : -EFAULT;
        done += part;
    }
    return (long)done;
}

/* Who was last let go on to read an empty FIFO, and what the page's event word was then: the thread in the upper half,
 * the word in the lower. */
static _Atomic uint64_t sleepers[SLEEPERS];

static _Atomic uint64_t *sleeper_of(pid_t thread)
{
    return &sleepers[(unsigned)thread % SLEEPERS];
}

static uint64_t sleeper(pid_t thread, uint32_t event)
{
    return (uint64_t)(uint32_t)thread << 32 | event;
}

static long let_sleep(const struct call *call, uint32_t event)
{
    *sleeper_of(call->thread) = sleeper(call->thread, event);
    return CALL_GOES_ON;
}

/* Whether nothing but an end of file can have ended the caller's last read. (One that was asleep when it came
 * is known to the slave.) Then that is taken, and nobody is to have it again. */
static bool has_had_end(const struct call *call, const struct terminal *terminal)
{
    uint32_t eof = PAGE_WORD(terminal->page, eof);
    uint32_t event = PAGE_WORD(terminal->page, event);
    if (eof == 0 || *sleeper_of(call->thread) != sleeper(call->thread, event - 1))
        return false;
    control_ask(terminal->fd, RPTY_TAKE_EOF, (int32_t)eof);
    return true;
}

/* Whether what is there is less than what VMIN asks for. */
static bool is_too_little(const struct call *call, const struct read_plan *plan, int there)
{
    struct iovec parts[PARTS];
    if (plan->minimum <= 1)
        return false;
    int count = parts_of(call, parts);
    return count >= 0 && !read_plan_is_met(plan, (size_t)there, total_of(parts, count));
}

long keeper_read_look(const struct call *call, const struct terminal *terminal)
{
    const struct rpty_page *page = terminal->page;
    uint32_t event = PAGE_WORD(page, event);
    int there = 0;
    if (state_hung_up(page))
        return CALL_GOES_ON;
    long forbidden = job_check(page, SIGTTIN);
    if (forbidden)
        return state_hung_up(page) ? CALL_GOES_ON : forbidden;
    struct read_plan plan = plan_of(terminal);
    if (ioctl(terminal->fd, FIONREAD, &there) < 0)
        return CALL_GOES_ON;
    if (is_too_little(call, &plan, there))
        return READ_WAITS;
    if (there > 0)
        return CALL_GOES_ON;
    if (plan.first_ms != FOREVER || (PAGE_WORD(page, eof) && !has_had_end(call, terminal)))
        return READ_WAITS;
    return let_sleep(call, event);
}

static void answer(const struct call *call, long result)
{
    if (result != NOBODY_WAITS)
        call_answer(call, result);
}

static long read_into(const struct call *call, struct callers_reading *callers)
{
    struct reading *reading = &callers->reading;
    static _Thread_local char bytes[MOST];
    struct iovec parts[PARTS];
    int count = parts_of(call, parts);
    if (count < 0)
        return CALL_GOES_ON;
    if (callers->input < 0)
        return 0;
    callers->bytes = bytes;
    reading->wanted = total_of(parts, count);
    long result =
        wait_for(call, reading->terminal->page, &reading->deadline, look_for_bytes, reading);
    return reading->got > 0 && result != NOBODY_WAITS ? deliver(call, parts, bytes, reading->got)
                                                      : result;
}

void keeper_read(const struct call *call, const struct terminal *terminal)
{
    struct callers_reading callers = {.reading = {.terminal = terminal, .deadline = NEVER}};
    callers.input = (int)terminal_open_end(-1, O_RDONLY, O_NONBLOCK | O_CLOEXEC);
    answer(call, read_into(call, &callers));
    close(callers.input);
}

/* The sets' first words: there are no more than three descriptors. */
static bool read_set(const struct call *call, uint64_t from, unsigned long *set)
{
    *set = 0;
    return from == 0 || call_read(call, from, set, sizeof *set);
}

static bool is_terminal(const struct call *call, int number, struct terminal *terminal)
{
    struct stat status;
    int fd = call_descriptor(call, number);
    if (fd < 0)
        return false;
    *terminal = (struct terminal){.page = runtime_page(), .fd = fd};
    terminal->end = fstat(fd, &status) == 0 ? terminal_end_of(&status) : NO_TERMINAL;
    close(fd);
    terminal->fd = -1;
    return terminal->end != NO_TERMINAL;
}

bool keeper_select_is_ours(const struct call *call, struct terminal *terminal)
{
    unsigned long in, out, exceptional;
    bool writes = false;
    if (!read_set(call, call->arguments[1], &in) || !read_set(call, call->arguments[2], &out) ||
        !read_set(call, call->arguments[3], &exceptional) || out || exceptional)
        return false;
    for (int fd = 0; fd < DESCRIPTORS && fd < (int)call->arguments[0]; fd++) {
        if (!(in >> fd & 1))
            continue;
        if (!is_terminal(call, fd, terminal))
            return false;
        writes |= terminal->end == OUTPUT_END;
    }
    return writes;
}

/* As a select has it in memory: seconds, and their parts. */
struct span {
    int64_t seconds, parts;
};

static int64_t ns_in_part(const struct call *call)
{
    return call->number == SYS_pselect6 ? 1 : 1000;
}

static int64_t select_deadline(const struct call *call)
{
    struct span span;
    if (call->arguments[4] == 0 || !call_read(call, call->arguments[4], &span, sizeof span))
        return NEVER;
    struct timespec wanted = {span.seconds, span.parts * ns_in_part(call)};
    return clock_deadline(clock_from_timespec(&wanted));
}

/* As the kernel does; that it can't is no error to it. */
static void tell_time_left(const struct call *call, int64_t deadline)
{
    if (deadline == NEVER)
        return;
    struct timespec left = clock_timespec(clock_left(deadline));
    struct span span = {left.tv_sec, left.tv_nsec / ns_in_part(call)};
    call_write(call, call->arguments[4], &span, sizeof span);
}

struct selecting {
    const struct terminal *terminal;
    int input;
};

static long look_for_readiness(const struct call *call, void *context)
{
    const struct selecting *selecting = context;
    unsigned long in;
    if (!pending_polls_ready(selecting->terminal, selecting->input))
        return NOTHING_YET;
    return read_set(call, call->arguments[1], &in) ? __builtin_popcountl(in & 7) : -EFAULT;
}

void keeper_select(const struct call *call, const struct terminal *terminal)
{
    const unsigned long none = 0;
    int input = (int)terminal_open_end(-1, O_RDONLY, O_NONBLOCK | O_CLOEXEC);
    struct selecting selecting = {terminal, input};
    int64_t deadline = select_deadline(call);
    long result = wait_for(call, terminal->page, &deadline, look_for_readiness, &selecting);
    tell_time_left(call, deadline);
    if (result == 0 && !call_write(call, call->arguments[1], &none, sizeof none))
        result = -EFAULT;
    answer(call, result);
    close(input);
}
