/* Changes, which are the slave's to make: one request and one reply on a connection of its own. */
#ifndef RPTY_CONTROL_H
#define RPTY_CONTROL_H

#include <stdbool.h>

#include "terminal/outcome.h"
#include "terminal/page.h"
#include "terminal/state.h"

/* Asks, and waits for the reply; `on` is the descriptor that the call is made on, or -1.
 * -> 0, -errno as the slave says, or CONTROL_UNREACHABLE */
long control_request(int on, const struct rpty_request *request, struct rpty_reply *reply);

/* The same for an operation that has just an argument. -> the reply's value, or as above */
long control_ask(int on, enum rpty_operation operation, int32_t argument);

/* RPTY_GET_STATE. -> 0 or -errno */
long control_get_state(int on, struct state *state);

/* RPTY_NOTE: nobody waits for more than its arrival. */
void control_note(int on, enum rpty_note note);

/* RPTY_DRAIN: as control_ask, but a signal handler ends the wait with -EINTR. */
long control_drain(int on);

/* RPTY_OPEN. `flags`: O_CLOEXEC is kept. -> a descriptor or -errno */
long control_open(int on, int access, int flags);

/* RPTY_OPEN_PAGE. -> a descriptor or -errno */
long control_open_page(int on);

/* The two halves of a request, for the door, which waits in between. -> the connection, or -1: nobody takes it */
int control_send(int on, const struct rpty_request *request);

/* How a reply is waited for. */
struct waiting {
    bool interruptible; /* a signal handler ends it */
    int flags;          /* recvmsg's */
    int *received;      /* where a descriptor goes that comes with the reply, or NULL */
};

/* -> as control_request, or -EINTR */
long control_receive(int socket, struct rpty_reply *reply, struct waiting waiting);

#endif
