/* Who is at the other end of a connection, and still is: a number of a process may be another's by now. */
#ifndef RPTY_PEER_H
#define RPTY_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct peer {
    pid_t process; /* 0: it is out of our PID namespace */
    uid_t user;
    int pidfd;        /* -1: this kernel does not tell */
    uint64_t started; /* ticks since the machine's start, where there is no pidfd */
};

/* Asks for it right after accept. `accepted`: peer_clock() then. -> false: it is not there any more */
bool peer_of(int connection, uint64_t accepted, struct peer *peer);

/* Whether the process that connected is still alive. */
bool peer_lives(const struct peer *peer);

/* The time, as processes' starts are told. */
uint64_t peer_clock(void);

#endif
