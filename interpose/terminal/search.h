/* Where a program of a name lies (execvp(3)). */
#ifndef RPTY_SEARCH_H
#define RPTY_SEARCH_H

#include <stddef.h>

/* Where a search for `file` in `places` (PATH's value, or NULL) finds something to execute: itself or `path`, of
 * `size` bytes; NULL: nowhere. */
const char *search_find(const char *file, const char *places, char *path, size_t size);

#endif
