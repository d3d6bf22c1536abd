/* The names by which programs open their terminal. */
#ifndef RPTY_PATH_H
#define RPTY_PATH_H

#include <stdbool.h>

enum path_kind { PATH_OTHER, PATH_DEV_TTY, PATH_TERMINAL_NAME, PATH_DESCRIPTOR };

/* `fd` is set for PATH_DESCRIPTOR: /dev/stdin and its like, /dev/fd/N, /proc/self/fd/N. */
enum path_kind path_kind(const char *path, int *fd);

/* Whether it is just a number, as descriptors are called in their folder. */
bool path_is_number(const char *path);

/* Whether it is the terminal's own name, which is that of no file. */
bool path_names_terminal(const char *path);

/* What on the host is asked of in a path's place: of the terminal's name the input's FIFO, of the folder in
 * which the name seems to be /dev; else the path itself. `room`: RUNTIME_PATH_SIZE bytes. */
const char *path_on_host(const char *path, char *room);

/* Writes the input FIFO's path, by which it can be reached, to `path` (RUNTIME_PATH_SIZE bytes), and returns it. */
const char *path_of_input(char *path);

#endif
