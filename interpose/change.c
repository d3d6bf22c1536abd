#include "change.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#include "control.h"
#include "job.h"
#include "memory.h"
#include "syscalls.h"
#include "termios_form.h"

/* Where nobody answers, the terminal is gone, or was never one. */
static long settle(const struct terminal *terminal, long result)
{
    return result == CONTROL_UNREACHABLE ? terminal_gone_or(terminal, -ENOTTY) : result;
}

static long ask(const struct terminal *terminal, enum rpty_operation operation, int32_t argument)
{
    return settle(terminal, control_ask(terminal->fd, operation, argument));
}

static long send(const struct terminal *terminal, struct rpty_request request)
{
    struct rpty_reply reply;
    request.magic = RPTY_PAGE_MAGIC;
    return settle(terminal, control_request(terminal->fd, &request, &reply));
}

/* As the kernel's tty_check_change. */
static long check(const struct terminal *terminal)
{
    if (state_hung_up(terminal->page))
        return -EIO;
    return job_check(terminal->page, SIGTTOU);
}

static long ask_checked(const struct terminal *terminal, enum rpty_operation operation,
                        int32_t argument)
{
    long forbidden = check(terminal);
    return forbidden ? forbidden : ask(terminal, operation, argument);
}

long change_termios(const struct terminal *terminal, const struct rpty_termios *wanted, int action)
{
    struct state state;
    long failed = check(terminal);
    if (failed || (failed = terminal_state(terminal, &state)))
        return failed;
    if (action != TCSAFLUSH && form_equal(wanted, &state.termios))
        return 0;
    return send(terminal, (struct rpty_request){.operation = RPTY_SET_TERMIOS,
                                                .argument = action,
                                                .termios = *wanted});
}

long change_winsize(const struct terminal *terminal, const struct rpty_winsize *winsize)
{
    struct state state;
    long failed = terminal_state(terminal, &state);
    if (failed || memcmp(&state.winsize, winsize, sizeof *winsize) == 0)
        return failed;
    return send(terminal,
                (struct rpty_request){.operation = RPTY_SET_WINSIZE, .winsize = *winsize});
}

long change_get_foreground(const struct terminal *terminal)
{
    if (state_hung_up(terminal->page))
        return -EIO;
    return terminal_controls_us(terminal->page) ? PAGE_WORD(terminal->page, foreground) : -ENOTTY;
}

long change_get_session(const struct terminal *terminal)
{
    if (state_hung_up(terminal->page))
        return -EIO;
    return terminal_controls_us(terminal->page) ? PAGE_WORD(terminal->page, session) : -ENOTTY;
}

/* The kernel takes the number of any process or group. */
static bool exists(int32_t group)
{
    return group > 0 && (SYS(kill, -group, 0) != -ESRCH || SYS(kill, group, 0) != -ESRCH);
}

/* As the kernel's tiocspgrp; EPERM is the slave's to find. */
long change_set_foreground(const struct terminal *terminal, int32_t group)
{
    long forbidden = check(terminal);
    if (forbidden)
        return forbidden == -EIO && !state_hung_up(terminal->page) ? -ENOTTY : forbidden;
    if (group < 0)
        return -EINVAL;
    if (!terminal_controls_us(terminal->page))
        return -ENOTTY;
    if (!exists(group))
        return -ESRCH;
    if (PAGE_WORD(terminal->page, foreground) == group)
        return 0;
    return ask(terminal, RPTY_SET_FOREGROUND, group);
}

long change_take_session(const struct terminal *terminal, int32_t argument)
{
    return ask(terminal, RPTY_SET_SESSION, argument);
}

long change_leave_session(const struct terminal *terminal)
{
    if (!terminal_controls_us(terminal->page))
        return -ENOTTY;
    return ask(terminal, RPTY_LEAVE_SESSION, 0);
}

long change_flush(const struct terminal *terminal, int32_t queue)
{
    bool known = queue >= TCIFLUSH && queue <= TCIOFLUSH;
    long forbidden = check(terminal);
    return forbidden ? forbidden : known ? ask(terminal, RPTY_FLUSH, queue) : -EINVAL;
}

long change_flow(const struct terminal *terminal, int32_t action)
{
    bool known = action >= TCOOFF && action <= TCION;
    long forbidden = check(terminal);
    return forbidden ? forbidden : known ? ask(terminal, RPTY_FLOW, action) : -EINVAL;
}

long change_break(const struct terminal *terminal, int32_t duration)
{
    return ask_checked(terminal, RPTY_BREAK, duration);
}

long change_drain(const struct terminal *terminal)
{
    long forbidden = check(terminal);
    return forbidden ? forbidden : settle(terminal, control_drain(terminal->fd));
}

long change_output_queue(const struct terminal *terminal)
{
    return ask(terminal, RPTY_OUTPUT_QUEUE, 0);
}

long change_exclusive(const struct terminal *terminal, bool on)
{
    return ask(terminal, RPTY_SET_EXCLUSIVE, on);
}
