#include "terminal/change.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <termios.h>

#include "terminal/caller.h"
#include "terminal/control.h"
#include "terminal/job.h"
#include "terminal/memory.h"
#include "terminal/syscalls.h"
#include "terminal/termios_form.h"
#include "terminal/user_memory.h"

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

long change_check(const struct terminal *terminal)
{
    if (state_hung_up(terminal->page))
        return -EIO;
    return job_check(terminal->page, SIGTTOU);
}

long change_check_write(const struct rpty_page *page)
{
    if (state_hung_up(page))
        return -EIO;
    return PAGE_WORD(page, termios.c_lflag) & TOSTOP ? job_check(page, SIGTTOU) : 0;
}

long change_termios(const struct terminal *terminal, const struct rpty_termios *wanted, int action)
{
    struct state state;
    long failed = change_check(terminal);
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
    enum terminal_tie tie = terminal_tie(terminal->page);
    if (tie == TIE_FROM_OUTSIDE)
        return ask(terminal, RPTY_GET_JOB, RPTY_JOB_FOREGROUND);
    return tie == TIE_OF_SESSION ? PAGE_WORD(terminal->page, foreground) : -ENOTTY;
}

/* A leader outside has no number here. */
long change_get_session(const struct terminal *terminal)
{
    if (state_hung_up(terminal->page))
        return -EIO;
    return terminal_controls_us(terminal->page) ? SYS(getsid, caller()) : -ENOTTY;
}

/* The kernel takes the number of any process or group. */
static bool exists(int32_t group)
{
    return group > 0 && (SYS(kill, -group, 0) != -ESRCH || SYS(kill, group, 0) != -ESRCH);
}

/* As the kernel's tiocspgrp; EPERM is the slave's to find. */
long change_set_foreground(const struct terminal *terminal, const void *from)
{
    int32_t group;
    long forbidden = change_check(terminal);
    if (forbidden)
        return forbidden == -EIO ? -ENOTTY : forbidden;
    forbidden = user_get(&group, from, sizeof group);
    if (forbidden)
        return forbidden;
    if (group < 0)
        return -EINVAL;
    if (!terminal_controls_us(terminal->page))
        return -ENOTTY;
    if (!exists(group))
        return -ESRCH;
    bool is_there = PAGE_WORD(terminal->page, foreground) == group;
    if (is_there && terminal_tie(terminal->page) == TIE_OF_SESSION)
        return 0;
    return ask(terminal, RPTY_SET_FOREGROUND, group);
}

long change_take_session(const struct terminal *terminal, int32_t argument)
{
    long refused = ask(terminal, RPTY_SET_SESSION, argument);
    if (refused == 0)
        caller_set_left_session(false);
    return refused;
}

static bool leads_session(void)
{
    return SYS(getsid, caller()) == caller_number();
}

void change_take_opened(const struct rpty_page *page, int fd, int flags)
{
    const struct terminal terminal = {page, fd, OUTPUT_END};
    bool asks = !(flags & O_NOCTTY) && (flags & O_ACCMODE) != O_WRONLY;
    if (asks && PAGE_WORD(page, session) == 0 && leads_session())
        change_take_session(&terminal, 0);
}

long change_leave_session(const struct terminal *terminal)
{
    if (!terminal_controls_us(terminal->page))
        return -ENOTTY;
    if (leads_session())
        return ask(terminal, RPTY_LEAVE_SESSION, 0);
    caller_set_left_session(true);
    return 0;
}

long change_flush(const struct terminal *terminal, int32_t queue)
{
    bool known = queue >= TCIFLUSH && queue <= TCIOFLUSH;
    long forbidden = change_check(terminal);
    return forbidden ? forbidden : known ? ask(terminal, RPTY_FLUSH, queue) : -EINVAL;
}

long change_flow(const struct terminal *terminal, int32_t action)
{
    bool known = action >= TCOOFF && action <= TCION;
    long forbidden = change_check(terminal);
    return forbidden ? forbidden : known ? ask(terminal, RPTY_FLOW, action) : -EINVAL;
}

long change_break(const struct terminal *terminal, int32_t duration)
{
    long forbidden = change_check(terminal);
    return forbidden ? forbidden : ask(terminal, RPTY_BREAK, duration);
}

long change_drain(const struct terminal *terminal)
{
    long forbidden = change_check(terminal);
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
