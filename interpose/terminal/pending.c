#include "terminal/pending.h"

#include <errno.h>
#include <sys/ioctl.h>

#include "terminal/read_plan.h"
#include "terminal/syscalls.h"

static long in_fifo(int input)
{
    int count = 0;
    long failed = OWN_IOCTL(input, FIONREAD, &count);
    return failed < 0 ? failed : count;
}

long pending_count(const struct terminal *terminal)
{
    if (state_hung_up(terminal->page))
        return -EIO;
    struct borrowed input = terminal_input(terminal);
    if (input.fd < 0)
        return input.fd;
    long count = in_fifo(input.fd);
    terminal_give_back(input);
    return count < 0 ? count : count + (long)PAGE_WORD(terminal->page, held);
}

bool pending_polls_ready(const struct terminal *terminal, int input)
{
    struct state state;
    if (state_hung_up(terminal->page) || PAGE_WORD(terminal->page, eof))
        return true;
    long count = in_fifo(input);
    if (count <= 0 || terminal_state(terminal, &state))
        return false;
    return read_plan_polls_ready(&state.termios, (size_t)count + PAGE_WORD(terminal->page, held));
}
