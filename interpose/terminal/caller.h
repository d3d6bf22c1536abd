/* The process whose call is answered: in the library the one it is loaded into; in the keeper the program that it answers
 * for. library/caller.c and keeper/caller.c implement this. */
#ifndef RPTY_CALLER_H
#define RPTY_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

#include "terminal/page.h"

/* As getsid and getpgid take it: in the library 0, which is the process itself. */
pid_t caller(void);

/* Its number. */
pid_t caller_number(void);

/* Whether numbers of processes mean to it what they mean to the slave: not in a PID namespace of its own. */
bool caller_shares_numbers(const struct rpty_page *page);

/* How the caller's requests come to the slave. */
enum rpty_via caller_asks_via(void);

/* A process that does not lead its session gives up its controlling terminal for itself, and for those it forks. */
void caller_set_left_session(bool left);
bool caller_has_left_session(void);

#endif
