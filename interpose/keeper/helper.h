/* Processes that the keeper starts for itself. */
#ifndef RPTY_KEEPER_HELPER_H
#define RPTY_KEEPER_HELPER_H

#include <stddef.h>
#include <sys/types.h>

/* Where this process's arguments begin, and how long they are: what a helper is called stands there. */
void helper_arguments(char *arguments, size_t size);

/* Forks. The helper is called `name`, holds nothing of the keeper's but `kept`, as HELPER_KEPT, and is none of those
 * that waitpid tells the keeper of. -> 0 in it; in the keeper its number, or -1 */
pid_t helper_start(const char *name, int kept);

#define HELPER_KEPT 3

#endif
