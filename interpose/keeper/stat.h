/* What programs of their own system calls see of the terminal by fstat: a character device. */
#ifndef RPTY_KEEPER_STAT_H
#define RPTY_KEEPER_STAT_H

#include "keeper/call.h"
#include "terminal/terminal.h"

/* Performs fstat, or newfstatat or statx without a path, on the terminal. -> the call's result */
long keeper_stat(const struct call *call, const struct terminal *terminal);

#endif
