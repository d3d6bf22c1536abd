/* The requests of a terminal that hardly any program makes. */
#ifndef RPTY_IOCTL_RARE_H
#define RPTY_IOCTL_RARE_H

#include <stdint.h>

#include "terminal/terminal.h"

/* It is none of a terminal's: a FIFO answers it as a pts does. */
#define NOT_A_TERMINALS 1L

/* -> 0, -errno or NOT_A_TERMINALS */
long ioctl_rare(const struct terminal *terminal, uint32_t request, void *argument);

#endif
