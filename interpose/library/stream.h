/* stdio's part in being on a terminal. */
#ifndef RPTY_STREAM_H
#define RPTY_STREAM_H

#include <stdio.h>

/* Makes stdin and stdout line-buffered where they are the terminal. */
void stream_buffer_standard(void);

/* Makes a stream line-buffered; the second one only if the descriptor is the terminal. NULL: there is no stream. */
void stream_buffer_by_lines(FILE *stream);
void stream_buffer_terminal(int fd, FILE *stream);

#endif
