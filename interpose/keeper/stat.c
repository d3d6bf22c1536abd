#include "keeper/stat.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "terminal/disguise.h"

#define DEVICE "/dev/tty"

/* What was opened as /dev/tty is that device. -> the file that is to be looked at, and its name in there */
static int file_shown(const struct terminal *terminal, const char **name)
{
    struct stat device;
    bool other = terminal_is_dev_tty(terminal->fd) && stat(DEVICE, &device) == 0 &&
                 device.st_rdev == DEV_TTY;
    *name = other ? DEVICE : "";
    return other ? AT_FDCWD : terminal->fd;
}

static long show(const struct call *call, const struct terminal *terminal, uint64_t to)
{
    struct stat status;
    const char *name;
    int file = file_shown(terminal, &name);
    if (fstatat(file, name, &status, AT_EMPTY_PATH) < 0)
        return -errno;
    if (file == terminal->fd)
        disguise(&status);
    return call_write(call, to, &status, sizeof status) ? 0 : -EFAULT;
}

static long show_extended(const struct call *call, const struct terminal *terminal)
{
    struct statx status;
    const char *name;
    int file = file_shown(terminal, &name), flags = (int)call->arguments[2];
    if (syscall(SYS_statx, file, name, flags, (unsigned)call->arguments[3], &status) < 0)
        return -errno;
    if (file == terminal->fd)
        disguise_statx(&status);
    return call_write(call, call->arguments[4], &status, sizeof status) ? 0 : -EFAULT;
}

static bool has_path(const struct call *call)
{
    char first = '\0';
    uint64_t path = call->arguments[1];
    return path && (!call_read(call, path, &first, sizeof first) || first);
}

long keeper_stat(const struct call *call, const struct terminal *terminal)
{
    if (call->number == SYS_fstat)
        return show(call, terminal, call->arguments[1]);
    if (has_path(call))
        return CALL_GOES_ON;
    return call->number == SYS_statx ? show_extended(call, terminal)
                                     : show(call, terminal, call->arguments[2]);
}
