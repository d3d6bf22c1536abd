/* A probe of job control: makes each call in each situation, and writes the outcome to a file, one line a
 * case. It leads a session whose controlling terminal is its standard streams, under a kernel pty or under rpty:
 *
 *     background/default/tcflush-input: stopped SIGTTOU, then 0
 *     └ who calls ─────┘ └ the call ──┘ └ what the caller's parent and the caller saw
 *
 * usage: job_control_probe FILE          all cases
 *        job_control_probe FILE leave    ends, and leaves survivors, which tell what became of them
 *        job_control_probe FILE wait     says "ready", and waits with others until the terminal is gone
 *
 * A caller that was stopped is brought to the front and continued. Nothing waits for time to pass, and every
 * wait is bounded. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "terminal_name.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { PATIENCE_MS = 10000 };

static int results;   /* the file */
static int quick;     /* the terminal, opened by name, not blocking */
static char name[64]; /* the terminal's */
static pid_t leader;  /* we: session and process group */
static pid_t foreign; /* leads another session and group */
static pid_t member;  /* of our group, without one of its own */
static pid_t dead;    /* was a process, and has been reaped */
static struct termios settings;
static struct winsize size;

static void check(int ok, const char *what)
{
    if (ok)
        return;
    dprintf(results, "broken: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- What a caller tells: text, through a pipe. */

static char told[512];

static void tell(const char *format, ...)
{
    va_list list;
    size_t length = strlen(told);
    va_start(list, format);
    vsnprintf(told + length, sizeof told - length, format, list);
    va_end(list);
}

static void tell_result(long result)
{
    int error = errno;
    if (result < 0)
        tell("%ld %s", result, strerrorname_np(error));
    else
        tell("%ld", result);
}

/* A process or group by what it is here, since numbers differ. */
static void tell_process(long process)
{
    if (process == leader)
        tell("the leader's");
    else if (process == getpgrp())
        tell("the caller's");
    else
        tell_result(process);
}

static volatile sig_atomic_t got[16], got_count;

static void note(int signal)
{
    if (got_count < (int)COUNT(got))
        got[got_count++] = signal;
}

static void tell_signals(void)
{
    for (int i = 0; i < got_count; i++)
        tell("%sSIG%s", i == 0 ? " with " : ",", sigabbrev_np(got[i]));
}

/* ---- The calls. */

static void set_lflag(tcflag_t on, tcflag_t off, int min)
{
    struct termios changed = settings;
    changed.c_lflag = (changed.c_lflag | on) & ~off;
    if (off & ICANON)
        changed.c_cc[VMIN] = (cc_t)min;
    check(tcsetattr(0, TCSANOW, &changed) == 0, "change the settings");
}

static void raw(void)
{
    set_lflag(0, ICANON, 0);
}

static void tostop(void)
{
    set_lflag(TOSTOP, 0, 0);
}

static long change_settings(int action)
{
    struct termios changed = settings;
    changed.c_lflag ^= ECHOK;
    return tcsetattr(0, action, &changed);
}

static char byte[1];

#define READS(function, ...)                                                                       \
    static void function(void)                                                                     \
    {                                                                                              \
        tell_result(__VA_ARGS__);                                                                  \
    }

READS(read_quick, read(quick, byte, 1))
READS(read_nothing, read(quick, byte, 0))
READS(read_input, read(0, byte, 1))
READS(read_output, read(1, byte, 1))
READS(readv_quick, readv(quick, &(struct iovec){byte, 1}, 1))
READS(write_output, write(1, "", 1))
READS(write_nothing, write(1, "", 0))
READS(write_input, write(0, "", 1))
READS(writev_output, writev(1, &(struct iovec){"", 1}, 1))
READS(fgets_quick, fgets((char[2]){0}, 2, stdin) ? 1 : ferror(stdin) ? -1 : 0)
READS(getchar_quick, getchar() != EOF ? 1 : ferror(stdin) ? -1 : 0)
READS(printf_output, printf(" ") < 0 || fflush(stdout) ? -1 : 1)
READS(dprintf_output, dprintf(1, " "))
READS(puts_errors, fputs(" ", stderr) == EOF ? -1 : 1)
READS(get_settings, tcgetattr(0, &(struct termios){0}))
READS(set_now, change_settings(TCSANOW))
READS(set_drain, change_settings(TCSADRAIN))
READS(set_flush, change_settings(TCSAFLUSH))
READS(set_same, tcsetattr(0, TCSANOW, &settings))
READS(set_badly, tcsetattr(0, 17, &settings))
READS(flush_input, tcflush(0, TCIFLUSH))
READS(flush_output, tcflush(0, TCOFLUSH))
READS(flush_both, tcflush(0, TCIOFLUSH))
READS(flush_badly, tcflush(0, 17))
READS(flow_on, tcflow(0, TCOON))
READS(flow_badly, tcflow(0, 17))
READS(send_break, tcsendbreak(0, 0))
READS(send_break_ioctl, ioctl(0, TCSBRK, 0))
READS(send_long_break, ioctl(0, TCSBRKP, 1))
READS(drain, tcdrain(1))
READS(get_size, ioctl(0, TIOCGWINSZ, &(struct winsize){0}))
READS(set_size, ioctl(0, TIOCSWINSZ, &(struct winsize){size.ws_row + 1, size.ws_col, 0, 0}))
READS(set_same_size, ioctl(0, TIOCSWINSZ, &size))
READS(pending, ioctl(0, FIONREAD, &(int){0}))
READS(get_discipline, ioctl(0, TIOCGETD, &(int){0}))
READS(poll_now, poll(&(struct pollfd){quick, POLLIN | POLLOUT, 0}, 1, 0))
READS(is_a_tty, isatty(0))
READS(names, ttyname(0) ? 1 : -1)
READS(group_none, tcsetpgrp(0, dead))
READS(group_zero, tcsetpgrp(0, 0))
READS(group_negative, tcsetpgrp(0, -1))
READS(group_foreign, tcsetpgrp(0, foreign))
READS(group_no_leaders, tcsetpgrp(0, member))
READS(group_own, tcsetpgrp(0, getpgrp()))
READS(group_leaders, tcsetpgrp(0, leader))
READS(group_on_null, tcsetpgrp(open("/dev/null", O_RDWR | O_CLOEXEC), getpgrp()))
READS(group_on_nothing, tcsetpgrp(1000, getpgrp()))
READS(group_nowhere, ioctl(0, TIOCSPGRP, NULL))
READS(take, ioctl(0, TIOCSCTTY, 0))
READS(give_up, ioctl(0, TIOCNOTTY, 0))

static void get_group(void)
{
    tell_process(tcgetpgrp(0));
}

static void get_session(void)
{
    tell_process(tcgetsid(0));
}

static void opened(int fd)
{
    int error = errno;
    if (fd >= 0)
        tell("opened%s", isatty(fd) ? " a terminal" : "");
    else
        tell("-1 %s", strerrorname_np(error));
    if (fd >= 0)
        close(fd);
}

static void open_controlling(void)
{
    opened(open("/dev/tty", O_RDWR));
}

static void open_name(void)
{
    opened(open(name, O_RDWR | O_NOCTTY));
}

struct call {
    const char *name;
    void (*make)(void);
    void (*prepare)(void); /* by the leader, before */
};

static const struct call calls[] = {
    {"read", read_quick, NULL},
    {"read-of-nothing", read_nothing, NULL},
    {"read-of-0", read_input, raw},
    {"read-of-1", read_output, raw},
    {"readv", readv_quick, NULL},
    {"write", write_output, NULL},
    {"write-tostop", write_output, tostop},
    {"write-nothing-tostop", write_nothing, tostop},
    {"write-to-0-tostop", write_input, tostop},
    {"writev-tostop", writev_output, tostop},
    {"fgets", fgets_quick, raw},
    {"getchar", getchar_quick, raw},
    {"printf-tostop", printf_output, tostop},
    {"dprintf-tostop", dprintf_output, tostop},
    {"fputs-tostop", puts_errors, tostop},
    {"tcgetattr", get_settings, NULL},
    {"tcsetattr-now", set_now, NULL},
    {"tcsetattr-drain", set_drain, NULL},
    {"tcsetattr-flush", set_flush, NULL},
    {"tcsetattr-same", set_same, NULL},
    {"tcsetattr-badly", set_badly, NULL},
    {"tcflush-input", flush_input, NULL},
    {"tcflush-output", flush_output, NULL},
    {"tcflush-both", flush_both, NULL},
    {"tcflush-badly", flush_badly, NULL},
    {"tcflow-on", flow_on, NULL},
    {"tcflow-badly", flow_badly, NULL},
    {"tcsendbreak", send_break, NULL},
    {"TCSBRK", send_break_ioctl, NULL},
    {"TCSBRKP", send_long_break, NULL},
    {"tcdrain", drain, NULL},
    {"TIOCGWINSZ", get_size, NULL},
    {"TIOCSWINSZ", set_size, NULL},
    {"TIOCSWINSZ-same", set_same_size, NULL},
    {"FIONREAD", pending, NULL},
    {"TIOCGETD", get_discipline, NULL},
    {"poll", poll_now, NULL},
    {"isatty", is_a_tty, NULL},
    {"ttyname", names, NULL},
    {"tcgetpgrp", get_group, NULL},
    {"tcgetsid", get_session, NULL},
    {"tcsetpgrp-own", group_own, NULL},
    {"tcsetpgrp-leaders", group_leaders, NULL},
    {"tcsetpgrp-member", group_no_leaders, NULL},
    {"tcsetpgrp-foreign", group_foreign, NULL},
    {"tcsetpgrp-dead", group_none, NULL},
    {"tcsetpgrp-zero", group_zero, NULL},
    {"tcsetpgrp-negative", group_negative, NULL},
    {"tcsetpgrp-on-null", group_on_null, NULL},
    {"tcsetpgrp-on-nothing", group_on_nothing, NULL},
    {"TIOCSPGRP-NULL", group_nowhere, NULL},
    {"TIOCSCTTY", take, NULL},
    {"TIOCNOTTY", give_up, NULL},
    {"open-dev-tty", open_controlling, NULL},
    {"open-name", open_name, NULL},
};

/* ---- Who calls. */

enum place { FOREGROUND, BACKGROUND, ORPHANED, OTHER_SESSION };
enum disposition { DEFAULT, IGNORED, BLOCKED, HANDLED, RESTARTED };

static const struct situation {
    const char *name;
    enum place place;
    enum disposition disposition;
} situations[] = {
    {"foreground", FOREGROUND, DEFAULT},         {"background/default", BACKGROUND, DEFAULT},
    {"background/ignored", BACKGROUND, IGNORED}, {"background/blocked", BACKGROUND, BLOCKED},
    {"background/handled", BACKGROUND, HANDLED}, {"background/restarted", BACKGROUND, RESTARTED},
    {"orphaned/default", ORPHANED, DEFAULT},     {"orphaned/ignored", ORPHANED, IGNORED},
    {"orphaned/handled", ORPHANED, HANDLED},     {"other-session", OTHER_SESSION, DEFAULT},
};

/* Comes to the front, and so lets the call go on that is restarted. */
static void come_to_front(int signal)
{
    note(signal);
    tcsetpgrp(0, getpgrp());
}

static void dispose(enum disposition disposition)
{
    static const int job_signals[] = {SIGTTIN, SIGTTOU};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < COUNT(job_signals); i++) {
        struct sigaction action = {.sa_handler = SIG_DFL};
        sigfillset(&action.sa_mask);
        if (disposition == IGNORED)
            action.sa_handler = SIG_IGN;
        if (disposition == HANDLED)
            action.sa_handler = note;
        if (disposition == RESTARTED) {
            action.sa_handler = come_to_front;
            action.sa_flags = SA_RESTART;
        }
        sigaction(job_signals[i], &action, NULL);
        sigaddset(&set, job_signals[i]);
    }
    sigprocmask(disposition == BLOCKED ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* A caller that has been started, and waits for the word. */
struct caller {
    pid_t pid;   /* our child */
    pid_t group; /* the caller's own */
    int go;      /* our end: a byte lets it make the call */
    int words;   /* what it tells, then its end */
};

/* Says that we are in our place, and waits for the word. */
static void await_word(int go, int words)
{
    char word;
    pid_t self = getpid();
    if (write(words, &self, sizeof self) != sizeof self || read(go, &word, 1) != 1)
        _exit(1);
}

/* What nothing ends is ended, and seen as that. */
static void bound(void)
{
    signal(SIGALRM, SIG_DFL);
    alarm(PATIENCE_MS / 1000);
}

static void speak(int words)
{
    if (write(words, told, strlen(told)) < 0)
        _exit(1);
    _exit(0);
}

static void await_byte(int fd)
{
    char word;
    check(read(fd, &word, 1) == 1, "hear of a child");
}

static struct caller fork_caller(int *go, int *words)
{
    int forth[2], back[2];
    check(pipe2(forth, O_CLOEXEC) == 0 && pipe2(back, O_CLOEXEC) == 0, "make pipes");
    pid_t pid = fork();
    check(pid >= 0, "fork");
    if (pid == 0) {
        close(forth[1]);
        close(back[0]);
    }
    *go = forth[0];
    *words = back[1];
    return (struct caller){pid, 0, forth[1], back[0]};
}

static void take_place(enum place place)
{
    if (place == ORPHANED && fork() > 0)
        _exit(0);
    bound();
    if (place == OTHER_SESSION)
        setsid();
    else
        setpgid(0, 0);
    signal(SIGHUP, SIG_DFL);
}

/* Runs `act` in a process of its own, in its place, when it is given the word. `watch`: it counts signals from
 * now on. An orphan's parent has ended when this comes back. */
static struct caller start_watching(enum place place, enum disposition disposition,
                                    void (*act)(void), void (*watch)(void))
{
    int go, words;
    struct caller caller = fork_caller(&go, &words);
    if (caller.pid > 0) {
        close(go);
        close(words);
        if (place == ORPHANED)
            check(waitpid(caller.pid, NULL, 0) == caller.pid, "wait for an orphan's parent");
        check(read(caller.words, &caller.group, sizeof caller.group) == sizeof caller.group,
              "hear of a caller");
        return caller;
    }
    take_place(place);
    told[0] = '\0';
    got_count = 0;
    if (watch)
        watch();
    await_word(go, words);
    if (!watch)
        dispose(disposition);
    act();
    tell_signals();
    speak(words);
    return caller;
}

static struct caller start(enum place place, enum disposition disposition, void (*act)(void))
{
    return start_watching(place, disposition, act, NULL);
}

static void front(pid_t group)
{
    check(tcsetpgrp(0, group) == 0, "bring a group to the front");
}

/* Brings a stopped caller to the front, until it has ended. */
static void attend(const struct caller *caller, char *seen, size_t room)
{
    int status;
    while (waitpid(caller->pid, &status, WUNTRACED) == caller->pid && WIFSTOPPED(status)) {
        size_t length = strlen(seen);
        snprintf(seen + length, room - length, "stopped SIG%s, then ",
                 sigabbrev_np(WSTOPSIG(status)));
        tcsetpgrp(0, caller->pid);
        kill(-caller->pid, SIGCONT);
    }
    if (WIFSIGNALED(status)) {
        size_t length = strlen(seen);
        snprintf(seen + length, room - length, "killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
    }
}

/* Adds what the caller tells until it ends. */
static void listen(const struct caller *caller, char *seen, size_t room)
{
    struct pollfd words = {caller->words, POLLIN, 0};
    for (;;) {
        size_t length = strlen(seen);
        if (poll(&words, 1, PATIENCE_MS) <= 0) {
            snprintf(seen + length, room - length, " and no end");
            return;
        }
        ssize_t count = read(caller->words, seen + length, room - 1 - length);
        if (count <= 0)
            return;
        seen[length + (size_t)count] = '\0';
    }
}

static void let_go(const struct caller *caller)
{
    check(write(caller->go, "", 1) == 1, "give the word");
    close(caller->go);
}

static void restore(void)
{
    check(tcgetsid(0) == leader, "keep the terminal");
    front(leader);
    check(tcsetattr(0, TCSANOW, &settings) == 0, "restore the settings");
    check(ioctl(0, TIOCSWINSZ, &size) == 0, "restore the size");
}

static void report(const char *of, const char *what, const char *seen)
{
    dprintf(results, "%s%s%s: %s\n", of, *what ? "/" : "", what, seen);
}

static void ask(const struct situation *situation, const struct call *call)
{
    char seen[1024] = "";
    if (call->prepare)
        call->prepare();
    struct caller caller = start(situation->place, situation->disposition, call->make);
    if (situation->place == FOREGROUND)
        front(caller.pid);
    let_go(&caller);
    if (situation->place != ORPHANED)
        attend(&caller, seen, sizeof seen);
    listen(&caller, seen, sizeof seen);
    close(caller.words);
    report(situation->name, call->name, seen);
    restore();
}

/* ---- Situations that have more than one call. */

/* Runs `act` somewhere, with default signals, and reports. */
static void scene(const char *title, enum place place, void (*act)(void))
{
    char seen[1024] = "";
    struct caller caller = start(place, DEFAULT, act);
    if (place == FOREGROUND)
        front(caller.pid);
    let_go(&caller);
    attend(&caller, seen, sizeof seen);
    listen(&caller, seen, sizeof seen);
    close(caller.words);
    report(title, "", seen);
}

static const int watched[] = {SIGHUP, SIGCONT, SIGWINCH};

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < COUNT(watched); i++)
        sigaction(watched[i], &action, NULL);
}

/* Catches them, but not before they are waited for. */
static void hold_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < COUNT(watched); i++)
        sigaddset(&set, watched[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    catch_signals();
}

/* Those that came meanwhile are counted, too. */
static void release_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void await_signals(int count)
{
    sigset_t none;
    sigemptyset(&none);
    while (got_count < count)
        sigsuspend(&none);
}

/* A child that says that it has begun, and then waits to be killed. */
static pid_t fork_idler(void (*begin)(void))
{
    int ready[2];
    check(pipe2(ready, O_CLOEXEC) == 0, "make a pipe");
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (begin)
            begin();
        if (write(ready[1], "", 1) == 1)
            pause();
        _exit(0);
    }
    close(ready[1]);
    await_byte(ready[0]);
    close(ready[0]);
    return child;
}

static void kill_idler(pid_t idler)
{
    kill(idler, SIGKILL);
    waitpid(idler, NULL, 0);
}

/* One of two reads, and has a handler: the other is stopped by the same signal. */
static void whole_group_stops(void)
{
    int status = 0;
    pid_t other = fork_idler(NULL);
    dispose(HANDLED);
    read_quick();
    bool stopped = waitpid(other, &status, WUNTRACED) == other && WIFSTOPPED(status);
    tell(", the other %s", stopped ? sigabbrev_np(WSTOPSIG(status)) : "not stopped");
    kill_idler(other);
}

static pid_t group_to_join;

static void join_group(void)
{
    _exit(setpgid(0, group_to_join) == 0 ? 7 : 1);
}

/* An orphan whose group has a member that has ended, and that a parent in the session has not reaped. */
static void zombie_in_orphaned_group(void)
{
    char seen[256] = "";
    siginfo_t info;
    struct caller orphan = start(ORPHANED, DEFAULT, read_quick);
    group_to_join = orphan.group;
    pid_t zombie = fork();
    if (zombie == 0)
        join_group();
    waitid(P_PID, (id_t)zombie, &info, WEXITED | WNOWAIT);
    tell("joined %d, ", info.si_status);
    let_go(&orphan);
    listen(&orphan, seen, sizeof seen);
    tell("%s", seen);
    waitpid(zombie, NULL, 0);
}

static void stop_and_await(void)
{
    hold_signals();
    raise(SIGSTOP);
    await_signals(2);
}

/* Its parent ends while it is stopped: then its group is orphaned, and the kernel says so. */
static void stopped_and_orphaned(void)
{
    int back[2], status;
    char seen[256] = "";
    check(pipe2(back, O_CLOEXEC) == 0, "make a pipe");
    pid_t parent = fork();
    if (parent == 0) {
        pid_t child = fork();
        if (child == 0) {
            setpgid(0, 0);
            bound();
            stop_and_await();
            tell_signals();
            speak(back[1]);
        }
        waitpid(child, &status, WUNTRACED);
        _exit(WIFSTOPPED(status) ? 7 : 1);
    }
    close(back[1]);
    waitpid(parent, &status, 0);
    listen(&(struct caller){.words = back[0]}, seen, sizeof seen);
    tell("stopped %d%s", WEXITSTATUS(status), seen);
}

static void own_group(void)
{
    setpgid(0, 0);
}

/* The group in front has ended: whoever is not of it is still in the background. */
static void front_has_ended(void)
{
    pid_t group = fork_idler(own_group);
    signal(SIGTTOU, SIG_IGN);
    tell_result(tcsetpgrp(0, group));
    kill_idler(group);
    tell(", tcgetpgrp %s, read ", tcgetpgrp(0) == group ? "the dead one's" : "another's");
    read_quick();
}

static void resized(void)
{
    catch_signals();
    set_size();
    set_same_size();
}

static void resize_behind(void)
{
    setpgid(0, 0);
    set_size();
}

static void resized_from_behind(void)
{
    catch_signals();
    kill_idler(fork_idler(resize_behind));
    tell("resized");
}

/* What a process without a controlling terminal gets. */
static void look_without(void)
{
    tell("tcgetpgrp ");
    get_group();
    tell(", tcgetsid ");
    get_session();
    tell(", tcsetpgrp ");
    group_own();
    tell(", /dev/tty ");
    open_controlling();
    tell(", read ");
    read_quick();
}

static void give_up_and_look(void)
{
    give_up();
    tell(", ");
    look_without();
    tell(", again ");
    give_up();
    tell(", isatty ");
    is_a_tty();
}

static void give_up_and_fork(void)
{
    int status;
    give_up();
    pid_t child = fork();
    if (child == 0)
        _exit(tcgetpgrp(0) < 0 ? errno : 0);
    waitpid(child, &status, 0);
    tell(", child %s", WEXITSTATUS(status) ? strerrorname_np(WEXITSTATUS(status)) : "has it");
}

/* A daemon's way: what it then leads has no terminal, and ours is taken. */
static void give_up_and_leave(void)
{
    give_up();
    pid_t child = fork();
    if (child == 0) {
        setsid();
        _exit(ioctl(0, TIOCSCTTY, 0) < 0 ? errno : 0);
    }
    int status;
    waitpid(child, &status, 0);
    tell(", TIOCSCTTY %s", WEXITSTATUS(status) ? strerrorname_np(WEXITSTATUS(status)) : "0");
}

/* ---- The leader gives its terminal up, and takes it again. */

static void await_hangup(void)
{
    await_signals(2);
}

/* In another session, once ours has given it up. */
static void take_and_give_up(void)
{
    take();
    tell(", tcgetpgrp ");
    get_group();
    tell(", tcgetsid ");
    get_session();
    tell(", /dev/tty ");
    open_controlling();
    signal(SIGHUP, SIG_IGN);
    tell(", TIOCNOTTY ");
    give_up();
    tell(", tcgetsid ");
    get_session();
}

static void open_and_take(int flags)
{
    int fd = open(name, O_RDWR | flags);
    tell(fd >= 0 ? "opened" : "not opened");
    tell(", tcgetsid ");
    get_session();
    close(fd);
    ioctl(0, TIOCNOTTY);
}

static void open_taking(void)
{
    signal(SIGHUP, SIG_IGN);
    open_and_take(0);
}

static void open_not_taking(void)
{
    signal(SIGHUP, SIG_IGN);
    open_and_take(O_NOCTTY);
}

static void leader_says(const char *title, void (*act)(void))
{
    told[0] = '\0';
    got_count = 0;
    act();
    report(title, "", told);
}

static void regain(void)
{
    take();
    tell(", tcgetpgrp ");
    get_group();
    tell(", again ");
    take();
}

static void lose(void)
{
    char seen[256] = "";
    struct caller caller = start_watching(BACKGROUND, DEFAULT, await_hangup, hold_signals);
    front(caller.pid);
    let_go(&caller);
    give_up();
    attend(&caller, seen, sizeof seen);
    listen(&caller, seen, sizeof seen);
    close(caller.words);
    tell(", those in front%s", seen);
}

static void without(void)
{
    look_without();
    tell(", tcsetattr ");
    set_same();
    tell(", TIOCNOTTY ");
    give_up();
}

static void giving_up(void)
{
    leader_says("leader/gives-up", lose);
    leader_says("leader/without", without);
    scene("without/child", BACKGROUND, give_up_and_look);
    scene("without/another-session-takes", OTHER_SESSION, take_and_give_up);
    scene("without/another-session-opens", OTHER_SESSION, open_taking);
    scene("without/another-session-opens-with-O_NOCTTY", OTHER_SESSION, open_not_taking);
    scene("without/a-child-takes", BACKGROUND, take);
    leader_says("leader/takes-again", regain);
    restore();
}

/* Only root may. */
static void steal(void)
{
    tell_result(ioctl(0, TIOCSCTTY, 1));
    tell(", tcgetsid ");
    tell(tcgetsid(0) == getpid() ? "its own" : "another's");
    signal(SIGHUP, SIG_IGN);
    tell(", TIOCNOTTY ");
    give_up();
}

static void stealing(void)
{
    scene("other-session/steals", OTHER_SESSION, steal);
    leader_says("leader/robbed", without);
    leader_says("leader/takes-it-back", regain);
    restore();
}

static const struct {
    const char *title;
    enum place place;
    void (*act)(void);
} scenes[] = {
    {"group/all-stop", BACKGROUND, whole_group_stops},
    {"group/orphaned-with-zombie", BACKGROUND, zombie_in_orphaned_group},
    {"group/orphaned-when-stopped", BACKGROUND, stopped_and_orphaned},
    {"group/front-has-ended", BACKGROUND, front_has_ended},
    {"size/in-front", FOREGROUND, resized},
    {"size/from-behind", FOREGROUND, resized_from_behind},
    {"gives-up/in-front", FOREGROUND, give_up_and_look},
    {"gives-up/behind", BACKGROUND, give_up_and_look},
    {"gives-up/and-forks", BACKGROUND, give_up_and_fork},
    {"gives-up/and-leaves", BACKGROUND, give_up_and_leave},
};

/* ---- The leader ends, or the terminal goes. */

/* What the terminal is to those who live on, once it is gone. */
static void look_at_what_is_gone(void)
{
    struct pollfd ready = {0, POLLIN | POLLOUT, 0};
    tell(", write ");
    write_output();
    tell(", tcgetattr ");
    get_settings();
    tell(", tcsetattr ");
    set_same();
    tell(", tcgetpgrp ");
    get_group();
    tell(", tcgetsid ");
    get_session();
    tell(", tcsetpgrp ");
    group_own();
    tell(", TIOCGWINSZ ");
    get_size();
    tell(", FIONREAD ");
    pending();
    tell(", isatty ");
    is_a_tty();
    tell(", poll %d", poll(&ready, 1, 0));
    tell(" of %x", (unsigned)ready.revents);
    tell(", /dev/tty ");
    open_controlling();
}

/* Until the terminal is gone: our leader's end alone leaves it to whoever has it open. A read under way at
 * that moment may fail (EIO), those that come later get an end of file. */
static void read_to_the_end(void)
{
    while (read(0, byte, 1) != 0)
        continue;
    tell("read 0");
}

struct survivor {
    const char *title;
    bool in_front, stops;
    int signals; /* that it waits for */
};

static const struct survivor of_the_leader[] = {
    {"survivor/in-front", true, false, 1},
    {"survivor/behind", false, false, 0},
    {"survivor/stopped", false, true, 2},
};

static const struct survivor of_the_terminal[] = {
    {"hung-up/in-front", true, false, 2},
    {"hung-up/behind", false, false, 0},
    {"hung-up/stopped", false, true, 2},
};

/* The kernel takes the terminal from the session before it tells a leader's children of its end. */
static volatile sig_atomic_t orphaned;

static void note_end(int signal)
{
    orphaned = signal;
}

static void await_end(void)
{
    sigset_t none;
    sigemptyset(&none);
    while (!orphaned)
        sigsuspend(&none);
}

static void survive(const struct survivor *self)
{
    await_signals(self->signals);
    await_end();
    read_to_the_end();
    look_at_what_is_gone();
    release_signals();
    tell_signals();
    report(self->title, "", told);
    _exit(0);
}

static void hold_end(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR1, note_end);
    prctl(PR_SET_PDEATHSIG, SIGUSR1);
}

static void leave(const struct survivor *survivor)
{
    int ready[2];
    check(pipe2(ready, O_CLOEXEC) == 0, "make a pipe");
    pid_t child = fork();
    if (child == 0) {
        bound();
        setpgid(0, 0);
        hold_signals();
        hold_end();
        signal(SIGTTIN, SIG_IGN);
        if (survivor->in_front)
            tcsetpgrp(0, getpgrp());
        if (write(ready[1], "", 1) != 1)
            _exit(1);
        if (survivor->stops)
            raise(SIGSTOP);
        survive(survivor);
    }
    await_byte(ready[0]);
    if (survivor->stops)
        waitpid(child, NULL, WUNTRACED);
}

/* As a shell does: it ends when it has been hung up on. */
static void wait_for_hangup(void)
{
    bound();
    hold_signals();
    told[0] = '\0';
    dprintf(results, "ready\n");
    await_signals(2);
    read_to_the_end();
    look_at_what_is_gone();
    release_signals();
    tell_signals();
    report("hung-up/leader", "", told);
}

/* ---- All of it. */

static void own_session(void)
{
    setsid();
}

static void prepare(const char *file)
{
    results = open(file, O_WRONLY | O_CREAT | O_APPEND, 0644);
    quick = open("/dev/tty", O_RDWR | O_NONBLOCK);
    leader = getpid();
    signal(SIGTTOU, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    check(find_terminal_name(name, sizeof name), "name the terminal");
    check(tcgetattr(0, &settings) == 0 && ioctl(0, TIOCGWINSZ, &size) == 0, "ask for the settings");
}

static void prepare_others(void)
{
    foreign = fork_idler(own_session);
    member = fork_idler(NULL);
    dead = fork_idler(NULL);
    kill_idler(dead);
}

static void all_cases(void)
{
    prepare_others();
    for (size_t i = 0; i < COUNT(situations); i++) {
        for (size_t j = 0; j < COUNT(calls); j++)
            ask(&situations[i], &calls[j]);
    }
    for (size_t i = 0; i < COUNT(scenes); i++) {
        scene(scenes[i].title, scenes[i].place, scenes[i].act);
        restore();
    }
    giving_up();
    if (geteuid() == 0)
        stealing();
    kill_idler(foreign);
    kill_idler(member);
}

int main(int count, char **arguments)
{
    if (count < 2)
        return 2;
    prepare(arguments[1]);
    bool waits = count > 2 && strcmp(arguments[2], "wait") == 0;
    for (size_t i = 0; count > 2 && i < COUNT(of_the_leader); i++)
        leave(waits ? &of_the_terminal[i] : &of_the_leader[i]);
    if (waits)
        wait_for_hangup();
    else if (count == 2)
        all_cases();
    return 0;
}
