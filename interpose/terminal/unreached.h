/* Which programs make their system calls themselves, past every preload. */
#ifndef RPTY_UNREACHED_H
#define RPTY_UNREACHED_H

#include <stdbool.h>
#include <stddef.h>

/* An executable without a loader, or of Go's or Rust's making; not one that would lose by no_new_privs (set-uid,
 * set-gid, capabilities), not one that can't be read or that has the interposer linked in, and no script. */
bool unreached_program(int fd);

/* Where a search for `file` in `places` (PATH's value, or NULL) finds something to execute: itself or `path`, of
 * `size` bytes; NULL: nowhere. */
const char *unreached_find(const char *file, const char *places, char *path, size_t size);

#endif
