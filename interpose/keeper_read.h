/* Reads by programs of their own system calls: from the input, where a terminal does other than a FIFO; and from
 * descriptors 1 and 2, which a terminal allows and a FIFO's write end does not: so they get what a terminal
 * answers to their questions. */
#ifndef RPTY_KEEPER_READ_H
#define RPTY_KEEPER_READ_H

#include "keeper_call.h"
#include "terminal.h"

/* Whether a read of the input is not yet to be made: the call's result is in `result` then. Else it is the
 * FIFO's, and sleeps there; `waits` tells of an end of file or a time limit, for keeper_read. */
bool keeper_read_is_forbidden(const struct terminal *terminal, long *result);
bool keeper_read_waits(const struct terminal *terminal);

/* Answers read(2) on the terminal; waits as it would. */
void keeper_read(const struct call *call, const struct terminal *terminal);

/* Whether a select is just for such reads: all that it asks about, of descriptors 1 and 2 at least one. */
bool keeper_select_is_ours(const struct call *call, struct terminal *terminal);

/* Answers it; waits as it would. */
void keeper_select(const struct call *call, const struct terminal *terminal);

#endif
