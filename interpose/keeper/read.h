/* Reads by programs of their own system calls: from the input, where a terminal does other than a FIFO; and from
 * descriptors 1 and 2, which a terminal allows and a FIFO's write end does not: so they get what a terminal
 * answers to their questions. */
#ifndef RPTY_KEEPER_READ_H
#define RPTY_KEEPER_READ_H

#include "keeper/call.h"
#include "terminal/terminal.h"

/* Looks at a read of the input before it is made; in the thread that hears the calls. -> its result, if it is
 * not to be made yet; CALL_GOES_ON: it is the FIFO's, and sleeps there; READ_WAITS: it is keeper_read's, for an
 * end of file, a time limit, or more bytes. */
long keeper_read_look(const struct call *call, const struct terminal *terminal);

/* Answers read and readv on the terminal; waits as they would. */
void keeper_read(const struct call *call, const struct terminal *terminal);

/* Whether a select is just for such reads: all that it asks about, of descriptors 1 and 2 at least one. */
bool keeper_select_is_ours(const struct call *call, struct terminal *terminal);

/* Answers it; waits as it would. */
void keeper_select(const struct call *call, const struct terminal *terminal);

#endif
