/* Reading the terminal. */
#ifndef RPTY_INPUT_H
#define RPTY_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "terminal/terminal.h"

/* As readv on a terminal. -> bytes, 0 at an end of file, or -errno */
long input_read(const struct terminal *terminal, const struct iovec *parts, int count);

/* How many bytes a read could get by now, complete lines only where lines are edited. -> count or -errno */
long input_pending(const struct terminal *terminal);

/* Whether poll would call the terminal readable; `input` is the input's FIFO. */
bool input_polls_ready(const struct terminal *terminal, int input);

#endif
