/* Where the slave's things are: the runtime directory, found by our own entry in LD_PRELOAD, and the state
 * page in it. */
#ifndef RPTY_RUNTIME_H
#define RPTY_RUNTIME_H

#include <stdbool.h>

#include "page.h"

/* Long enough for every directory in which the control socket can be bound (108 bytes of path). */
#define RUNTIME_PATH_SIZE 128

/* Whether there is a runtime directory at all; if not, every call is the C library's. */
bool runtime_present(void);

/* From now on there is none. */
void runtime_forget(void);

/* From now on it is the one of that name beside it, whose page has been mapped; our entry stays. -> false: its
 * path would be too long */
bool runtime_move(const char *name, const struct rpty_page *page);

/* Whether that is a state page, and one that we understand. */
bool runtime_is_page(const struct rpty_page *page);

/* Our entry in LD_PRELOAD, as it was when the program started; empty: none. */
const char *runtime_entry(void);

/* Writes DIRECTORY/name to `path` (RUNTIME_PATH_SIZE bytes). */
void runtime_path(const char *name, char *path);

/* The state page, mapped at the first need; NULL: there is none, or it is not one we understand. */
const struct rpty_page *runtime_page(void);

/* The state page if it is mapped already; NULL where nothing has asked for it yet. */
const struct rpty_page *runtime_page_if_mapped(void);

#endif
