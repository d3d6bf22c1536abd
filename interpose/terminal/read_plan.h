/* What a read of the terminal waits for: lines, or VMIN and VTIME in their four cases. Pure. */
#ifndef RPTY_READ_PLAN_H
#define RPTY_READ_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "terminal/page.h"

#define FOREVER (-1L) /* a negative time: clock_deadline's NEVER */

struct read_plan {
    bool canonical;
    size_t minimum;  /* bytes that end the read */
    long first_ms;   /* wait for the first byte; FOREVER, or VTIME where VMIN is 0 */
    long between_ms; /* wait after each delivery; FOREVER unless both VMIN and VTIME are set */
};

struct read_plan read_plan_for(const struct rpty_termios *termios);

/* Whether `got` of `wanted` bytes end the read. */
bool read_plan_is_met(const struct read_plan *plan, size_t got, size_t wanted);

/* Whether poll calls `available` bytes readable. */
bool read_plan_polls_ready(const struct rpty_termios *termios, size_t available);

#endif
