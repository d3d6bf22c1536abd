/* The environment that a program is started with: the one asked for, and our preload. */
#ifndef RPTY_ENVIRONMENT_H
#define RPTY_ENVIRONMENT_H

#include <stdbool.h>

/* The caller's own; NULL: none. */
char **environment_own(void);

/* Whether it must be amended to keep the preload. */
bool environment_lacks_preload(char *const environment[]);

/* Calls `start(environment, argument)` with an environment that has our preload, if the program `takes` it, and
 * else has not. It lives for as long as the call: on the stack, since this must work in a child of vfork, where
 * all other memory is its parent's. */
long environment_amended(char *const environment[], bool takes,
                         long (*start)(char *const[], void *), void *argument);

#endif
