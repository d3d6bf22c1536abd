/* Opened for reading, /dev/tty is the input FIFO; for writing, the output. No descriptor of the kernel's reads
 * from the one and writes to the other; so for both directions the program gets the input, where it can read
 * and poll by itself, under a number by which the filter knows its writes, which are made here. */
#include "keeper_open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "job.h"
#include "filter.h"
#include "runtime.h"
#include "state.h"
#include "terminal.h"

#define NAME "/dev/tty"
#define CHUNK 65536 /* of a write, copied at once */
#define PARTS 64    /* of a writev, looked at at once: it may take less than it was given */

static bool names_terminal(const struct call *call, uint64_t path)
{
    char name[sizeof NAME];
    return call_read(call, path, name, sizeof name) && memcmp(name, NAME, sizeof name) == 0;
}

/* A number for a descriptor of both directions, below the caller's limit; -1: none is free. */
static int free_number(const struct call *call)
{
    struct rlimit limit;
    if (prlimit(call->thread, RLIMIT_NOFILE, NULL, &limit) < 0)
        return -1;
    for (int fd = BOTH_WAYS_FIRST; fd < BOTH_WAYS_FIRST + BOTH_WAYS_COUNT; fd++) {
        int taken = (rlim_t)fd < limit.rlim_cur ? call_descriptor(call, fd) : 0;
        if (taken == -EBADF || taken == -ENOENT)
            return fd;
        if (taken > 0)
            close(taken);
    }
    return -1;
}

/* As open.c's open_end. */
static void open_end(const struct call *call, int flags)
{
    int access = flags & O_ACCMODE;
    int end = access == O_WRONLY ? O_WRONLY : O_RDONLY;
    int number = access == O_RDWR ? free_number(call) : -1;
    int fd = (int)terminal_open_end(-1, end, (flags & O_NONBLOCK) | O_CLOEXEC);
    if (fd < 0) {
        call_answer(call, fd);
        return;
    }
    terminal_mark(fd, end == O_RDONLY ? INPUT_END : OUTPUT_END,
                  RPTY_MARK_DEV_TTY | (access == O_RDWR ? 0 : RPTY_MARK_ONE_WAY));
    call_answer_descriptor(call, fd, number, flags & O_CLOEXEC);
    close(fd);
}

void keeper_open(const struct call *call, uint64_t path, int flags)
{
    const struct rpty_page *page = runtime_page();
    if (!names_terminal(call, path) || !terminal_controls_us(page))
        call_answer(call, CALL_GOES_ON);
    else if (state_hung_up(page))
        call_answer(call, -ENXIO);
    else
        open_end(call, flags);
}

bool keeper_write_is_ours(const struct call *call)
{
    struct stat status;
    int fd = call_descriptor(call, (int)call->arguments[0]);
    if (fd < 0)
        return false;
    bool ours = fstat(fd, &status) == 0 && terminal_end_of(&status) == INPUT_END;
    close(fd);
    return ours;
}

/* Waits for room even if the caller would not, since its poll does not see the output. */
static bool put_all(int output, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(output, bytes, size);
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){output, POLLOUT, 0}, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/* -> bytes written, or -errno */
static ssize_t copy_out(const struct call *call, int output, uint64_t from, size_t size)
{
    static _Thread_local char bytes[CHUNK];
    size_t done = 0;
    while (done < size) {
        size_t part = size - done < CHUNK ? size - done : CHUNK;
        if (!call_read(call, from + done, bytes, part))
            return done ? (ssize_t)done : -EFAULT;
        if (!put_all(output, bytes, part))
            return done ? (ssize_t)done : -EIO;
        done += part;
    }
    return (ssize_t)done;
}

static ssize_t copy_parts(const struct call *call, int output)
{
    struct iovec parts[PARTS];
    size_t count = call->arguments[2] < PARTS ? call->arguments[2] : PARTS;
    ssize_t done = 0;
    if (!call_read(call, call->arguments[1], parts, count * sizeof *parts))
        return -EFAULT;
    for (size_t i = 0; i < count; i++) {
        ssize_t put =
            copy_out(call, output, (uint64_t)(uintptr_t)parts[i].iov_base, parts[i].iov_len);
        if (put < 0)
            return done ? done : put;
        done += put;
    }
    return done;
}

static ssize_t write_out(const struct call *call)
{
    const struct rpty_page *page = runtime_page();
    if (state_hung_up(page))
        return -EIO;
    long forbidden = PAGE_WORD(page, termios.c_lflag) & TOSTOP ? job_check(page, SIGTTOU) : 0;
    if (forbidden)
        return forbidden;
    int output = (int)terminal_open_end(-1, O_WRONLY, O_NONBLOCK | O_CLOEXEC);
    if (output < 0)
        return -EIO;
    ssize_t result = call->number == SYS_write
                         ? copy_out(call, output, call->arguments[1], call->arguments[2])
                         : copy_parts(call, output);
    close(output);
    return result;
}

void keeper_write(const struct call *call)
{
    call_answer(call, write_out(call));
}
