/* Opened for reading, /dev/tty is the input FIFO; for writing, the output. No descriptor of the kernel's reads
 * from the one and writes to the other; so for both directions the program gets the input, where it can read
 * and poll by itself, under a number by which the filter knows its writes, which are made here. Where a standard
 * stream is closed, the program counts on its number: for both directions it gets 0 as the input, 1 and 2 as the
 * output, of which the filter tells what the FIFOs can't do. */
#include "keeper/open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "keeper/caller.h"
#include "terminal/admin.h"
#include "terminal/change.h"
#include "terminal/filter.h"
#include "terminal/path.h"
#include "terminal/runtime.h"
#include "terminal/state.h"
#include "terminal/terminal.h"

#define PATH_ROOM RUNTIME_PATH_SIZE /* no name of the terminal's is longer */
#define PAGE 4096
#define CHUNK 65536 /* of a write, copied at once */
#define PARTS 64    /* of a writev, looked at at once: it may take less than it was given */

/* A page may be the caller's last. */
static bool read_path(const struct call *call, uint64_t from, char path[PATH_ROOM])
{
    size_t first = PAGE - from % PAGE;
    if (first >= PATH_ROOM)
        return call_read(call, from, path, PATH_ROOM);
    if (!call_read(call, from, path, first))
        return false;
    return memchr(path, '\0', first) ||
           call_read(call, from + first, path + first, PATH_ROOM - first);
}

/* Links in /proc show the FIFOs' own paths, and the kernel knows these: so they stay, and are names, too. */
static bool is_fifos(const char *path)
{
    char whole[RUNTIME_PATH_SIZE];
    const char *name = strrchr(path, '/') + 1;
    if (strcmp(name, RPTY_FILE_INPUT) != 0 && strcmp(name, RPTY_FILE_OUTPUT) != 0)
        return false;
    runtime_path(name, whole);
    return strcmp(path, whole) == 0;
}

static bool starts(const char *path, const char *with)
{
    return strncmp(path, with, strlen(with)) == 0;
}

/* Most paths are others': only what may be ours is worth a look at whose process it is. */
static bool may_be_ours(const char *path)
{
    if (starts(path, "/proc/"))
        return strstr(path, "/fd/") != NULL;
    return starts(path, "/dev/tty") || starts(path, "/dev/std") || starts(path, "/dev/fd/") ||
           strcmp(path, runtime_page()->name) == 0;
}

static enum path_kind kind_of_path(const struct call *call, uint64_t from, int *fd)
{
    char path[PATH_ROOM];
    if (!read_path(call, from, path) || path[0] != '/' || !memchr(path, '\0', PATH_ROOM))
        return PATH_OTHER;
    if (is_fifos(path))
        return PATH_TERMINAL_NAME;
    if (!may_be_ours(path))
        return PATH_OTHER;
    caller_is(call_process(call), call->thread);
    return path_kind(path, fd);
}

static enum terminal_end end_of_ours(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 ? terminal_end_of(&status) : NO_TERMINAL;
}

/* The terminal's end that a descriptor of the caller's is. */
static enum terminal_end end_of(const struct call *call, int number)
{
    int fd = call_descriptor(call, number);
    if (fd < 0)
        return NO_TERMINAL;
    enum terminal_end end = end_of_ours(fd);
    close(fd);
    return end;
}

/* The first number from `first` on that no descriptor of the caller's has; -1: none is free. */
static int free_number(const struct call *call, int first, int count)
{
    for (int fd = first; fd < first + count; fd++) {
        if (!call_has_descriptor(call, fd))
            return fd;
    }
    return -1;
}

/* What forbids it whatever the name. -> 0 or -errno */
static long check_flags(int flags)
{
    if ((flags & O_CREAT) && (flags & O_EXCL))
        return -EEXIST;
    return state_exclusive(runtime_page()) && !caller_is_admin() ? -EBUSY : 0;
}

/* As open_end in library/open.c: `end` O_RDONLY or O_WRONLY. */
static void give(const struct call *call, int end, int number, int flags, int how)
{
    int fd = (int)terminal_open_end(-1, end, (flags & O_NONBLOCK) | O_CLOEXEC);
    if (fd < 0) {
        call_answer(call, fd);
        return;
    }
    terminal_mark(fd, end == O_RDONLY ? INPUT_END : OUTPUT_END, how | RPTY_MARK_BY_NAME);
    if (flags & O_APPEND)
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_APPEND);
    change_take_opened(runtime_page(), fd, flags);
    call_answer_descriptor(call, fd, number, flags & O_CLOEXEC);
    close(fd);
}

static void give_one_way(const struct call *call, int flags, int how)
{
    int stream = free_number(call, STDIN_FILENO, 3);
    int number = stream < 0 ? free_number(call, ONE_WAY_FIRST, ONE_WAY_COUNT) : stream;
    give(call, (flags & O_ACCMODE) == O_WRONLY ? O_WRONLY : O_RDONLY, number, flags,
         how | RPTY_MARK_ONE_WAY);
}

static void give_both_ways(const struct call *call, int flags, int how)
{
    int stream = free_number(call, STDIN_FILENO, 3);
    int number = stream < 0 ? free_number(call, BOTH_WAYS_FIRST, BOTH_WAYS_COUNT) : stream;
    give(call, stream > STDIN_FILENO ? O_WRONLY : O_RDONLY, number, flags, how);
}

static void open_end(const struct call *call, int flags, int how)
{
    long forbidden = check_flags(flags);
    if (forbidden)
        call_answer(call, forbidden);
    else if ((flags & O_ACCMODE) == O_RDWR)
        give_both_ways(call, flags, how);
    else
        give_one_way(call, flags, how);
}

static void open_controlling(const struct call *call, int flags)
{
    const struct rpty_page *page = runtime_page();
    if (!terminal_controls_us(page))
        call_answer(call, CALL_GOES_ON);
    else if (state_hung_up(page))
        call_answer(call, -ENXIO);
    else
        open_end(call, flags, RPTY_MARK_DEV_TTY);
}

static bool possesses(const struct call *call)
{
    for (int fd = 0; fd < 3; fd++) {
        if (end_of(call, fd) != NO_TERMINAL)
            return true;
    }
    return false;
}

/* Else the kernel knows no such name, or whether it may be opened. */
static void open_by_name(const struct call *call, int flags)
{
    const struct rpty_page *page = runtime_page();
    if (state_hung_up(page))
        call_answer(call, -ENOENT);
    else if (!terminal_controls_us(page) && !possesses(call))
        call_answer(call, CALL_GOES_ON);
    else
        open_end(call, flags, 0);
}

static void open_like(const struct call *call, int fd, int flags)
{
    if (end_of(call, fd) == NO_TERMINAL)
        call_answer(call, CALL_GOES_ON);
    else if (flags & O_NOFOLLOW)
        call_answer(call, -ELOOP);
    else if (state_hung_up(runtime_page()))
        call_answer(call, -EIO);
    else
        open_end(call, flags, 0);
}

void keeper_open(const struct call *call, uint64_t path, int flags)
{
    int fd = -1;
    switch (kind_of_path(call, path, &fd)) {
    case PATH_DEV_TTY:
        open_controlling(call, flags);
        break;
    case PATH_TERMINAL_NAME:
        open_by_name(call, flags);
        break;
    case PATH_DESCRIPTOR:
        open_like(call, fd, flags);
        break;
    default:
        call_answer(call, CALL_GOES_ON);
    }
}

/* Restrictions on the way there are the kernel's to know. */
void keeper_open_by(const struct call *call, uint64_t path, uint64_t from)
{
    struct open_how how;
    if (call_read(call, from, &how, sizeof how) && how.resolve == 0)
        keeper_open(call, path, (int)how.flags);
    else
        call_answer(call, CALL_GOES_ON);
}

bool keeper_write_is_ours(const struct call *call)
{
    int fd = call_descriptor(call, (int)call->arguments[0]);
    if (fd < 0)
        return false;
    bool ours = end_of_ours(fd) == INPUT_END && !terminal_is_one_way(fd);
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
    if (call->arguments[2] > IOV_MAX)
        return -EINVAL;
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
    long forbidden = change_check_write(page);
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
