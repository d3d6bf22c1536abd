/* The sequence lock: a reader never sees half of a change, and gives up on a writer that stays. */
#include <pthread.h>

#include "testing/check.h"
#include "terminal/state.c"

static struct rpty_page page;
static atomic_bool done;

/* Each state is of one number throughout. */
static void write_state(uint16_t number)
{
    __atomic_store_n(&page.sequence, page.sequence + 1, __ATOMIC_SEQ_CST);
    page.winsize = (struct rpty_winsize){number, number, number, number};
    memset(&page.termios, number & 0xff, sizeof page.termios);
    __atomic_store_n(&page.sequence, page.sequence + 1, __ATOMIC_SEQ_CST);
}

static void *write_on(void *unused)
{
    for (uint16_t number = 1; !atomic_load(&done); number++)
        write_state(number);
    return unused;
}

static bool is_whole(const struct state *state)
{
    const uint8_t *bytes = (const uint8_t *)&state->termios;
    for (size_t i = 0; i < sizeof state->termios; i++) {
        if (bytes[i] != (state->winsize.rows & 0xff))
            return false;
    }
    return state->winsize.rows == state->winsize.ypixel;
}

#define READS 20000

static void race(void)
{
    pthread_t writer;
    struct state state;
    int whole = 0, read = 0;
    write_state(0);
    pthread_create(&writer, NULL, write_on, NULL);
    while (read < READS) {
        if (!state_read(&page, &state))
            continue;
        read++;
        whole += is_whole(&state);
    }
    atomic_store(&done, true);
    pthread_join(writer, NULL);
    check_number("whole states", READS, whole);
}

int main(void)
{
    struct state state;
    race();
    page.sequence |= 1;
    check_number("a writer that stays", false, state_read(&page, &state));
    page.sequence++;
    check_number("and has gone", true, state_read(&page, &state));
    return checks_done();
}
