#include "terminal/job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "terminal/control.h"
#include "terminal/process.h"
#include "terminal/state.h"
#include "terminal/syscalls.h"
#include "terminal/terminal.h"

/* The kernel's struct sigaction, alike on both architectures. */
struct kernel_sigaction {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

#define SIGNAL_SET_SIZE 8

static struct kernel_sigaction action_of(int signal)
{
    struct kernel_sigaction action = {0};
    SYS(rt_sigaction, signal, NULL, &action, SIGNAL_SET_SIZE);
    return action;
}

static bool is_blocked(int signal)
{
    uint64_t mask = 0;
    SYS(rt_sigprocmask, SIG_BLOCK, NULL, &mask, SIGNAL_SET_SIZE);
    return mask >> (signal - 1) & 1;
}

static bool is_background(const struct rpty_page *page, pid_t group)
{
    pid_t foreground = PAGE_WORD(page, foreground);
    if (foreground == 0 || foreground == group)
        return false;
    enum terminal_tie tie = terminal_tie(page);
    return tie == TIE_FROM_OUTSIDE ? control_ask(-1, RPTY_GET_JOB, RPTY_JOB_IS_IN_FRONT) == 0
                                   : tie == TIE_OF_SESSION;
}

/* A stopped process looks again when it goes on; so does one whose handler asks for a restart. */
static bool ends_the_call(int signal)
{
    struct kernel_sigaction action = action_of(signal);
    return action.handler != SIG_DFL && action.handler != SIG_IGN && !(action.flags & SA_RESTART);
}

long job_check(const struct rpty_page *page, int signal)
{
    pid_t group = (pid_t)SYS(getpgid, 0);
    while (is_background(page, group)) {
        if (is_blocked(signal) || action_of(signal).handler == SIG_IGN)
            return signal == SIGTTIN ? -EIO : 0;
        if (process_group_is_orphaned(group))
            return -EIO;
        SYS(kill, -group, signal);
        if (ends_the_call(signal))
            return -EINTR;
        group = (pid_t)SYS(getpgid, 0);
    }
    return 0;
}
