#include "terminal/state.h"

static bool try_read(const struct rpty_page *page, struct state *state)
{
    uint32_t before = PAGE_WORD(page, sequence);
    if (before & 1)
        return false;
    state->winsize = *(const volatile struct rpty_winsize *)&page->winsize;
    state->termios = *(const volatile struct rpty_termios *)&page->termios;
    atomic_thread_fence(memory_order_acquire);
    return PAGE_WORD(page, sequence) == before;
}

bool state_read(const struct rpty_page *page, struct state *state)
{
    for (int tries = 0; tries < STATE_TRIES; tries++) {
        if (try_read(page, state))
            return true;
    }
    return false;
}
