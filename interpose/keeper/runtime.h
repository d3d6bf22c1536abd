/* Tells what the keeper shares with the library (runtime.h) where the session's files are. */
#ifndef RPTY_KEEPER_RUNTIME_H
#define RPTY_KEEPER_RUNTIME_H

#include "terminal/runtime.h"

/* By the library's path. -> false: it is none */
bool keeper_runtime_set(const char *library);

/* The runtime directory itself, with a slash at its end. */
const char *keeper_runtime_root(void);

/* The page, once it is mapped. */
void keeper_runtime_map(const struct rpty_page *mapped);

#endif
