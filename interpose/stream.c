/* stdio. The C library opens, and decides on buffering, by internal calls that do not come here. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "environment.h"
#include "export.h"
#include "memory.h"
#include "open.h"
#include "preload.h"
#include "real.h"
#include "stream.h"
#include "syscalls.h"
#include "terminal.h"

/* Data of the C library's, by the names that both give them. */
extern FILE *libc_stdin __asm__("stdin") __attribute__((weak));
extern FILE *libc_stdout __asm__("stdout") __attribute__((weak));
extern int libc_setvbuf(FILE *, char *, int, size_t) __asm__("setvbuf") __attribute__((weak));

static void buffer_by_lines(int fd, FILE *stream)
{
    struct terminal terminal;
    if (stream && terminal_find(fd, &terminal))
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

static bool has(const char *mode, char letter)
{
    for (; *mode; mode++) {
        if (*mode == letter)
            return true;
    }
    return false;
}

static int flags_of(const char *mode)
{
    int access = has(mode, '+') ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
    return access | (has(mode, 'e') ? O_CLOEXEC : 0) | O_NOCTTY;
}

/* The output FIFO cannot be read by stdio: of a stream for both ways, the writing works. */
static const char *mode_for(const struct terminal *terminal, const char *mode)
{
    return terminal->end == OUTPUT_END && has(mode, '+') ? "w" : mode;
}

static FILE *stream_on(int fd, const char *mode)
{
    struct terminal terminal;
    if (!real()->fdopen) {
        set_errno(ENOSYS);
        return NULL;
    }
    if (!terminal_find(fd, &terminal))
        return real()->fdopen(fd, mode);
    FILE *stream = real()->fdopen(fd, mode_for(&terminal, mode));
    if (stream && libc_setvbuf)
        libc_setvbuf(stream, NULL, _IOLBF, 0);
    return stream;
}

EXPORT FILE *fdopen(int fd, const char *mode)
{
    return stream_on(fd, mode);
}

static FILE *open_stream(const char *path, const char *mode)
{
    long fd = open_terminal(path, flags_of(mode));
    if (fd == OPEN_NOT_OURS)
        return real()->fopen ? real()->fopen(path, mode) : NULL;
    if (libc_result(fd) < 0)
        return NULL;
    FILE *stream = stream_on((int)fd, mode);
    if (!stream)
        SYS(close, fd);
    return stream;
}

FILE *rpty_fopen(const char *path, const char *mode) __asm__("fopen");

EXPORT FILE *rpty_fopen(const char *path, const char *mode)
{
    return open_stream(path, mode);
}

ALIAS(fopen64, fopen);
