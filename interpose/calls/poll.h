/* Waiting for the terminal together with other descriptors. */
#ifndef RPTY_POLL_TERMINAL_H
#define RPTY_POLL_TERMINAL_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Whether any of them waits on the terminal. */
bool poll_concerns_terminal(const struct pollfd *wanted, nfds_t count);

/* As ppoll, with the terminal's rules. `duration_ns`: negative waits for ever; `mask`: NULL or a kernel's
 * signal set. -> how many are ready, or -errno */
long poll_terminal(struct pollfd *wanted, nfds_t count, int64_t duration_ns, const void *mask);

#endif
