/* Signals of the caller, whose call the keeper holds. */
#ifndef RPTY_KEEPER_JOB_H
#define RPTY_KEEPER_JOB_H

/* Whether a signal waits for the caller, which waits for us. -> 0, or the result that its call ends with */
long job_interruption(void);

#endif
