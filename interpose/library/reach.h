/* The way to programs that the preload can't reach: where the session is not under a filter as a whole, those
 * that need one are started by way of the keeper (reach_start.c). */
#ifndef RPTY_REACH_H
#define RPTY_REACH_H

#include <stdbool.h>

/* Starting a program, by exec or by spawning. -> 0, or else if it failed */
typedef long reach_start(const char *path, char *const arguments[], void *how);

/* Calls `start` with the library and the arguments that make it become `path`, if `path` needs that and is
 * there. -> whether the program was started; where exec starts it, this comes back only if not. */
bool reach_try(const char *path, char *const arguments[], reach_start *start, void *how);

/* The same where `file` is searched for as execvp does. */
bool reach_try_found(const char *file, char *const arguments[], reach_start *start, void *how);

#endif
