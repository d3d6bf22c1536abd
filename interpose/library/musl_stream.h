/* musl's streams: each has pointers to the functions by which it reads and writes. */
#ifndef RPTY_MUSL_STREAM_H
#define RPTY_MUSL_STREAM_H

#include <stdbool.h>
#include <stdio.h>

/* Has the standard streams read and write by ours. -> false: they are not as we know them */
bool musl_stream_take_standard(void);

/* The same for one that was opened since. */
void musl_stream_take(FILE *stream);

#endif
