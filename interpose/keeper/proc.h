/* What /proc tells of a process or a thread (proc(5)). */
#ifndef RPTY_KEEPER_PROC_H
#define RPTY_KEEPER_PROC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads the beginning of a file in its folder, and ends it by NUL; empty where that can't be known. */
void proc_read(pid_t process, const char *name, char *text, size_t size);

#define PROC_STATUS_SIZE 4096 /* of a whole status file */

/* A number in a status file: behind `name`, which begins with a newline. 0: there is none. */
uint64_t proc_field(const char *text, const char *name, int base);

#endif
