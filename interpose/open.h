/* Opening the terminal by one of its names. */
#ifndef RPTY_OPEN_H
#define RPTY_OPEN_H

#define OPEN_NOT_OURS (-4095L)

/* -> a descriptor, -errno, or OPEN_NOT_OURS: the path is not the terminal's */
long open_terminal(const char *path, int flags);

#endif
