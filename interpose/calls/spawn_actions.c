/* posix_spawn's file action of tcsetpgrp: done by us when the child is there. */
#include "calls/spawn_actions.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "library/export.h"
#include "library/real.h"
#include "terminal/change.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

/* Actions that ask for tcsetpgrp and have not been destroyed yet: a shell has one at a time. */
#define SLOTS 16
#define SIGNAL_SET_SIZE 8

static struct {
    _Atomic(const void *) actions;
    int fd;
} asking[SLOTS];

static int find(const void *actions)
{
    for (int slot = 0; slot < SLOTS; slot++) {
        if (atomic_load(&asking[slot].actions) == actions)
            return slot;
    }
    return -1;
}

static bool keep(const void *actions, int fd)
{
    for (int slot = 0; slot < SLOTS; slot++) {
        const void *nothing = NULL;
        if (atomic_compare_exchange_strong(&asking[slot].actions, &nothing, actions)) {
            asking[slot].fd = fd;
            return true;
        }
    }
    return false;
}

static void forget(const void *actions)
{
    int slot = find(actions);
    if (slot >= 0)
        atomic_store(&asking[slot].actions, NULL);
}

/* The child may have stopped meanwhile, as a background process that reads does. */
static void bring_to_front(const struct terminal *terminal, int32_t group)
{
    uint64_t block = 1ull << (SIGTTOU - 1), before = 0;
    SYS(rt_sigprocmask, SIG_BLOCK, &block, &before, SIGNAL_SET_SIZE);
    if (change_set_foreground(terminal, &group) == 0)
        SYS(kill, -group, SIGCONT);
    SYS(rt_sigprocmask, SIG_SETMASK, &before, NULL, SIGNAL_SET_SIZE);
}

void spawn_bring_to_front(const posix_spawn_file_actions_t *actions, pid_t child)
{
    struct terminal terminal;
    int slot = actions ? find(actions) : -1;
    if (slot >= 0 && terminal_find(asking[slot].fd, &terminal))
        bring_to_front(&terminal, (int32_t)SYS(getpgid, child));
}

EXPORT int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
    forget(actions);
    return real()->posix_spawn_file_actions_init(actions);
}

EXPORT int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
    forget(actions);
    return real()->posix_spawn_file_actions_destroy(actions);
}

int posix_spawn_file_actions_addtcsetpgrp_np(posix_spawn_file_actions_t *actions, int fd);

/* glibc's from 2.35. A descriptor that will be the terminal only in the child is left to it, and fails. */
EXPORT int posix_spawn_file_actions_addtcsetpgrp_np(posix_spawn_file_actions_t *actions, int fd)
{
    struct terminal terminal;
    if (terminal_find(fd, &terminal) && keep(actions, fd))
        return 0;
    if (real()->posix_spawn_file_actions_addtcsetpgrp_np)
        return real()->posix_spawn_file_actions_addtcsetpgrp_np(actions, fd);
    return ENOSYS;
}
