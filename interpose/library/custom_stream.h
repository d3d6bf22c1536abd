/* Streams that the C library reads and writes by our functions (fopencookie). */
#ifndef RPTY_CUSTOM_STREAM_H
#define RPTY_CUSTOM_STREAM_H

#include <stdio.h>

/* A stream on a descriptor, which it closes at its end. NULL, with errno: it could not be made. */
FILE *custom_stream(int fd, const char *mode);

/* The descriptor of such a stream; -1: it is none. */
int custom_stream_descriptor(FILE *stream);

#endif
