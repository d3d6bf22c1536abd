/* Pointers that programs give, looked at before they are used: where the kernel would say EFAULT, so do we. */
#ifndef RPTY_USER_MEMORY_H
#define RPTY_USER_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where no program has memory: NULL and what is near it, and the kernel's half. For calls that are too
 * frequent to look any closer. */
static inline bool user_is_nowhere(const void *at)
{
    return (uintptr_t)at < 65536 || (intptr_t)at < 0;
}

/* Both for what lies within two pages. What is near the caller's own frame, as nearly all of it is, costs
 * nothing; anything else a system call or two. */
bool user_can_read(const void *at, size_t size);
bool user_can_write(void *at, size_t size); /* eight bytes or more */

/* Copies, or -EFAULT. -> 0. `pipe` is any descriptor of a pipe. */
long user_put(void *to, const void *from, size_t size);
long user_put_int(int pipe, void *to, int value);
long user_get(void *to, const void *from, size_t size);

#endif
