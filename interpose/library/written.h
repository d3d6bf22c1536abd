/* A write, to the terminal or anything else. */
#ifndef RPTY_WRITTEN_H
#define RPTY_WRITTEN_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/* As write(2) of one part; `next` is what writes to any other file. */
ssize_t written(int fd, const struct iovec *part, ssize_t (*next)(int, const void *, size_t));

/* The two halves around a write. What forbids it, as in tty_check_change, or puts it off. -> 0 or -errno */
long written_check(int fd);

/* Writes by a descriptor of the input to the output, where the kernel has said EBADF. As writev(2) */
ssize_t written_to_other_end(int fd, const struct iovec *parts, int count);

#endif
