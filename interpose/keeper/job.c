/* terminal/job.h for the caller that the keeper answers for: what the library asks of its own process is asked of another
 * one by /proc. */
#include "terminal/job.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keeper/call.h"
#include "keeper/caller.h"
#include "keeper/job.h"
#include "keeper/proc.h"
#include "terminal/process.h"
#include "terminal/runtime.h"
#include "terminal/state.h"
#include "terminal/terminal.h"

/* What a status file says of a process. */
struct signals {
    int threads;
    uint64_t pending, blocked, ignored, caught;
};

static struct signals signals_of(pid_t thread)
{
    char text[PROC_STATUS_SIZE];
    proc_read(thread, "status", text, sizeof text);
    return (struct signals){
        .threads = (int)proc_field(text, "\nThreads:", 10),
        .pending = proc_field(text, "\nSigPnd:", 16) | proc_field(text, "\nShdPnd:", 16),
        .blocked = proc_field(text, "\nSigBlk:", 16),
        .ignored = proc_field(text, "\nSigIgn:", 16),
        .caught = proc_field(text, "\nSigCgt:", 16),
    };
}

static bool has(uint64_t set, int signal)
{
    return set >> (signal - 1) & 1;
}

/* The calling thread itself must find a signal pending, or it would not make its call again. Where only the
 * group is told, another thread may take it; so a thread whose process would stop is told, too: the second
 * of both vanishes when the process goes on. A handler would run twice: there, with threads, EINTR. */
static long tell(pid_t group, int signal, const struct signals *signals)
{
    bool caught = has(signals->caught, signal);
    if (!caught)
        syscall(SYS_tgkill, caller(), caller_thread(), signal);
    kill(-group, signal);
    return caught && signals->threads > 1 ? -EINTR : CALL_STARTS_AGAIN;
}

long job_check(const struct rpty_page *page, int signal)
{
    pid_t group = getpgid(caller());
    pid_t foreground = PAGE_WORD(page, foreground);
    if (foreground == 0 || foreground == group || group < 0 || !terminal_controls_us(page))
        return 0;
    struct signals signals = signals_of(caller_thread());
    if (has(signals.blocked | signals.ignored, signal))
        return signal == SIGTTIN ? -EIO : 0;
    if (process_group_is_orphaned(group))
        return -EIO;
    return tell(group, signal, &signals);
}

/* With threads another one may take it: then this call would have nothing to be made again for. */
long job_interruption(void)
{
    struct signals signals = signals_of(caller_thread());
    if (!(signals.pending & ~signals.blocked))
        return 0;
    return signals.threads > 1 ? -EINTR : CALL_STARTS_AGAIN;
}
