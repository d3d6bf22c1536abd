/* The keeper's sockets: where listeners come from programs that were started by way of the library
 * (reach_start.c), and the door (keeper/door.c). */
#ifndef RPTY_KEEPER_LISTEN_H
#define RPTY_KEEPER_LISTEN_H

#include <sys/types.h>

/* Milliseconds without a look at a socket of which no connection could be had, for want of descriptors say: it would
 * be ready all the time. */
#define LISTEN_REST_MS 100

/* A socket that listens at a path, whose file gets the mode. /proc/net/unix does not show the path. -> -1: there
 * can be none */
int listen_at(const char *path, mode_t mode);

#endif
