/* What a read could get: bytes in the FIFO, bytes that the slave holds, an end of file. */
#ifndef RPTY_PENDING_H
#define RPTY_PENDING_H

#include <stdbool.h>

#include "terminal/terminal.h"

/* How many bytes a read could get by now, complete lines only where lines are edited. -> count or -errno */
long pending_count(const struct terminal *terminal);

/* Whether poll would call the terminal readable; `input` is the input's FIFO. */
bool pending_polls_ready(const struct terminal *terminal, int input);

#endif
