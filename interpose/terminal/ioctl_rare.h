/* The requests of a terminal that hardly any program makes. */
#ifndef RPTY_IOCTL_RARE_H
#define RPTY_IOCTL_RARE_H

#include <stdint.h>

#include "terminal/outcome.h"
#include "terminal/terminal.h"

/* -> 0, -errno or NOT_OURS */
long ioctl_rare(const struct terminal *terminal, uint32_t request, void *argument);

#endif
