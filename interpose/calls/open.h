/* Opening the terminal by one of its names. */
#ifndef RPTY_OPEN_H
#define RPTY_OPEN_H

#include <stdbool.h>
#include <sys/types.h>

#define OPEN_NOT_OURS (-4095L)

#define DEV_TTY 0x500u /* makedev(5, 0) */

/* -> a descriptor, -errno, or OPEN_NOT_OURS: the path is not the terminal's */
long open_terminal(const char *path, int flags);

/* Whether the path is one by which this process may open the terminal. */
bool open_is_terminals(const char *path);

/* openat, with errno. */
int open_any(int directory, const char *path, int flags, mode_t mode);

#endif
