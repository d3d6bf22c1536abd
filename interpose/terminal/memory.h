/* The memory and string functions of this library: its own, hidden. Its unit tests, which are ordinary
 * programs, use the C library's. */
#ifndef RPTY_MEMORY_H
#define RPTY_MEMORY_H

#if __STDC_HOSTED__
#include <string.h>
#else

#include <stddef.h>

#pragma GCC visibility push(hidden)
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *one, const void *other, size_t length);
size_t strlen(const char *text);
int strcmp(const char *one, const char *other);
int strncmp(const char *one, const char *other, size_t length);
#pragma GCC visibility pop

#endif

#endif
