/* What job control asks about other processes. */
#ifndef RPTY_PROCESS_H
#define RPTY_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether no member of the caller's process group has a parent in the same session but another group: then
 * nobody would continue it, and the kernel does not stop it. Without /proc only the caller's own parent is
 * looked at. */
bool process_group_is_orphaned(pid_t group);

/* The parent's number in the text of /proc/PID/stat; 0: not to be found there, or the process has ended, and
 * its parent can continue nobody. */
pid_t process_parent_in(const char *text);

#endif
