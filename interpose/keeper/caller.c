#include "keeper/caller.h"

static _Thread_local pid_t process_now, thread_now;

void caller_is(pid_t process, pid_t thread)
{
    process_now = process;
    thread_now = thread;
}

pid_t caller_thread(void)
{
    return thread_now;
}

pid_t caller(void)
{
    return process_now;
}

pid_t caller_number(void)
{
    return process_now;
}

/* They are the keeper's, which is in the slave's namespace. */
bool caller_shares_numbers(const struct rpty_page *page)
{
    (void)page;
    return true;
}

enum rpty_via caller_asks_via(void)
{
    return RPTY_VIA_KEEPER;
}

/* The keeper answers for many programs, and remembers nothing about them. */
void caller_set_left_session(bool left)
{
    (void)left;
}

bool caller_has_left_session(void)
{
    return false;
}
