/* File status flags of the terminal's descriptors (fcntl(2)). On a terminal the standard streams are one open file, and
 * so have the same flags; here input and output are two. What is done to one of them is done to the other, too, where
 * the process has both, and what either has both show. */
#ifndef RPTY_SHARED_FLAGS_H
#define RPTY_SHARED_FLAGS_H

#include <stdbool.h>

/* F_GETFL and F_SETFL. -> flags, 0, or -errno */
long shared_flags_get(int fd);
long shared_flags_set(int fd, long flags);

/* Whether reads and writes do not wait. */
bool shared_flags_nonblocking(int fd);

/* F_SETOWN, F_SETOWN_EX, F_SETSIG: who is told of input, and how. -> 0 or -errno */
long shared_flags_tell(int fd, int command, long argument);

/* The descriptor that tells of input (F_GETOWN): `fd` itself, or the one that is the input. */
int shared_flags_teller(int fd);

#endif
