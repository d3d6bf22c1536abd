/* A write, to the terminal or anything else. */
#ifndef RPTY_WRITTEN_H
#define RPTY_WRITTEN_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/* As write(2) of one part; `next` is what writes to any other file. */
ssize_t written(int fd, const struct iovec *part, ssize_t (*next)(int, const void *, size_t));

#endif
