/* posix_spawn's file action that opens: the child opens by an internal call, so by the terminal's names it is
 * told to open the FIFO instead. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>

#include "library/export.h"
#include "library/open.h"
#include "library/real.h"
#include "terminal/runtime.h"

/* The FIFO for a way of opening; NULL: the path is not the terminal's. */
static const char *fifo_for(const char *path, int *flags, char *fifo)
{
    if (!open_is_terminals(path))
        return NULL;
    bool reads = (*flags & O_ACCMODE) == O_RDONLY;
    *flags = (*flags & ~O_ACCMODE) | (reads ? O_RDONLY : O_WRONLY);
    runtime_path(reads ? RPTY_FILE_INPUT : RPTY_FILE_OUTPUT, fifo);
    return fifo;
}

EXPORT int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *actions, int fd,
                                            const char *path, int flags, mode_t mode)
{
    char fifo[RUNTIME_PATH_SIZE];
    const char *found = fifo_for(path, &flags, fifo);
    if (!real()->posix_spawn_file_actions_addopen)
        return ENOSYS;
    return real()->posix_spawn_file_actions_addopen(actions, fd, found ? found : path, flags, mode);
}
