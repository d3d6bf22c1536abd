/* For whom the keeper's thread answers at the moment (terminal/caller.h). */
#ifndef RPTY_KEEPER_CALLER_H
#define RPTY_KEEPER_CALLER_H

#include "terminal/caller.h"

/* From now on, in this thread. Where nothing asks about the process, the thread's number stands for it. */
void caller_is(pid_t process, pid_t thread);

/* The calling thread. */
pid_t caller_thread(void);

#endif
