/* Where listeners come from programs that were started by way of the library (reach_start.c). */
#ifndef RPTY_KEEPER_REACH_H
#define RPTY_KEEPER_REACH_H

/* A listening socket in the runtime directory; -1: there can be none. */
int reach_listen(const char *directory);

#endif
