/* The keeper's sockets: where listeners come from programs that were started by way of the library
 * (reach_start.c), and the door (keeper_door.c). */
#ifndef RPTY_KEEPER_LISTEN_H
#define RPTY_KEEPER_LISTEN_H

#include <sys/types.h>

/* A socket that listens at a path, whose file gets the mode. /proc/net/unix does not show the path. -> -1: there
 * can be none */
int listen_at(const char *path, mode_t mode);

#endif
