/* What a program has asked posix_spawn to do in its child that the C library there can't, since it makes system
 * calls. */
#ifndef RPTY_SPAWN_ACTIONS_H
#define RPTY_SPAWN_ACTIONS_H

#include <spawn.h>

/* Brings the group of a child to the front where its actions asked for that. */
void spawn_bring_to_front(const posix_spawn_file_actions_t *actions, pid_t child);

#endif
