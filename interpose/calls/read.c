/* read, readv and their checked forms. */
#include <stddef.h>

#include "library/export.h"
#include "library/input.h"
#include "library/real.h"
#include "terminal/syscalls.h"

static ssize_t read_elsewhere(int fd, void *buffer, size_t size)
{
    return real()->read ? real()->read(fd, buffer, size) : libc_result(SYS(read, fd, buffer, size));
}

EXPORT ssize_t read(int fd, void *buffer, size_t size)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal))
        return read_elsewhere(fd, buffer, size);
    struct iovec part = {buffer, size};
    return libc_result(input_read(&terminal, &part, 1));
}

EXPORT ssize_t readv(int fd, const struct iovec *parts, int count)
{
    struct terminal terminal;
    if (terminal_find(fd, &terminal))
        return libc_result(input_read(&terminal, parts, count));
    return real()->readv ? real()->readv(fd, parts, count)
                         : libc_result(SYS(readv, fd, parts, count));
}

ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room);

EXPORT ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
    if (size > room)
        check_failed();
    return read(fd, buffer, size);
}
