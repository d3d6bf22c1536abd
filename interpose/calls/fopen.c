/* fopen, freopen and fdopen. The C library opens, and decides on buffering, by internal calls that do not come here. What a
 * stream does that one of the FIFOs can do goes past us; a stream for both ways, or for the other way, is one
 * of the C library's custom streams, which comes back to our read and write. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "library/custom_stream.h"
#include "library/export.h"
#include "library/inside.h"
#include "library/open.h"
#include "library/real.h"
#include "library/stream.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"
#include "terminal/user_memory.h"

static bool has(const char *mode, char letter)
{
    for (; *mode; mode++) {
        if (*mode == letter)
            return true;
    }
    return false;
}

static bool is_mode(const char *mode)
{
    return !user_is_nowhere(mode) && (mode[0] == 'r' || mode[0] == 'w' || mode[0] == 'a');
}

static int access_of(const char *mode)
{
    return has(mode, '+') ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
}

static int flags_of(const char *mode)
{
    return access_of(mode) | (has(mode, 'e') ? O_CLOEXEC : 0) |
           (has(mode, 'x') ? O_CREAT | O_EXCL : 0) | (mode[0] == 'a' ? O_APPEND : 0);
}

/* The C library's own stream serves where it goes the FIFO's way. */
static bool is_fifos_way(const struct terminal *terminal, int access)
{
    return access == (terminal->end == INPUT_END ? O_RDONLY : O_WRONLY);
}

static bool is_allowed(const struct terminal *terminal, int access)
{
    return !terminal_is_one_way(terminal->fd) || is_fifos_way(terminal, access);
}

static FILE *fail(int error)
{
    set_errno(error);
    return NULL;
}

static FILE *stream_on_terminal(const struct terminal *terminal, const char *mode)
{
    int access = access_of(mode);
    if (!is_allowed(terminal, access))
        return fail(EINVAL);
    FILE *stream = is_fifos_way(terminal, access) ? real()->fdopen(terminal->fd, mode)
                                                  : custom_stream(terminal->fd, mode);
    if (stream)
        stream_buffer_by_lines(stream);
    if (stream && is_fifos_way(terminal, access))
        inside_take_stream(stream);
    return stream;
}

EXPORT FILE *fdopen(int fd, const char *mode)
{
    struct terminal terminal;
    if (!real()->fdopen)
        return fail(ENOSYS);
    if (!is_mode(mode) || !terminal_find(fd, &terminal))
        return real()->fdopen(fd, mode);
    return stream_on_terminal(&terminal, mode);
}

/* The C library's way to the terminal's name is internal, and by a descriptor it makes no stream for both ways of one
 * that has one way. So the stream is opened on another device, whose descriptor then becomes the terminal. */
static FILE *put_on_terminal(FILE *stream, long fd, const char *mode)
{
    if (stream) {
        int place = fileno(stream);
        SYS(dup3, fd, place, has(mode, 'e') ? O_CLOEXEC : 0);
        inside_forget();
        inside_take_stream(stream);
        stream_buffer_terminal(place, stream);
    }
    SYS(close, fd);
    return stream;
}

static FILE *open_stream(const char *path, const char *mode)
{
    long fd = is_mode(mode) ? open_terminal(path, flags_of(mode)) : NOT_OURS;
    if (fd == NOT_OURS)
        return real()->fopen ? real()->fopen(path, mode) : NULL;
    if (libc_result(fd) < 0)
        return NULL;
    bool native = access_of(mode) == O_RDWR && inside_streams_go_both_ways() && real()->fopen;
    FILE *stream = native ? real()->fopen("/dev/null", mode) : NULL;
    if (stream)
        return put_on_terminal(stream, fd, mode);
    stream = fdopen((int)fd, mode); /* one of our own, then */
    if (!stream)
        SYS(close, fd);
    return stream;
}

/* Where stdio reads past the library, a stream for both ways goes the way of the name's FIFO, which is the input's
 * where the stream is stdin. */
static FILE *reopen_on(long fd, const char *mode, FILE *stream)
{
    return put_on_terminal(real()->freopen("/dev/null", mode, stream), fd, mode);
}

static FILE *reopen_stream(const char *path, const char *mode, FILE *stream)
{
    if (!real()->freopen)
        return fail(ENOSYS);
    long fd = is_mode(mode) && path ? open_terminal(path, flags_of(mode)) : NOT_OURS;
    if (fd == NOT_OURS)
        return real()->freopen(path, mode, stream);
    if (libc_result(fd) >= 0)
        return reopen_on(fd, mode, stream);
    int error = get_errno();
    if (real()->fclose)
        real()->fclose(stream);
    return fail(error);
}

FILE *rpty_fopen(const char *path, const char *mode) __asm__("fopen");
FILE *rpty_freopen(const char *path, const char *mode, FILE *stream) __asm__("freopen");

EXPORT FILE *rpty_fopen(const char *path, const char *mode)
{
    return open_stream(path, mode);
}

EXPORT FILE *rpty_freopen(const char *path, const char *mode, FILE *stream)
{
    return reopen_stream(path, mode, stream);
}

ALIAS(fopen64, fopen);
ALIAS(freopen64, freopen);
