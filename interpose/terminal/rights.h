/* Messages that carry one descriptor (unix(7), SCM_RIGHTS). */
#ifndef RPTY_RIGHTS_H
#define RPTY_RIGHTS_H

#include <stddef.h>

/* Sends bytes, with a descriptor unless that is negative. `flags` are sendmsg's. -> bytes, or -errno */
long rights_send(int socket, const void *bytes, size_t size, int fd, int flags);

/* Receives bytes, and a descriptor into `fd`, which becomes -1 if none comes; NULL: none is taken. `flags` are
 * recvmsg's. -> bytes, 0 at the end, or -errno */
long rights_receive(int socket, void *bytes, size_t size, int *fd, int flags);

#endif
