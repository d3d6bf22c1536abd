/* ttyname and ttyname_r. (ctermid says "/dev/tty" without looking, in both C libraries.) */
#include <errno.h>
#include <stddef.h>

#include "library/export.h"
#include "library/real.h"
#include "terminal/memory.h"
#include "terminal/terminal.h"

/* -> 0, or an errno as ttyname_r returns it */
static int copy_name(const struct terminal *terminal, char *buffer, size_t size)
{
    const char *name = terminal_is_dev_tty(terminal->fd) ? "/dev/tty" : terminal->page->name;
    size_t length = strlen(name) + 1;
    if (state_hung_up(terminal->page))
        return EIO;
    if (length > size)
        return ERANGE;
    memcpy(buffer, name, length);
    return 0;
}

static int fail(int error)
{
    if (error)
        set_errno(error);
    return error;
}

EXPORT char *ttyname(int fd)
{
    static char name[sizeof(((struct rpty_page *)0)->name)];
    struct terminal terminal;
    if (terminal_find(fd, &terminal))
        return fail(copy_name(&terminal, name, sizeof name)) ? NULL : name;
    if (real()->ttyname)
        return real()->ttyname(fd);
    fail(ENOTTY);
    return NULL;
}

EXPORT int ttyname_r(int fd, char *buffer, size_t size)
{
    struct terminal terminal;
    if (terminal_find(fd, &terminal))
        return fail(copy_name(&terminal, buffer, size));
    return real()->ttyname_r ? real()->ttyname_r(fd, buffer, size) : fail(ENOTTY);
}

int __ttyname_r_chk(int fd, char *buffer, size_t size, size_t room);

EXPORT int __ttyname_r_chk(int fd, char *buffer, size_t size, size_t room)
{
    if (size > room)
        check_failed();
    return ttyname_r(fd, buffer, size);
}
