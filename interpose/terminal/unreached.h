/* Which programs make their system calls themselves, past every preload. */
#ifndef RPTY_UNREACHED_H
#define RPTY_UNREACHED_H

#include <stdbool.h>

/* An executable without a loader, or of Go's or Rust's making; not one that would lose by no_new_privs (set-uid,
 * set-gid, capabilities), not one that can't be read or that has the interposer linked in, and no script. */
bool unreached_program(int fd);

#endif
