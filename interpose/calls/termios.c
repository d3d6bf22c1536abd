/* The termios family. The C libraries' own make their ioctls internally, past ours. */
#include <errno.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "library/export.h"
#include "library/real.h"
#include "terminal/change.h"
#include "terminal/memory.h"
#include "terminal/syscalls.h"
#include "terminal/termios_form.h"

/* For a C library that lacks a function, and before there is one: the kernel's answer to what is no
 * terminal of ours. */
static long plain_ioctl(int fd, unsigned long request, long argument)
{
    return libc_result(OWN_IOCTL(fd, request, argument));
}

EXPORT int isatty(int fd)
{
    struct terminal terminal;
    struct kernel_termios unused;
    if (!terminal_find(fd, &terminal))
        return plain_ioctl(fd, TCGETS, (long)&unused) == 0;
    if (!state_hung_up(terminal.page))
        return 1;
    set_errno(EIO);
    return 0;
}

static int elsewhere(int result)
{
    if (result == 0)
        return 0;
    set_errno(ENOTTY);
    return -1;
}

EXPORT int tcgetattr(int fd, struct termios *termios)
{
    struct terminal terminal;
    struct state state;
    if (!terminal_find(fd, &terminal))
        return real()->tcgetattr ? real()->tcgetattr(fd, termios) : elsewhere(-1);
    long failed = terminal_state(&terminal, &state);
    if (failed)
        return (int)libc_result(failed);
    memcpy(termios, &state.termios, sizeof *termios);
    return 0;
}

EXPORT int tcsetattr(int fd, int action, const struct termios *termios)
{
    struct terminal terminal;
    struct rpty_termios wanted;
    if (!terminal_find(fd, &terminal))
        return real()->tcsetattr ? real()->tcsetattr(fd, action, termios) : elsewhere(-1);
    if (action < TCSANOW || action > TCSAFLUSH)
        return (int)libc_result(-EINVAL);
    memcpy(&wanted, termios, sizeof wanted);
    form_as_pts(&wanted);
    return (int)libc_result(change_termios(&terminal, &wanted, action));
}

EXPORT int tcsendbreak(int fd, int duration)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal))
        return (int)plain_ioctl(fd, duration <= 0 ? TCSBRK : TCSBRKP,
                                duration <= 0 ? 0 : (duration + 99) / 100);
    return (int)libc_result(change_break(&terminal, duration));
}

EXPORT int tcdrain(int fd)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal))
        return real()->tcdrain ? real()->tcdrain(fd) : (int)plain_ioctl(fd, TCSBRK, 1);
    return (int)libc_result(change_drain(&terminal));
}

EXPORT int tcflush(int fd, int queue)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal))
        return (int)plain_ioctl(fd, TCFLSH, queue);
    return (int)libc_result(change_flush(&terminal, queue));
}

EXPORT int tcflow(int fd, int action)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal))
        return (int)plain_ioctl(fd, TCXONC, action);
    return (int)libc_result(change_flow(&terminal, action));
}

EXPORT pid_t tcgetpgrp(int fd)
{
    struct terminal terminal;
    pid_t group;
    if (terminal_find(fd, &terminal))
        return (pid_t)libc_result(change_get_foreground(&terminal));
    return plain_ioctl(fd, TIOCGPGRP, (long)&group) < 0 ? -1 : group;
}

EXPORT int tcsetpgrp(int fd, pid_t group)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal))
        return (int)plain_ioctl(fd, TIOCSPGRP, (long)&group);
    return (int)libc_result(change_set_foreground(&terminal, &group));
}

EXPORT pid_t tcgetsid(int fd)
{
    struct terminal terminal;
    pid_t session;
    if (terminal_find(fd, &terminal))
        return (pid_t)libc_result(change_get_session(&terminal));
    return plain_ioctl(fd, TIOCGSID, (long)&session) < 0 ? -1 : session;
}

/* In musl, and in glibc to come; the program's header may not declare them. */
int tcgetwinsize(int fd, struct winsize *winsize);
int tcsetwinsize(int fd, const struct winsize *winsize);

_Static_assert(sizeof(struct winsize) == sizeof(struct rpty_winsize), "alike");

EXPORT int tcgetwinsize(int fd, struct winsize *winsize)
{
    return ioctl(fd, TIOCGWINSZ, winsize);
}

EXPORT int tcsetwinsize(int fd, const struct winsize *winsize)
{
    return ioctl(fd, TIOCSWINSZ, winsize);
}
