/* Opening the terminal by one of its names. Opened for reading it is its input FIFO; for writing, its output; for both, the
 * output too, whose reads go to the input (terminal_is_one_way tells the two apart). */
#ifndef RPTY_OPEN_H
#define RPTY_OPEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "terminal/outcome.h"

/* -> a descriptor, -errno, or NOT_OURS: the path is not the terminal's */
long open_terminal(const char *path, int flags);

/* Whether the path is one by which this process may open the terminal. */
bool open_is_terminals(const char *path);

/* openat, with errno. */
int open_any(int directory, const char *path, int flags, mode_t mode);

#endif
