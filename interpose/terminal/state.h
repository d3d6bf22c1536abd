/* Reading what the slave writes: single words, and the two structs under the sequence lock. Pure. */
#ifndef RPTY_STATE_H
#define RPTY_STATE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "terminal/page.h"

/* The page is another process's memory: each word is loaded once, and not before what stands above it. */
#define PAGE_WORD(page, member) __atomic_load_n(&(page)->member, __ATOMIC_ACQUIRE)

/* How often a reader tries while the slave writes. A write takes well under a microsecond unless the slave
 * is descheduled or dead in the middle of it; then the control socket answers. */
#define STATE_TRIES 2000

struct state {
    struct rpty_winsize winsize;
    struct rpty_termios termios;
};

/* Takes a consistent copy; false: the slave was writing all the time. */
bool state_read(const struct rpty_page *page, struct state *state);

static inline bool state_hung_up(const struct rpty_page *page)
{
    return PAGE_WORD(page, flags) & RPTY_HUNG_UP;
}

static inline bool state_exclusive(const struct rpty_page *page)
{
    return PAGE_WORD(page, flags) & RPTY_EXCLUSIVE;
}

#endif
