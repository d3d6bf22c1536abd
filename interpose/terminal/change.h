/* The operations on a terminal that termios functions and ioctls share. Each returns a value or -errno. */
#ifndef RPTY_CHANGE_H
#define RPTY_CHANGE_H

#include "terminal/terminal.h"

/* What forbids the caller a change, as in the kernel's tty_check_change; and a write. -> 0 or -errno */
long change_check(const struct terminal *terminal);
long change_check_write(const struct rpty_page *page);

/* `action`: TCSANOW, TCSADRAIN or TCSAFLUSH. `wanted` is as a pts makes it (form_as_pts). */
long change_termios(const struct terminal *terminal, const struct rpty_termios *wanted, int action);
long change_winsize(const struct terminal *terminal, const struct rpty_winsize *winsize);

/* tcgetpgrp, tcgetsid, tcsetpgrp. */
long change_get_foreground(const struct terminal *terminal);
long change_get_session(const struct terminal *terminal);
/* `from`: where the group stands. That it is nowhere is found as late as the kernel finds it. */
long change_set_foreground(const struct terminal *terminal, const void *from);

/* TIOCSCTTY and TIOCNOTTY. */
long change_take_session(const struct terminal *terminal, int32_t argument);
long change_leave_session(const struct terminal *terminal);

/* What opening a terminal does for a session's leader that has none, unless O_NOCTTY is among the flags. */
void change_take_opened(const struct rpty_page *page, int fd, int flags);

long change_flush(const struct terminal *terminal, int32_t queue);
long change_flow(const struct terminal *terminal, int32_t action);
long change_break(const struct terminal *terminal, int32_t duration);
long change_drain(const struct terminal *terminal);
long change_output_queue(const struct terminal *terminal);

/* TIOCEXCL and TIOCNXCL. */
long change_exclusive(const struct terminal *terminal, bool on);

#endif
