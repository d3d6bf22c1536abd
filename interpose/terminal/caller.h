/* Whose call is answered: in the library the process's own, which the kernel calls 0; in the keeper that of
 * the program it answers for (keeper/supervise.c). What asks about the caller says CALLER, not 0. */
#ifndef RPTY_CALLER_H
#define RPTY_CALLER_H

#include <sys/types.h>

#ifdef RPTY_KEEPER
extern _Thread_local pid_t keeper_caller;
#define CALLER keeper_caller
#define CALLER_ASKS_VIA RPTY_VIA_KEEPER
#else
#define CALLER 0
#define CALLER_ASKS_VIA RPTY_VIA_ITSELF
#endif

#endif
