/* A system call that a program made and the kernel told the keeper of: what it points to, and the program's
 * descriptors. The caller waits meanwhile. */
#ifndef RPTY_KEEPER_CALL_H
#define RPTY_KEEPER_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "terminal/outcome.h"

struct call {
    int listener;
    uint64_t id;
    pid_t thread; /* as our PID namespace numbers it */
    int number;
    uint64_t arguments[6];
    bool apart; /* it is answered in a thread of its own, which nobody else waits for */
};

/* Whether the caller still waits. */
bool call_is_valid(const struct call *call);

/* Ends the call. -> whether it was still there */
bool call_answer(const struct call *call, long result);

/* The same with a new descriptor, that `ours` becomes there: number `there`, or any if that is -1, or
 * above the caller's limit. `flags`: O_CLOEXEC or 0. */
bool call_answer_descriptor(const struct call *call, int ours, int there, int flags);

/* The process of the calling thread. */
pid_t call_process(const struct call *call);

/* The user whose rights the calling thread has. In the thread that hears the calls. */
uid_t call_user(const struct call *call);

/* Copies of the caller's memory. -> whether all of it could be copied */
bool call_read(const struct call *call, uint64_t from, void *to, size_t size);
bool call_write(const struct call *call, uint64_t to, const void *from, size_t size);

/* A descriptor of the caller's as one of ours, for our use only; by the same open file where that is allowed, else by
 * the same file. To touch it may take for ever, where the caller is hostile. -> -errno: -EBADF, also for one that was
 * opened with O_PATH, which shows no right to the file; or the caller keeps us out */
int call_descriptor(const struct call *call, int fd);

/* Whether the caller has a descriptor of this number. */
bool call_has_descriptor(const struct call *call, int fd);

#endif
