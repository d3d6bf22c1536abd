/* The shell's parent. It makes the session, reaps, tells the slave how the shell ended, and hangs the
 * session up when the slave is gone, however it went.
 *
 *   slave ── its stdin: "go", then nothing until it closes ──> keeper ── fork, setsid ──> shell
 *         <── its stdout: "shell PID", then "exit N", "signal N" or "error ERRNO" ──
 *                         "refused ERRNO" where programs can't be reached (keeper/supervise.c)
 *
 * usage: RPTY_LIBRARY=PATH rpty-keeper INPUT OUTPUT REACH COMMAND [ARGUMENT...]
 * PATH is the library's, which tells where the session's files are (place.h): strangers can read arguments, and not
 * the environment. INPUT and OUTPUT name the FIFOs that become the shell's 0, and its 1 and 2. REACH is "all": a
 * filter for the whole session, at any price; "auto": where it costs nothing, else for programs that need it; or
 * "preload": none.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/directory.h"
#include "keeper/door.h"
#include "keeper/helper.h"
#include "keeper/listen.h"
#include "keeper/runtime.h"
#include "keeper/standby.h"
#include "keeper/supervise.h"
#include "terminal/exit_status.h"
#include "terminal/filter.h"
#include "terminal/page.h"
#include "terminal/pass.h"
#include "terminal/search.h"
#include "terminal/unreached.h"

enum { FAILED = 255 }; /* exit status of rpty's own failures */

static struct rpty_page *page; /* NULL where the session has no terminal */
static pid_t shell;
static enum { REACH_PRELOAD, REACH_AUTO, REACH_ALL } reach;

static void report(const char *word, int number)
{
    char line[64];
    int length = snprintf(line, sizeof line, "%s %d\n", word, number);
    /* The slave may be gone: then nobody wants to know. */
    if (write(STDOUT_FILENO, line, (size_t)length) < 0)
        return;
}

static void fail(const char *what, const char *on)
{
    fprintf(stderr, "rpty-keeper: Cannot %s \"%s\": %s\n", what, on, strerror(errno));
    exit(FAILED);
}

static void map_page(void)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path(RPTY_FILE_PAGE, path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *mapped = mmap(NULL, RPTY_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED)
        page = mapped;
    keeper_runtime_map(page);
}

/* What a transport leaves open would keep its connection open for as long as a job lives. */
static void close_inherited(void)
{
    if (syscall(SYS_close_range, 3u, ~0u, 0u) == 0)
        return;
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = 3; fd < (limit > 0 ? limit : 1024); fd++)
        close(fd);
}

static void mark(int fd, const char *name)
{
    if (strcmp(name, RPTY_FILE_INPUT) == 0)
        fcntl(fd, F_SETSIG, RPTY_MARK_INPUT);
    else if (strcmp(name, RPTY_FILE_OUTPUT) == 0)
        fcntl(fd, F_SETSIG, RPTY_MARK_OUTPUT);
}

/* Opening waits for nobody: input may have ended already, and then its FIFO has no writer. */
static void become_shell_stream(const char *name, int mode, int first, int last)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path(name, path);
    int fd = open(path, mode | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fcntl(fd, F_SETFL, 0) < 0)
        fail("open", path);
    mark(fd, name);
    for (int target = first; target <= last; target++)
        dup2(fd, target);
}

static void reset_signals(void)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool makes_calls(const char *command)
{
    char path[PATH_MAX];
    const char *found = search_find(command, getenv("PATH"), path, sizeof path);
    int fd = found ? open(found, O_RDONLY | O_CLOEXEC) : -1;
    return fd >= 0 && unreached_program(fd);
}

/* In the shell's process: the keeper waits for what comes of it. */
static void go_under_filter(int keeper, const char *command)
{
    if (reach == REACH_PRELOAD)
        return;
    long listener = filter_install(reach == REACH_ALL || makes_calls(command));
    pass_send(keeper, listener);
    if (listener >= 0)
        close((int)listener);
}

/* In the child: waits for the slave's word that the page knows the session, then runs the command. */
static void run_shell(const int go[2], const char *input, const char *output, char **command)
{
    char word;
    close(go[1]);
    setsid();
    if (read(go[0], &word, 1) != 1)
        _exit(FAILED);
    go_under_filter(go[0], command[0]);
    int report_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    become_shell_stream(input, O_RDONLY, STDIN_FILENO, STDIN_FILENO);
    become_shell_stream(output, O_WRONLY, STDOUT_FILENO, STDERR_FILENO);
    reset_signals();
    execvp(command[0], command);
    dup2(report_fd, STDOUT_FILENO);
    report("error", errno);
    _exit(exit_status_of(errno));
}

static void start_shell(const char *input, const char *output, char **command, int go[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, go) < 0)
        fail("make a socket for", command[0]);
    shell = fork();
    if (shell < 0)
        fail("fork for", command[0]);
    if (shell == 0)
        run_shell(go, input, output, command);
    close(go[0]);
    report("shell", shell);
}

static void signal_group(pid_t group)
{
    if (group <= 0)
        return;
    kill(-group, SIGHUP);
    kill(-group, SIGCONT);
}

static void wake_readers(void)
{
    __atomic_fetch_add(&page->event, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &page->event, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void leave_session(void)
{
    __atomic_store_n(&page->session, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&page->foreground, 0, __ATOMIC_SEQ_CST);
    wake_readers();
}

/* What the kernel does when a terminal is gone (tty_vhangup, disassociate_ctty). The signals come first: a
 * shell that saw the end of its input before would leave its jobs alone. */
static void hang_up(void)
{
    if (shell > 0) {
        kill(shell, SIGHUP);
        kill(shell, SIGCONT);
    }
    if (page == NULL)
        return;
    signal_group(page->foreground);
    __atomic_fetch_or(&page->flags, RPTY_HUNG_UP, __ATOMIC_SEQ_CST);
    leave_session();
}

/* What the kernel does when a session's leader ends (disassociate_ctty): the terminal is no session's any more,
 * and whoever has it open reads and writes it freely. A stopped group is continued by the kernel itself. */
static void leader_has_ended(void)
{
    if (page->foreground > 0)
        kill(-page->foreground, SIGHUP);
    leave_session();
}

static void report_end(int status)
{
    if (page != NULL && page->session == shell)
        leader_has_ended();
    shell = 0;
    if (WIFEXITED(status))
        report("exit", WEXITSTATUS(status));
    else
        report("signal", WTERMSIG(status));
}

/* Reaps who has ended. Whether children are left. */
static int reap(void)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid == shell)
            report_end(status);
    }
    return pid == 0;
}

/* No longer holds the transport's streams. */
static void let_go(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
}

static void report_refused(int error)
{
    static bool reported;
    if (!reported)
        report("refused", error);
    reported = true;
}

/* Each program that needs a filter then comes for one by itself. */
static int reach_each(void)
{
    char path[RUNTIME_PATH_SIZE];
    runtime_path(RPTY_FILE_REACH, path);
    int socket = listen_at(path, 0600);
    if (socket >= 0)
        __atomic_fetch_or(&page->flags, RPTY_REACHES, __ATOMIC_SEQ_CST);
    return socket;
}

/* The shell is about to run, and tells whether it is under the filter. */
static void start_to_reach(int go)
{
    if (reach == REACH_PRELOAD)
        return;
    int listener = pass_receive(go);
    int socket = listener == -EACCES ? reach_each() : -1;
    if (listener >= 0 || socket >= 0) {
        int error = supervise(listener, socket, report_refused);
        if (error)
            report_refused(error);
    } else {
        report_refused(-listener);
    }
}

static void start_when_told(int go, char word)
{
    if (write(go, &word, 1) == 1)
        start_to_reach(go);
}

/* Serves the slave until it closes our stdin. */
static void serve(int signals, int go)
{
    struct pollfd ready[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                             {.fd = signals, .events = POLLIN}};
    for (;;) {
        int count = poll(ready, 2, directory_refresh());
        if (count < 0 && errno != EINTR)
            return;
        if (count <= 0)
            continue;
        if (ready[1].revents != 0) {
            struct signalfd_siginfo info;
            if (read(signals, &info, sizeof info) > 0)
                reap();
        }
        if (ready[0].revents != 0) {
            char word;
            if (read(STDIN_FILENO, &word, 1) <= 0)
                return;
            start_when_told(go, word);
        }
    }
}

/* Reaps until nobody is left: the loader of each program that lives on looks for the library. */
static void outlive(int signals)
{
    struct pollfd ready = {.fd = signals, .events = POLLIN};
    struct signalfd_siginfo info;
    while (reap()) {
        if (poll(&ready, 1, directory_refresh()) > 0 && read(signals, &info, sizeof info) <= 0)
            return;
    }
}

static int block_signals(void)
{
    sigset_t all, child;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    signal(SIGCHLD, SIG_DFL);
    return signalfd(-1, &child, SFD_CLOEXEC);
}

/* Without a terminal nobody asks for one. */
static void choose_reach(const char *how)
{
    if (page && strcmp(how, "all") == 0)
        reach = REACH_ALL;
    else if (page && strcmp(how, "auto") == 0)
        reach = REACH_AUTO;
}

/* Before programs start, who would inherit what tells where everything is. */
static void find_directory(void)
{
    const char *library = getenv("RPTY_LIBRARY");
    if (library == NULL || !keeper_runtime_set(library)) {
        fprintf(stderr,
                "rpty-keeper: Cannot start: RPTY_LIBRARY does not tell where the library is\n");
        exit(FAILED);
    }
    unsetenv("RPTY_LIBRARY");
    directory_lock();
    map_page();
}

static void start_helpers(void)
{
    if (reach != REACH_PRELOAD)
        standby_start();
    if (page)
        door_open();
}

int main(int argc, char **argv)
{
    int go[2];
    if (argc < 5) {
        fprintf(stderr, "usage: rpty-keeper INPUT OUTPUT REACH COMMAND [ARGUMENT...]\n");
        return 2;
    }
    close_inherited();
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int signals = block_signals();
    if (signals < 0)
        fail("make a signalfd for", argv[4]);
    find_directory();
    choose_reach(argv[3]);
    helper_arguments(argv[0], (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]));
    start_helpers();
    start_shell(argv[1], argv[2], argv + 4, go);
    serve(signals, go[1]);
    let_go();
    hang_up();
    door_close();
    directory_remove_terminal();
    outlive(signals);
    directory_remove();
    return 0;
}
