/* chmod, chown and their kin. Who may use the FIFOs is rpty's affair, since they carry passwords: `mesg` and
 * `login` are told that it is done, and nothing changes. Of other files the next library is asked, which may be
 * another preload, such as fakeroot's. */
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "library/export.h"
#include "library/real.h"
#include "terminal/path.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

static bool is_terminal(int fd)
{
    struct terminal terminal;
    return terminal_find(fd, &terminal);
}

static bool leads_to_terminal(const char *path)
{
    int fd = -1;
    switch (path_kind(path, &fd)) {
    case PATH_TERMINAL_NAME:
        return true;
    case PATH_DESCRIPTOR:
        return is_terminal(fd);
    default:
        return false;
    }
}

EXPORT int fchmod(int fd, mode_t mode)
{
    if (is_terminal(fd))
        return 0;
    return real()->fchmod ? real()->fchmod(fd, mode) : (int)libc_result(SYS(fchmod, fd, mode));
}

EXPORT int chmod(const char *path, mode_t mode)
{
    if (leads_to_terminal(path))
        return 0;
    return real()->chmod ? real()->chmod(path, mode)
                         : (int)libc_result(SYS(fchmodat, AT_FDCWD, path, mode));
}

EXPORT int fchown(int fd, uid_t owner, gid_t group)
{
    if (is_terminal(fd))
        return 0;
    return real()->fchown ? real()->fchown(fd, owner, group)
                          : (int)libc_result(SYS(fchown, fd, owner, group));
}

EXPORT int chown(const char *path, uid_t owner, gid_t group)
{
    if (leads_to_terminal(path))
        return 0;
    return real()->chown ? real()->chown(path, owner, group)
                         : (int)libc_result(SYS(fchownat, AT_FDCWD, path, owner, group, 0));
}
