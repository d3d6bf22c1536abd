#include "terminal/caller.h"

#include <stdatomic.h>

#include "terminal/syscalls.h"

/* Lost at an exec, where the kernel's process would stay without. */
static atomic_bool left_session;

pid_t caller(void)
{
    return 0;
}

pid_t caller_number(void)
{
    return (pid_t)SYS(getpid, 0);
}

enum rpty_via caller_asks_via(void)
{
    return RPTY_VIA_ITSELF;
}

void caller_set_left_session(bool left)
{
    atomic_store_explicit(&left_session, left, memory_order_relaxed);
}

bool caller_has_left_session(void)
{
    return atomic_load_explicit(&left_session, memory_order_relaxed);
}
