/* What a terminal's ioctl does. */
#ifndef RPTY_IOCTL_H
#define RPTY_IOCTL_H

#include <stdint.h>

#include "terminal/outcome.h"
#include "terminal/terminal.h"

/* -> 0 or more, -errno, or NOT_OURS, also where a FIFO answers as a terminal would. `argument` is the caller's, or a copy of what it points to. */
long ioctl_answer(const struct terminal *terminal, uint32_t request, void *argument);

#endif
