/* write and writev: to the terminal they are the kernel's, but for TOSTOP, for a terminal that is gone or whose
 * output a program has stopped, and for the input's descriptors, which a terminal lets programs write to. Only
 * failures and those three states, which the page shows, cost anything. */
#include <errno.h>
#include <stddef.h>

#include "library/export.h"
#include "library/real.h"
#include "library/written.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

static ssize_t kernel_write(int fd, const void *buffer, size_t size)
{
    return libc_result(SYS(write, fd, buffer, size));
}

static ssize_t writev_to(int fd, const struct iovec *parts, int count)
{
    return real()->writev ? real()->writev(fd, parts, count)
                          : libc_result(SYS(writev, fd, parts, count));
}

EXPORT ssize_t write(int fd, const void *buffer, size_t size)
{
    struct iovec part = {(void *)buffer, size};
    return written(fd, &part, real()->write ? real()->write : kernel_write);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
    int before = get_errno();
    long forbidden = written_check(fd);
    if (forbidden)
        return libc_result(forbidden);
    ssize_t written = writev_to(fd, parts, count);
    if (written >= 0 || get_errno() != EBADF)
        return written;
    set_errno(before);
    return written_to_other_end(fd, parts, count);
}

static ssize_t pwritev2_elsewhere(int fd, const struct iovec *parts, int count, off64_t offset,
                                  int flags)
{
    if (real()->pwritev2)
        return real()->pwritev2(fd, parts, count, offset, flags);
    return libc_result(SYS(pwritev2, fd, parts, count, offset, 0, flags));
}

ssize_t rpty_pwritev2(int fd, const struct iovec *parts, int count, off64_t offset,
                      int flags) __asm__("pwritev2");

/* With the offset -1 it is writev. */
EXPORT ssize_t rpty_pwritev2(int fd, const struct iovec *parts, int count, off64_t offset,
                             int flags)
{
    struct terminal terminal;
    if (offset == -1 && flags == 0 && terminal_find(fd, &terminal))
        return writev(fd, parts, count);
    return pwritev2_elsewhere(fd, parts, count, offset, flags);
}

ALIAS(pwritev64v2, pwritev2);
