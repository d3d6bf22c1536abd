/* epoll_ctl. The kernel's epoll on the output FIFO would never tell of input. A descriptor of it that is to
 * be watched for input becomes one of the input FIFO: reading from it is then the kernel's affair, and write
 * finds the way from there. (libuv opens the terminal by name, read-write, for its standard input.) */
#include <fcntl.h>
#include <stddef.h>

#include "library/export.h"
#include "library/real.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"
#include "terminal/user_memory.h"

static long turn_to_input(int fd)
{
    long nonblocking = SYS(fcntl, fd, F_GETFL) & O_NONBLOCK;
    long cloexec = SYS(fcntl, fd, F_GETFD) & FD_CLOEXEC;
    long input = terminal_open_end(fd, O_RDONLY, O_CLOEXEC | (nonblocking ? O_NONBLOCK : 0));
    if (input < 0)
        return input;
    long result = SYS(dup3, input, fd, cloexec ? O_CLOEXEC : 0);
    SYS(close, input);
    return result;
}

EXPORT int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    struct terminal terminal;
    bool watches =
        operation != EPOLL_CTL_DEL && !user_is_nowhere(event) && (event->events & EPOLLIN);
    if (watches && terminal_find(fd, &terminal) && terminal.end == OUTPUT_END &&
        !terminal_is_one_way(fd))
        operation = turn_to_input(fd) < 0 ? operation : EPOLL_CTL_ADD; /* the old one's is gone */
    return (int)libc_result(SYS(epoll_ctl, epoll, operation, fd, event));
}
