/* stdio's part in being on a terminal. */
#ifndef RPTY_STREAM_H
#define RPTY_STREAM_H

/* Makes stdin and stdout line-buffered where they are the terminal. */
void stream_buffer_standard(void);

#endif
