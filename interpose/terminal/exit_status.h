/* How a program that runs another one ends where it can't, as a shell does. */
#ifndef RPTY_EXIT_STATUS_H
#define RPTY_EXIT_STATUS_H

#include <errno.h>

/* `error`: the errno of exec. */
static inline int exit_status_of(int error)
{
    return error == ENOENT ? 127 : 126;
}

#endif
