#include "terminal/ioctl_rare.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "terminal/change.h"
#include "terminal/requests.h"
#include "terminal/termios_form.h"
#include "terminal/user_memory.h"

#define PTS_LINE_DISCIPLINE 0 /* N_TTY */

/* There is but one line discipline. */
static long set_discipline(const struct terminal *terminal, const void *from)
{
    int wanted;
    long forbidden = change_check(terminal);
    if (forbidden)
        return forbidden;
    if (user_get(&wanted, from, sizeof wanted))
        return -EFAULT;
    return wanted == PTS_LINE_DISCIPLINE ? 0 : -EINVAL;
}

/* As kernels since 6.2 do where dev.tty.legacy_tiocsti is off: the keys are the user's. */
static long inject(const void *from)
{
    return user_can_read(from, 1) ? -EIO : -EFAULT;
}

/* TIOCGSOFTCAR and TIOCSSOFTCAR: CLOCAL by another name. */
static long get_soft_carrier(const struct terminal *terminal, void *to)
{
    struct state state;
    long failed = terminal_state(terminal, &state);
    return failed ? failed : user_put_int(terminal->fd, to, (state.termios.c_cflag & CLOCAL) != 0);
}

static long set_soft_carrier(const struct terminal *terminal, const void *from)
{
    struct state state;
    int on;
    if (user_get(&on, from, sizeof on))
        return -EFAULT;
    long failed = terminal_state(terminal, &state);
    if (failed)
        return failed;
    state.termios.c_cflag = (state.termios.c_cflag & ~(uint32_t)CLOCAL) | (on ? CLOCAL : 0);
    return change_termios(terminal, &state.termios, TCSANOW);
}

/* Nothing is locked, and nothing can be. */
static long get_locks(void *to)
{
    static const struct kernel_termios none;
    return user_put(to, &none, sizeof none);
}

static long set_locks(const void *from)
{
    return user_can_read(from, sizeof(struct kernel_termios)) ? -EPERM : -EFAULT;
}

static long lines(const struct terminal *terminal, uint32_t request, void *argument)
{
    switch (request) {
    case TIOCGETD:
        return user_put_int(terminal->fd, argument, PTS_LINE_DISCIPLINE);
    case TIOCSETD:
        return set_discipline(terminal, argument);
    case TIOCSTI:
        return inject(argument);
    case TIOCGSOFTCAR:
        return get_soft_carrier(terminal, argument);
    case TIOCSSOFTCAR:
        return set_soft_carrier(terminal, argument);
    case TIOCGLCKTRMIOS:
        return get_locks(argument);
    case TIOCSLCKTRMIOS:
        return set_locks(argument);
    default:
        return NOT_OURS;
    }
}

long ioctl_rare(const struct terminal *terminal, uint32_t request, void *argument)
{
    switch (request) {
    case TIOCEXCL:
    case TIOCNXCL:
        return change_exclusive(terminal, request == TIOCEXCL);
    case TIOCGEXCL:
        return user_put_int(terminal->fd, argument, state_exclusive(terminal->page));
    case TIOCSBRK:
    case TIOCCBRK:
        return change_check(terminal);
    case TIOCSSERIAL:
        return user_can_read(argument, SERIAL_SIZE) ? -ENOTTY : -EFAULT;
    case GET_PEER:
        return -EIO;
    default:
        return lines(terminal, request, argument);
    }
}
