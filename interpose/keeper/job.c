/* job.h and admin.h for the caller that the keeper answers for: what the library asks of its own process, asked of
 * another's by /proc. */
#include "terminal/job.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "terminal/admin.h"
#include "terminal/caller.h"
#include "keeper/call.h"
#include "keeper/job.h"
#include "keeper/proc.h"
#include "terminal/process.h"
#include "terminal/runtime.h"
#include "terminal/state.h"
#include "terminal/terminal.h"

#define STATUS_SIZE 4096 /* of /proc/PID/status */

_Thread_local pid_t keeper_caller;
_Thread_local pid_t keeper_caller_thread;

/* What a status file says of a process. */
struct signals {
    int threads;
    uint64_t pending, blocked, ignored, caught;
};

static uint64_t field(const char *text, const char *name, int base)
{
    const char *line = strstr(text, name);
    return line ? strtoull(line + strlen(name), NULL, base) : 0;
}

static struct signals signals_of(pid_t thread)
{
    char text[STATUS_SIZE];
    proc_read(thread, "status", text, sizeof text);
    return (struct signals){
        .threads = (int)field(text, "\nThreads:", 10),
        .pending = field(text, "\nSigPnd:", 16) | field(text, "\nShdPnd:", 16),
        .blocked = field(text, "\nSigBlk:", 16),
        .ignored = field(text, "\nSigIgn:", 16),
        .caught = field(text, "\nSigCgt:", 16),
    };
}

static bool is_of_our_namespace(pid_t thread)
{
    char path[40];
    struct stat namespace;
    snprintf(path, sizeof path, "/proc/%d/ns/user", thread);
    return stat(path, &namespace) == 0 && namespace.st_ino == runtime_page()->user_namespace;
}

bool caller_is_admin(void)
{
    char text[STATUS_SIZE];
    if (!is_of_our_namespace(keeper_caller_thread))
        return false;
    proc_read(keeper_caller_thread, "status", text, sizeof text);
    return field(text, "\nCapEff:", 16) >> CAP_SYS_ADMIN & 1;
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
        syscall(SYS_tgkill, keeper_caller, keeper_caller_thread, signal);
    kill(-group, signal);
    return caught && signals->threads > 1 ? -EINTR : CALL_STARTS_AGAIN;
}

long job_check(const struct rpty_page *page, int signal)
{
    pid_t group = getpgid(keeper_caller);
    pid_t foreground = PAGE_WORD(page, foreground);
    if (foreground == 0 || foreground == group || group < 0 || !terminal_controls_us(page))
        return 0;
    struct signals signals = signals_of(keeper_caller_thread);
    if (has(signals.blocked | signals.ignored, signal))
        return signal == SIGTTIN ? -EIO : 0;
    if (process_group_is_orphaned(group))
        return -EIO;
    return tell(group, signal, &signals);
}

/* With threads another one may take it: then this call would have nothing to be made again for. */
long job_interruption(void)
{
    struct signals signals = signals_of(keeper_caller_thread);
    if (!(signals.pending & ~signals.blocked))
        return 0;
    return signals.threads > 1 ? -EINTR : CALL_STARTS_AGAIN;
}
