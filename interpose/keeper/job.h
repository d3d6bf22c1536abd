/* For whom the keeper's thread answers at the moment (caller.h). */
#ifndef RPTY_KEEPER_JOB_H
#define RPTY_KEEPER_JOB_H

#include <stdbool.h>
#include <sys/types.h>

extern _Thread_local pid_t keeper_caller_thread;

/* Whether a signal waits for the caller, which waits for us. -> 0, or the result that its call ends with */
long job_interruption(void);

#endif
