/* Tells what the keeper shares with the library (runtime.h) where the session's things are. */
#ifndef RPTY_KEEPER_RUNTIME_H
#define RPTY_KEEPER_RUNTIME_H

#include "runtime.h"

void keeper_runtime_set(const char *directory, const struct rpty_page *page);

#endif
