#include "terminal/ioctl.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "terminal/change.h"
#include "terminal/ioctl_rare.h"
#include "terminal/pending.h"
#include "terminal/requests.h"
#include "terminal/termios_form.h"
#include "terminal/user_memory.h"

static long put_int(const struct terminal *terminal, void *to, long value)
{
    return value < 0 ? value : user_put_int(terminal->fd, to, (int)value);
}

static long put_termios(void *to, const struct rpty_termios *termios)
{
    struct kernel_termios form = form_to_kernel(termios);
    return user_put(to, &form, sizeof form);
}

static long put_termios2(void *to, const struct rpty_termios *termios)
{
    struct kernel_termios2 form = form_to_kernel2(termios);
    return user_put(to, &form, sizeof form);
}

static long put_termio(void *to, const struct rpty_termios *termios)
{
    struct kernel_termio form = form_to_termio(termios);
    return user_put(to, &form, sizeof form);
}

static long get_settings(const struct terminal *terminal, uint32_t request, void *to)
{
    struct state state;
    long failed = terminal_state(terminal, &state);
    if (failed)
        return failed;
    switch (request) {
    case TCGETS:
        return put_termios(to, &state.termios);
    case TCGETA:
        return put_termio(to, &state.termios);
    case GET_TERMIOS2:
        return put_termios2(to, &state.termios);
    default:
        return user_put(to, &state.winsize, sizeof state.winsize);
    }
}

static long set_termios(const struct terminal *terminal, const void *from, int action)
{
    struct kernel_termios form;
    if (user_get(&form, from, sizeof form))
        return -EFAULT;
    struct rpty_termios wanted = form_from_kernel(&form);
    return change_termios(terminal, &wanted, action);
}

static long set_termios2(const struct terminal *terminal, const void *from, int action)
{
    struct kernel_termios2 form;
    if (user_get(&form, from, sizeof form))
        return -EFAULT;
    struct rpty_termios wanted = form_from_kernel2(&form);
    return change_termios(terminal, &wanted, action);
}

static long set_termio(const struct terminal *terminal, const void *from, int action)
{
    struct state state;
    struct kernel_termio form;
    if (user_get(&form, from, sizeof form))
        return -EFAULT;
    long failed = terminal_state(terminal, &state);
    if (failed)
        return failed;
    struct rpty_termios wanted = form_from_termio(&form, &state.termios);
    return change_termios(terminal, &wanted, action);
}

static long set_winsize(const struct terminal *terminal, const void *from)
{
    struct rpty_winsize wanted;
    long failed = user_get(&wanted, from, sizeof wanted);
    return failed ? failed : change_winsize(terminal, &wanted);
}

static long set_settings(const struct terminal *terminal, uint32_t request, const void *from)
{
    switch (request) {
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return set_termios(terminal, from, (int)(request - TCSETS));
    case TCSETA:
    case TCSETAW:
    case TCSETAF:
        return set_termio(terminal, from, (int)(request - TCSETA));
    case SET_TERMIOS2:
    case SET_TERMIOS2 + 1:
    case SET_TERMIOS2 + 2:
        return set_termios2(terminal, from, (int)(request - SET_TERMIOS2));
    case TIOCSWINSZ:
        return set_winsize(terminal, from);
    default:
        return NOT_OURS;
    }
}

static long job_control(const struct terminal *terminal, uint32_t request, void *argument)
{
    switch (request) {
    case TIOCGPGRP:
        return put_int(terminal, argument, change_get_foreground(terminal));
    case TIOCSPGRP:
        return change_set_foreground(terminal, argument);
    case TIOCGSID:
        return put_int(terminal, argument, change_get_session(terminal));
    case TIOCSCTTY:
        return change_take_session(terminal, (int32_t)(long)argument);
    case TIOCNOTTY:
        return change_leave_session(terminal);
    default:
        return NOT_OURS;
    }
}

static long queues(const struct terminal *terminal, uint32_t request, void *argument)
{
    int32_t number = (int32_t)(long)argument;
    switch (request) {
    case FIONREAD:
        return put_int(terminal, argument, pending_count(terminal));
    case TIOCOUTQ:
        return put_int(terminal, argument, change_output_queue(terminal));
    case TCFLSH:
        return change_flush(terminal, number);
    case TCXONC:
        return change_flow(terminal, number);
    case TCSBRK:
        return number ? change_drain(terminal) : change_break(terminal, 0);
    case TCSBRKP:
        return change_break(terminal, number * 100);
    case FIOASYNC: /* of a program that makes system calls itself */
        terminal_unmark(terminal->fd);
        return NOT_OURS;
    default:
        return NOT_OURS;
    }
}

/* What concerns any file alike, and so the kernel's to answer whatever the terminal is. */
static bool is_any_files(uint32_t request)
{
    return request == FIONBIO || request == FIOASYNC || request == FIOCLEX || request == FIONCLEX ||
           request == FIOQSIZE;
}

/* As the kernel's hung_up_tty_ioctl. */
static long answer_hung_up(uint32_t request)
{
    if (is_any_files(request))
        return NOT_OURS;
    return request == TIOCSPGRP ? -ENOTTY : -EIO;
}

long ioctl_answer(const struct terminal *terminal, uint32_t request, void *argument)
{
    if (state_hung_up(terminal->page))
        return answer_hung_up(request);
    switch (request) {
    case TCGETS:
    case TCGETA:
    case GET_TERMIOS2:
    case TIOCGWINSZ:
        return get_settings(terminal, request, argument);
    }
    long result = set_settings(terminal, request, argument);
    if (result == NOT_OURS)
        result = job_control(terminal, request, argument);
    if (result == NOT_OURS)
        result = queues(terminal, request, argument);
    return result == NOT_OURS ? ioctl_rare(terminal, request, argument) : result;
}
