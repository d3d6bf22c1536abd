/* The session's files (place.h), and the state page among them. library/runtime.c and keeper/runtime.c implement this. */
#ifndef RPTY_RUNTIME_H
#define RPTY_RUNTIME_H

#include <stdbool.h>

#include "terminal/page.h"
#include "terminal/place.h"

#define RUNTIME_PATH_SIZE PLACE_SIZE

/* Whether there is a runtime directory at all; if not, every call is the C library's. */
bool runtime_present(void);

/* Writes the path of a file to `path` (RUNTIME_PATH_SIZE bytes): of one that only the session's user may reach, and
 * of one that lies beside the library. */
void runtime_path(const char *name, char *path);
void runtime_shared_path(const char *name, char *path);

/* Whether what lies beside the library is known: of a session that was adopted it is not (adopt.h). */
bool runtime_has_shared(void);

/* The state page, mapped at the first need; NULL: there is none, or it is not one we understand. */
const struct rpty_page *runtime_page(void);

/* The state page if it is mapped already; NULL where nothing has asked for it yet. */
const struct rpty_page *runtime_page_if_mapped(void);

#endif
