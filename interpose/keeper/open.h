/* /dev/tty, and the terminal's other names, for programs that open them by system calls of their own. */
#ifndef RPTY_KEEPER_OPEN_H
#define RPTY_KEEPER_OPEN_H

#include "keeper/call.h"

/* Answers an open of a path at address `path` in the caller's memory. */
void keeper_open(const struct call *call, uint64_t path, int flags);

/* The same for openat2, whose struct open_how is at `how`. */
void keeper_open_by(const struct call *call, uint64_t path, uint64_t how);

/* Whether a write is to the input, by a descriptor for both directions. */
bool keeper_write_is_ours(const struct call *call);

/* Answers such a write; waits until the terminal has taken all of it. */
void keeper_write(const struct call *call);

#endif
