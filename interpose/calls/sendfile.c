/* sendfile, splice, tee, vmsplice. The kernel knows the terminal's FIFOs as pipes, and would do what a terminal
 * does not: here they give what a pts gives. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "calls/poll.h"
#include "library/export.h"
#include "library/input.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

#define PIECE 4096 /* most that a splice takes from the terminal at a time: a line is no longer */

static bool is_terminal(int fd)
{
    struct terminal terminal;
    return terminal_find(fd, &terminal);
}

/* A pipe that is not the terminal. */
static bool is_pipe(int fd)
{
    return SYS(fcntl, fd, F_GETPIPE_SZ) >= 0 && !is_terminal(fd);
}

/* Where bytes go that are for the terminal. fd: a descriptor or -errno */
static struct borrowed output_of(const struct terminal *terminal)
{
    if (terminal->end == INPUT_END && terminal_is_one_way(terminal->fd))
        return (struct borrowed){-EBADF, false};
    return terminal_output(terminal);
}

static long send_to(const struct terminal *terminal, int from, off_t *offset, size_t size)
{
    struct borrowed output = output_of(terminal);
    if (output.fd < 0)
        return output.fd;
    long sent = SYS(sendfile, output.fd, from, offset, size);
    terminal_give_back(output);
    return sent;
}

ssize_t rpty_sendfile(int to, int from, off_t *offset, size_t size) __asm__("sendfile");

EXPORT ssize_t rpty_sendfile(int to, int from, off_t *offset, size_t size)
{
    struct terminal terminal;
    if (is_terminal(from))
        return libc_result(-EINVAL);
    if (terminal_find(to, &terminal) && state_hung_up(terminal.page))
        return libc_result(-EINVAL);
    if (terminal_find(to, &terminal))
        return libc_result(send_to(&terminal, from, offset, size));
    return libc_result(SYS(sendfile, to, from, offset, size));
}

ALIAS(sendfile64, sendfile);

static long splice_to(const struct terminal *terminal, int from, size_t size, unsigned flags)
{
    struct borrowed output = output_of(terminal);
    if (output.fd < 0)
        return output.fd;
    long moved = SYS(splice, from, NULL, output.fd, NULL, size, flags);
    terminal_give_back(output);
    return moved;
}

static bool would_wait(int fd)
{
    struct pollfd entry = {fd, POLLIN, 0};
    return poll_terminal(&entry, 1, 0, NULL) == 0;
}

static long write_all(int fd, const char *bytes, long size)
{
    for (long done = 0; done < size;) {
        long written = SYS(write, fd, bytes + done, size - done);
        if (written < 0 && written != -EINTR)
            return done > 0 ? done : written;
        done += written > 0 ? written : 0;
    }
    return size;
}

/* As a read, whose bytes then go into the pipe. */
static long splice_from(const struct terminal *terminal, int to, size_t size, unsigned flags)
{
    char bytes[PIECE];
    struct iovec part = {bytes, size < sizeof bytes ? size : sizeof bytes};
    if ((flags & SPLICE_F_NONBLOCK) && would_wait(terminal->fd))
        return -EAGAIN;
    long got = input_read(terminal, &part, 1);
    return got <= 0 ? got : write_all(to, bytes, got);
}

/* The terminal is one side: the other must be a pipe, and neither can have an offset. */
static long splice_terminal(const struct terminal *terminal, int from, int to, size_t size,
                            unsigned flags)
{
    int other = terminal->fd == from ? to : from;
    if (SYS(fcntl, other, F_GETFD) < 0)
        return -EBADF;
    if (!is_pipe(other) || state_hung_up(terminal->page))
        return -EINVAL;
    return terminal->fd == from ? splice_from(terminal, to, size, flags)
                                : splice_to(terminal, from, size, flags);
}

EXPORT ssize_t splice(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t size,
                      unsigned flags)
{
    struct terminal terminal;
    if (!terminal_find(from, &terminal) && !terminal_find(to, &terminal))
        return libc_result(SYS(splice, from, from_offset, to, to_offset, size, flags));
    if ((from_offset || to_offset) && is_pipe(terminal.fd == from ? to : from))
        return libc_result(-ESPIPE);
    return libc_result(splice_terminal(&terminal, from, to, size, flags));
}

EXPORT ssize_t tee(int from, int to, size_t size, unsigned flags)
{
    if (is_terminal(from) || is_terminal(to))
        return libc_result(-EINVAL);
    return libc_result(SYS(tee, from, to, size, flags));
}

EXPORT ssize_t vmsplice(int fd, const struct iovec *parts, size_t count, unsigned flags)
{
    return libc_result(is_terminal(fd) ? -EBADF : SYS(vmsplice, fd, parts, count, flags));
}
