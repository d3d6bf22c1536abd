/* stdio. The C library opens, and decides on buffering, by internal calls that do not come here. What a
 * stream does that one of the FIFOs can do goes past us; a stream for both ways, or for the other way, is one
 * of the C library's custom streams, which comes back to our read and write. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "environment.h"
#include "export.h"
#include "memory.h"
#include "open.h"
#include "preload.h"
#include "real.h"
#include "syscalls.h"
#include "terminal.h"
#include "user_memory.h"

/* Data of the C library's, by the names that both give them. */
extern FILE *libc_stdin __asm__("stdin") __attribute__((weak));
extern FILE *libc_stdout __asm__("stdout") __attribute__((weak));
extern int libc_setvbuf(FILE *, char *, int, size_t) __asm__("setvbuf") __attribute__((weak));

static void buffer_by_lines(int fd, FILE *stream)
{
    struct terminal terminal;
    if (stream && libc_setvbuf && terminal_find(fd, &terminal))
        libc_setvbuf(stream, NULL, _IOLBF, 0);
}

/* stdbuf(1) has said how, by a preload that was there before us. */
static bool is_decided(const char *variable)
{
    return environment_value(environment_own(), variable) != NULL;
}

/* A line-buffered stdin makes glibc flush stdout before it reads: so it comes by its prompt. */
void stream_buffer_standard(void)
{
    if (!libc_setvbuf || !&libc_stdin || !&libc_stdout)
        return;
    if (!is_decided("_STDBUF_I="))
        buffer_by_lines(0, libc_stdin);
    if (!is_decided("_STDBUF_O="))
        buffer_by_lines(1, libc_stdout);
}

/* ---- Custom streams. Their descriptor is not in them: fileno would not know it. */

#define MOST_STREAMS 32 /* of this kind at a time; what is beyond has no fileno */

static struct {
    _Atomic(FILE *) stream;
    atomic_int fd;
} known[MOST_STREAMS];
static atomic_int known_count; /* while it is 0 fileno costs no search */

static void remember(FILE *stream, int fd)
{
    for (int i = 0; i < MOST_STREAMS; i++) {
        FILE *none = NULL;
        if (!atomic_compare_exchange_strong(&known[i].stream, &none, stream))
            continue;
        atomic_store(&known[i].fd, fd);
        atomic_fetch_add(&known_count, 1);
        return;
    }
}

static void forget(int fd)
{
    for (int i = 0; i < MOST_STREAMS; i++) {
        if (atomic_load(&known[i].stream) == NULL || atomic_load(&known[i].fd) != fd)
            continue;
        atomic_store(&known[i].stream, NULL);
        atomic_fetch_sub(&known_count, 1);
        return;
    }
}

/* -> a descriptor, or -1 */
static int known_descriptor(FILE *stream)
{
    for (int i = 0; atomic_load(&known_count) > 0 && i < MOST_STREAMS; i++) {
        if (atomic_load(&known[i].stream) == stream)
            return atomic_load(&known[i].fd);
    }
    return -1;
}

static int descriptor_of(void *cookie)
{
    return (int)(long)cookie;
}

static ssize_t cookie_read(void *cookie, char *buffer, size_t size)
{
    return read(descriptor_of(cookie), buffer, size);
}

/* 0 is a failure here. */
static ssize_t cookie_write(void *cookie, const char *buffer, size_t size)
{
    ssize_t written = write(descriptor_of(cookie), buffer, size);
    return written < 0 ? 0 : written;
}

static int cookie_seek(void *cookie, off64_t *offset, int whence)
{
    (void)cookie;
    (void)offset;
    (void)whence;
    set_errno(ESPIPE);
    return -1;
}

static int cookie_close(void *cookie)
{
    int fd = descriptor_of(cookie);
    forget(fd);
    return (int)libc_result(SYS(close, fd));
}

static FILE *custom_stream(int fd, const char *mode)
{
    static const cookie_io_functions_t functions = {cookie_read, cookie_write, cookie_seek,
                                                    cookie_close};
    if (!real()->fopencookie) {
        set_errno(ENOSYS);
        return NULL;
    }
    FILE *stream = real()->fopencookie((void *)(long)fd, mode, functions);
    if (stream)
        remember(stream, fd);
    return stream;
}

EXPORT int fileno(FILE *stream)
{
    int fd = known_descriptor(stream);
    if (fd >= 0 || !real()->fileno)
        return fd;
    return real()->fileno(stream);
}

ALIAS(fileno_unlocked, fileno);

/* ---- Modes. */

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
    if (stream && libc_setvbuf)
        libc_setvbuf(stream, NULL, _IOLBF, 0);
    return stream;
}

/* ---- fopen, fdopen, freopen. */

EXPORT FILE *fdopen(int fd, const char *mode)
{
    struct terminal terminal;
    if (!real()->fdopen)
        return fail(ENOSYS);
    if (!is_mode(mode) || !terminal_find(fd, &terminal))
        return real()->fdopen(fd, mode);
    return stream_on_terminal(&terminal, mode);
}

static FILE *open_stream(const char *path, const char *mode)
{
    long fd = is_mode(mode) ? open_terminal(path, flags_of(mode)) : OPEN_NOT_OURS;
    if (fd == OPEN_NOT_OURS)
        return real()->fopen ? real()->fopen(path, mode) : NULL;
    if (libc_result(fd) < 0)
        return NULL;
    FILE *stream = fdopen((int)fd, mode);
    if (!stream)
        SYS(close, fd);
    return stream;
}

/* The stream is opened on another device, whose descriptor then becomes the terminal: the C library's way to
 * the name is internal. A stream cannot be made a custom one: of one for both ways, that of the name's FIFO
 * works, and it is the input's where the stream is stdin. */
static FILE *reopen_on(long fd, const char *mode, FILE *stream)
{
    FILE *reopened = real()->freopen("/dev/null", mode, stream);
    if (reopened) {
        int place = fileno(reopened);
        SYS(dup3, fd, place, has(mode, 'e') ? O_CLOEXEC : 0);
        buffer_by_lines(place, reopened);
    }
    SYS(close, fd);
    return reopened;
}

static FILE *reopen_stream(const char *path, const char *mode, FILE *stream)
{
    if (!real()->freopen)
        return fail(ENOSYS);
    long fd = is_mode(mode) && path ? open_terminal(path, flags_of(mode)) : OPEN_NOT_OURS;
    if (fd == OPEN_NOT_OURS)
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
