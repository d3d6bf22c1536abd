/* Where the session's files lie, by the path of the library, which is all that a program is told. Pure.
 *
 *   PARENT/rpty-XXXXXXXX/own/…               what only the session's user may reach
 *   PARENT/rpty-XXXXXXXX/SECRET/librpty.so   what all programs of the session may */
#ifndef RPTY_PLACE_H
#define RPTY_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/* Long enough for every directory in which the sockets can be bound (108 bytes of path). */
#define PLACE_SIZE 128

struct place { /* directories, with a slash at their ends */
    char root[PLACE_SIZE];
    char own[PLACE_SIZE];
    char shared[PLACE_SIZE];
};

/* -> false: that is no path of the library's */
bool place_of(const char *library, size_t length, struct place *place);

/* Writes DIRECTORY with a name behind it to `path` (PLACE_SIZE bytes). */
void place_path(const char *directory, const char *name, char *path);

/* Writes the path of the directory in which the runtime directory lies to `path`. */
void place_parent(const struct place *place, char *path);

/* The place becomes another runtime directory, of that name, beside this one. What is shared there is not known.
 * -> false: its path would be too long */
bool place_move(struct place *place, const char *name);

#endif
