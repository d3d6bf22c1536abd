/* The session's files as a program finds them: by our own entry in LD_PRELOAD (preload.h). */
#ifndef RPTY_LIBRARY_RUNTIME_H
#define RPTY_LIBRARY_RUNTIME_H

#include "terminal/runtime.h"

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

/* Writes the path of the directory in which sessions' directories lie. */
void runtime_parent(char *path);

#endif
