/* The session's files, found by our own entry in LD_PRELOAD (place.h), and the state page among them. */
#ifndef RPTY_RUNTIME_H
#define RPTY_RUNTIME_H

#include <stdbool.h>

#include "terminal/page.h"
#include "terminal/place.h"

#define RUNTIME_PATH_SIZE PLACE_SIZE

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

/* Whether a program that is started now would load this very library by that entry. In another root, or where the
 * session is over, it is not there; and what somebody else has put in its place must not be loaded. */
bool runtime_library_is_there(void);

/* Writes the path of a file to `path` (RUNTIME_PATH_SIZE bytes): of one that only the session's user may reach, and
 * of one that lies beside the library. */
void runtime_path(const char *name, char *path);
void runtime_shared_path(const char *name, char *path);

/* Whether what lies beside the library is known: of a session that was adopted it is not (adopt.h). */
bool runtime_has_shared(void);

/* Writes the path of the directory in which sessions' directories lie. */
void runtime_parent(char *path);

/* The state page, mapped at the first need; NULL: there is none, or it is not one we understand. */
const struct rpty_page *runtime_page(void);

/* The state page if it is mapped already; NULL where nothing has asked for it yet. */
const struct rpty_page *runtime_page_if_mapped(void);

#endif
