#include "library/musl_stream.h"

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include "terminal/memory.h"
#include "terminal/terminal.h"

/* The beginning of musl's FILE on 64-bit machines, alike in all versions from 1.0 on. */
struct stream {
    unsigned flags;
    unsigned char *read_at, *read_end;
    int (*close)(FILE *);
    unsigned char *write_end, *write_at;
    unsigned char *unused;
    unsigned char *write_from;
    size_t (*read)(FILE *, unsigned char *, size_t);
    size_t (*write)(FILE *, const unsigned char *, size_t);
    off_t (*seek)(FILE *, off_t, int);
    unsigned char *buffer;
    size_t buffer_size;
    void *previous, *next;
    int fd;
};

#define AT_END 16 /* of flags */
#define FAILED 32

/* Data of the C library's, by the names that both C libraries give them. */
extern FILE *libc_stdin __asm__("stdin") __attribute__((weak));
extern FILE *libc_stdout __asm__("stdout") __attribute__((weak));
extern FILE *libc_stderr __asm__("stderr") __attribute__((weak));

/* Reads into the buffer, from which the caller, who wants at least a byte, is served first. */
static size_t read_stream(FILE *file, unsigned char *to, size_t size)
{
    struct stream *stream = (struct stream *)file;
    bool direct = stream->buffer_size == 0;
    ssize_t got =
        direct ? read(stream->fd, to, size) : read(stream->fd, stream->buffer, stream->buffer_size);
    if (got <= 0) {
        stream->flags |= got ? FAILED : AT_END;
        return 0;
    }
    if (direct)
        return (size_t)got;
    size_t served = (size_t)got < size ? (size_t)got : size;
    memcpy(to, stream->buffer, served);
    stream->read_at = stream->buffer + served;
    stream->read_end = stream->buffer + got;
    return served;
}

/* Takes off what was written. */
static void advance(struct iovec parts[2], size_t written)
{
    for (int i = 0; i < 2; i++) {
        size_t part = parts[i].iov_len < written ? parts[i].iov_len : written;
        parts[i].iov_base = (char *)parts[i].iov_base + part;
        parts[i].iov_len -= part;
        written -= part;
    }
}

/* What waits in the buffer goes first, and all in one call, so that others' text does not come between. */
static size_t write_stream(FILE *file, const unsigned char *from, size_t size)
{
    struct stream *stream = (struct stream *)file;
    size_t waiting = (size_t)(stream->write_at - stream->write_from);
    struct iovec parts[] = {{stream->write_from, waiting}, {(void *)from, size}};
    while (parts[0].iov_len + parts[1].iov_len > 0) {
        ssize_t written = writev(stream->fd, parts, 2);
        if (written < 0) {
            stream->write_at = stream->write_from = stream->write_end = NULL;
            stream->flags |= FAILED;
            return size - parts[1].iov_len;
        }
        advance(parts, (size_t)written);
    }
    stream->write_end = stream->buffer + stream->buffer_size;
    stream->write_at = stream->write_from = stream->buffer;
    return size;
}

void musl_stream_take(FILE *file)
{
    struct stream *stream = (struct stream *)file;
    if (stream->read)
        stream->read = read_stream;
    if (stream->write)
        stream->write = write_stream;
}

/* Others are buffered as the C library has it, and cost what they cost. */
static void take_if_terminal(FILE *file)
{
    struct terminal terminal;
    if (terminal_find(((const struct stream *)file)->fd, &terminal))
        musl_stream_take(file);
}

static bool is_as_we_know(const FILE *file, int fd, bool reads)
{
    const struct stream *stream = (const struct stream *)file;
    return stream->fd == fd && (reads ? stream->read != NULL : stream->write != NULL);
}

bool musl_stream_take_standard(void)
{
    if (!&libc_stdin || !&libc_stdout || !&libc_stderr || !is_as_we_know(libc_stdin, 0, true) ||
        !is_as_we_know(libc_stdout, 1, false) || !is_as_we_know(libc_stderr, 2, false))
        return false;
    take_if_terminal(libc_stdin);
    take_if_terminal(libc_stdout);
    take_if_terminal(libc_stderr);
    return true;
}
