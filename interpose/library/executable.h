/* Whether the loader would take our preload for a program. Where it can't, it says so aloud, and goes on. */
#ifndef RPTY_EXECUTABLE_H
#define RPTY_EXECUTABLE_H

#include <stdbool.h>

/* For a path as execveat takes it. What can't be looked at (a program that may be run but not read) is taken to
 * be like us. */
bool executable_takes_preload(int directory, const char *path);

/* For a name as execvp takes it: the first of that name in PATH. */
bool executable_found_takes_preload(const char *name);

/* The same for an ELF header's beginning, as far as it was read. Pure. */
bool executable_is_like_us(const unsigned char *header, long size);

#endif
