#include "terminal/reading.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>

#include "terminal/clock.h"
#include "terminal/control.h"
#include "terminal/job.h"

/* Where the slave is gone there is nothing more to come. */
static bool take_end_of_file(const struct terminal *terminal)
{
    uint32_t eof = PAGE_WORD(terminal->page, eof);
    if (eof == 0)
        return false;
    long granted = control_ask(terminal->fd, RPTY_TAKE_EOF, (int32_t)eof);
    return granted > 0 || granted == CONTROL_UNREACHABLE;
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

long reading_look(struct reading *reading, reading_take *take)
{
    const struct terminal *terminal = reading->terminal;
    if (state_hung_up(terminal->page))
        return 0;
    if (reading->got == 0) {
        long failed = job_check(terminal->page, SIGTTIN);
        if (failed || reading->wanted == 0 || (failed = make_plan(reading)))
            return state_hung_up(terminal->page) ? 0 : failed;
    }
    long got = take(reading);
    if (got > 0)
        return count_in(reading, got);
    if (got != -EAGAIN)
        return terminal_gone_or(terminal, got == -ENXIO ? 0 : got);
    return reading->got == 0 && take_end_of_file(terminal) ? 0 : NOTHING_YET;
}
