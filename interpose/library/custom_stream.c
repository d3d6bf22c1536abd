/* The C library does not know the descriptor of a custom stream: fileno would fail. So those that are open are
 * remembered. */
#include "library/custom_stream.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "library/export.h"
#include "library/real.h"
#include "terminal/syscalls.h"

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

int custom_stream_descriptor(FILE *stream)
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

FILE *custom_stream(int fd, const char *mode)
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
