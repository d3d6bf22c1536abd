/* A read of the terminal: what the library does for its own process, and the keeper for another one. Each has its own way
 * to take bytes and to wait; what ends a read is the same. */
#ifndef RPTY_READING_H
#define RPTY_READING_H

#include <stddef.h>
#include <stdint.h>

#include "terminal/outcome.h"
#include "terminal/read_plan.h"
#include "terminal/terminal.h"

struct reading {
    const struct terminal *terminal;
    size_t wanted, got;
    struct read_plan plan;
    int64_t deadline; /* NEVER at first */
};

/* Takes what is in the FIFO without waiting. -> bytes, or -errno; -EAGAIN: nothing is there */
typedef long reading_take(struct reading *reading);

/* One look. -> 0 or -errno: the read is over; LOOK_AGAIN: something came, and more is wanted; NOTHING_YET */
long reading_look(struct reading *reading, reading_take *take);

#endif
