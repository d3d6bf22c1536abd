/* The ioctls that the keeper answers, and what their argument points to. */
#ifndef RPTY_REQUESTS_H
#define RPTY_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for every argument. */
#define REQUEST_MEMORY 80

/* The C library's headers leave these to the kernel's, which do not go together with them. */
#define GET_TERMIOS2 0x802c542au
#define SET_TERMIOS2 0x402c542bu /* then, one by one: after draining, after flushing */
#define GET_PEER 0x5441u         /* TIOCGPTPEER: a master's request; a pts says EIO, not ENOTTY */

#define SERIAL_SIZE 72 /* struct serial_struct */

struct terminal_request {
    uint32_t request;
    uint8_t in, out; /* bytes that the caller gives and gets; neither: the argument is a number */
    bool quick;      /* answered from the page, so that nobody has to be waited for */
};

/* Hidden, so that they are found without a loader, too (reach_start.c). */
#pragma GCC visibility push(hidden)
extern const struct terminal_request terminal_requests[];
extern const size_t terminal_request_count;
#pragma GCC visibility pop

/* NULL: none of them. */
const struct terminal_request *terminal_request_find(uint32_t request);

#endif
