#include "terminal/caller.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>

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

/* Not remembered: a child may be in another namespace, and have any number. */
bool caller_shares_numbers(const struct rpty_page *page)
{
    struct stat namespace;
    return page->pid_namespace == 0 ||
           SYS(newfstatat, AT_FDCWD, "/proc/self/ns/pid", &namespace, 0) < 0 ||
           namespace.st_ino == page->pid_namespace;
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
