/* What /proc tells of a process or a thread (proc(5)). */
#ifndef RPTY_KEEPER_PROC_H
#define RPTY_KEEPER_PROC_H

#include <stddef.h>
#include <sys/types.h>

/* Reads the beginning of a file in its folder, and ends it by NUL; empty where that can't be known. */
void proc_read(pid_t process, const char *name, char *text, size_t size);

#endif
