/* write and writev: to the terminal they are the kernel's, but for TOSTOP, for a terminal that is gone or whose
 * output a program has stopped, and for the input's descriptors, which a terminal lets programs write to. Only
 * failures and those three states, which the page shows, cost anything. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "library/cancel.h"
#include "library/export.h"
#include "terminal/job.h"
#include "library/real.h"
#include "terminal/runtime.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"
#include "library/written.h"

/* Where no call has needed the page yet, the standard streams are not the terminal. */
static bool needs_a_look(void)
{
    const struct rpty_page *page = runtime_page_if_mapped();
    return page && ((PAGE_WORD(page, flags) & (RPTY_HUNG_UP | RPTY_STOPPED)) ||
                    (PAGE_WORD(page, termios.c_lflag) & TOSTOP));
}

static long sleep_until_event(const struct rpty_page *page, uint32_t event)
{
    int type = cancel_allow();
    long result =
        SYS(futex, &page->event, FUTEX_WAIT_BITSET, event, NULL, NULL, FUTEX_BITSET_MATCH_ANY);
    cancel_forbid(type);
    return result;
}

/* Waits while a program has stopped output. A writer that must not wait fills the FIFO: poll, which sees
 * that, would else tell it to try at once. -> 0 or -errno */
static long wait_for_start(const struct terminal *terminal)
{
    const struct rpty_page *page = terminal->page;
    for (;;) {
        uint32_t event = PAGE_WORD(page, event);
        uint32_t flags = PAGE_WORD(page, flags);
        if (flags & RPTY_HUNG_UP)
            return -EIO;
        if (!(flags & RPTY_STOPPED) || (SYS(fcntl, terminal->fd, F_GETFL) & O_NONBLOCK))
            return 0;
        if (sleep_until_event(page, event) == -EINTR)
            return -EINTR;
    }
}

/* What forbids a write to the terminal, as in tty_check_change, or puts it off. -> 0 or -errno */
static long check(int fd)
{
    struct terminal terminal;
    if (!needs_a_look() || !terminal_find(fd, &terminal) ||
        (terminal.end == INPUT_END && terminal_is_one_way(fd)))
        return 0;
    if (state_hung_up(terminal.page))
        return -EIO;
    long forbidden =
        PAGE_WORD(terminal.page, termios.c_lflag) & TOSTOP ? job_check(terminal.page, SIGTTOU) : 0;
    return forbidden ? forbidden : wait_for_start(&terminal);
}

/* The output, if `fd` is a descriptor of the input that may be written to. */
static struct borrowed other_end(int fd)
{
    struct terminal terminal;
    if (!terminal_find(fd, &terminal) || terminal.end != INPUT_END || terminal_is_one_way(fd))
        return (struct borrowed){-EBADF, false};
    return terminal_output(&terminal);
}

static ssize_t kernel_write(int fd, const void *buffer, size_t size)
{
    return libc_result(SYS(write, fd, buffer, size));
}

static ssize_t writev_to(int fd, const struct iovec *parts, int count)
{
    return real()->writev ? real()->writev(fd, parts, count)
                          : libc_result(SYS(writev, fd, parts, count));
}

static ssize_t write_to_other_end(int fd, const struct iovec *parts, int count)
{
    struct borrowed output = other_end(fd);
    if (output.fd < 0)
        return libc_result(output.fd);
    long written = SYS(writev, output.fd, parts, count);
    terminal_give_back(output);
    return libc_result(written);
}

ssize_t written(int fd, const struct iovec *part, ssize_t (*next)(int, const void *, size_t))
{
    int before = get_errno();
    long forbidden = check(fd);
    if (forbidden)
        return libc_result(forbidden);
    ssize_t count = next(fd, part->iov_base, part->iov_len);
    if (count >= 0 || get_errno() != EBADF)
        return count;
    set_errno(before);
    return write_to_other_end(fd, part, 1);
}

EXPORT ssize_t write(int fd, const void *buffer, size_t size)
{
    struct iovec part = {(void *)buffer, size};
    return written(fd, &part, real()->write ? real()->write : kernel_write);
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count)
{
    int before = get_errno();
    long forbidden = check(fd);
    if (forbidden)
        return libc_result(forbidden);
    ssize_t written = writev_to(fd, parts, count);
    if (written >= 0 || get_errno() != EBADF)
        return written;
    set_errno(before);
    return write_to_other_end(fd, parts, count);
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
