/* What the C library reads and writes by itself, in stdio, dprintf, perror and the like: those calls do not come by the
 * names that a preload takes over. */
#ifndef RPTY_INSIDE_H
#define RPTY_INSIDE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* Has them come to us, once: before main. -> false: they are the C library's still, since a sandbox forbids it */
bool inside_take_over(void);

/* Whether a stream may have a descriptor that reads one FIFO and writes the other: what it reads comes to us. */
bool inside_streams_go_both_ways(void);

/* Has them come to us for a stream that was opened since, where the C library keeps that by stream. */
void inside_take_stream(FILE *stream);

/* What a descriptor is may have changed. */
void inside_forget(void);

#endif
