/* What LD_PRELOAD says: where our entry is, and how an environment keeps it. Pure. */
#ifndef RPTY_PRELOAD_H
#define RPTY_PRELOAD_H

#include <stdbool.h>
#include <stddef.h>

#define PRELOAD_VARIABLE "LD_PRELOAD="

struct text {
    const char *start;
    size_t length;
};

/* The value of a variable in an environment; NULL: not there. `assignment` is its name and "=". */
const char *environment_value(char *const environment[], const char *assignment);

/* The value of LD_PRELOAD in an environment; NULL: not there. The last one counts for neither C library:
 * both take the first. */
const char *preload_value(char *const environment[]);

/* The first entry of an LD_PRELOAD value that names librpty.so by a path; length 0: none. */
struct text preload_find(const char *value);

/* `removed` (environment_count + 1 places) becomes the environment without the entries of LD_PRELOAD that name
 * librpty.so; `variable` (as long as the old one) holds what is left of it, and goes where nothing is. */
void preload_remove(char *const environment[], char *variable, char **removed);

/* How many strings an environment has. */
size_t environment_count(char *const environment[]);

/* What preload_merge needs for its variable, the ending NUL included. */
size_t preload_merged_size(char *const environment[], const char *entry);

/* `merged` (environment_count + 2 places) becomes the environment with our entry put first in LD_PRELOAD
 * and what was there kept behind it; `variable` holds the new string. */
void preload_merge(char *const environment[], const char *entry, char *variable, char **merged);

#endif
