/* What a terminal's ioctl does. */
#ifndef RPTY_IOCTL_H
#define RPTY_IOCTL_H

#include <stdint.h>

#include "terminal/terminal.h"

/* The request is none of a terminal's, or one that a FIFO answers as a terminal would. */
#define NOT_A_TERMINALS 1L

/* -> 0 or more, -errno, or NOT_A_TERMINALS. `argument` is the caller's, or a copy of what it points to. */
long ioctl_answer(const struct terminal *terminal, uint32_t request, void *argument);

#endif
