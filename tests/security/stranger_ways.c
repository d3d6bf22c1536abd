/* A stranger tries every way to read, write, signal, resize, freeze or time a session.
 *
 * usage: stranger_ways PLACE...      PLACE: as in ask.h
 * Prints "GOT VERB: WAY" for each that worked, and at the end "tried VERB: N ways" for each verb. */
#include <dirent.h>
#include <limits.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <termios.h>

#include "descriptors.h"

enum verb { READ, WRITE, SIGNAL, RESIZE, FREEZE, TIME, VERBS };

static const char *const verbs[VERBS] = {"read", "write", "signal", "resize", "freeze", "time"};
static int tried[VERBS];

static void note(enum verb verb, bool got, const char *way, const char *on)
{
    tried[verb]++;
    if (got)
        printf("GOT %s: %s %s\n", verbs[verb], way, on);
}

/* ---- requests */

/* What each operation, with each descriptor, would be good for. */
static const struct {
    enum verb verb;
    uint32_t operation;
    int32_t argument;
} requests[] = {
    {READ, RPTY_OPEN, O_RDONLY},     {READ, RPTY_OPEN, O_RDWR},
    {READ, RPTY_TAKE_EOF, 1},        {WRITE, RPTY_OPEN, O_WRONLY},
    {WRITE, RPTY_BREAK, 0},          {SIGNAL, RPTY_SET_FOREGROUND, 1},
    {SIGNAL, RPTY_SET_SESSION, 0},   {SIGNAL, RPTY_SET_SESSION, 1},
    {SIGNAL, RPTY_LEAVE_SESSION, 0}, {RESIZE, RPTY_SET_WINSIZE, 0},
    {RESIZE, RPTY_SET_TERMIOS, 0},   {FREEZE, RPTY_FLOW, 0},
    {FREEZE, RPTY_FLUSH, 2},         {FREEZE, RPTY_SET_EXCLUSIVE, 1},
    {TIME, RPTY_GET_STATE, 0},       {TIME, RPTY_OUTPUT_QUEUE, 0},
    {TIME, RPTY_GET_JOB, 0},         {TIME, RPTY_DRAIN, 0},
};

static void try_requests(const struct places *places, const char *socket, size_t kind)
{
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        int fd = make_descriptor(places, kind);
        bool got = gets(socket, requests[i].operation, requests[i].argument, fd);
        note(requests[i].verb, got, "by a request with", kind_name(kind));
        close(fd);
    }
}

/* ---- names */

static bool opens(const char *path, int flags)
{
    int fd = open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    close(fd);
    return fd >= 0;
}

static int path_of(const char *name, char path[PATH_MAX])
{
    int fd = open(name, O_PATH | O_CLOEXEC);
    snprintf(path, PATH_MAX, "/proc/self/fd/%d", fd);
    return fd;
}

static bool links(const char *path)
{
    const char *other = "/tmp/rpty-test-link";
    bool got = link(path, other) == 0;
    unlink(other);
    return got;
}

static void try_fifo(const char *path)
{
    char again[PATH_MAX];
    int fd = path_of(path, again);
    struct pollfd ready = {.fd = fd, .events = POLLIN | POLLOUT};
    int number;
    note(READ, opens(path, O_RDONLY), "open", path);
    note(READ, opens(path, O_RDWR), "open for both", path);
    note(WRITE, opens(path, O_WRONLY), "open for writing", path);
    note(READ, links(path), "a link to", path);
    note(READ, fd >= 0 && opens(again, O_RDONLY), "open again", path);
    note(WRITE, fd >= 0 && opens(again, O_WRONLY), "open again for writing", path);
    note(FREEZE, fd >= 0 && fcntl(fd, F_SETPIPE_SZ, 4096) >= 0, "the pipe's size", path);
    note(SIGNAL, fd >= 0 && fcntl(fd, F_SETOWN, 1) >= 0, "the owner of", path);
    note(TIME, fd >= 0 && ioctl(fd, FIONREAD, &number) >= 0, "what waits in", path);
    note(TIME, fd >= 0 && poll(&ready, 1, 0) > 0 && !(ready.revents & POLLNVAL), "poll", path);
    note(RESIZE, fd >= 0 && ioctl(fd, TIOCSWINSZ, &(struct winsize){5, 7, 0, 0}) == 0, "ioctl",
         path);
    close(fd);
}

static void try_any_name(const char *path)
{
    const char *other = "/tmp/rpty-test-other";
    note(WRITE, opens(path, O_WRONLY | O_APPEND), "open for appending", path);
    note(WRITE, rename(path, other) == 0, "rename", path);
    note(WRITE, unlink(path) == 0, "unlink", path);
    note(READ, chmod(path, 0777) == 0, "chmod", path);
    note(READ, chown(path, getuid(), getgid()) == 0, "chown", path);
    note(FREEZE, truncate(path, 0) == 0, "truncate", path);
}

/* Whoever executes a library holds no lock on it; but who locks its file must keep nobody waiting. */
static void try_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct flock whole = {.l_type = F_WRLCK};
    note(FREEZE, fd >= 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0, "a lease on", path);
    note(FREEZE, fd >= 0 && fcntl(fd, F_SETLK, &whole) == 0, "a write lock on", path);
    close(fd);
}

static void try_folder(const char *path)
{
    char name[PATH_MAX];
    snprintf(name, sizeof name, "%s/new", path);
    note(READ, opens(path, O_RDONLY | O_DIRECTORY), "list", path);
    note(WRITE, opens(name, O_CREAT | O_WRONLY), "a new file in", path);
    note(WRITE, symlink("/", name) == 0, "a new link in", path);
    note(WRITE, rmdir(path) == 0, "remove", path);
}

/* ---- processes */

static bool reads_memory(pid_t process)
{
    char here[8], path[PATH_MAX];
    struct iovec ours = {here, sizeof here}, theirs = {(void *)0x400000, sizeof here};
    snprintf(path, sizeof path, "/proc/%d/mem", process);
    return opens(path, O_RDONLY) || process_vm_readv(process, &ours, 1, &theirs, 1, 0) > 0;
}

static bool writes_memory(pid_t process)
{
    char here[8] = {0}, path[PATH_MAX];
    struct iovec ours = {here, sizeof here}, theirs = {(void *)0x400000, sizeof here};
    snprintf(path, sizeof path, "/proc/%d/mem", process);
    return opens(path, O_WRONLY) || process_vm_writev(process, &ours, 1, &theirs, 1, 0) > 0;
}

static void try_descriptors(pid_t process, int pidfd)
{
    char path[PATH_MAX];
    for (int fd = 0; fd < 32; fd++) {
        int taken = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
        snprintf(path, sizeof path, "/proc/%d/fd/%d", process, fd);
        note(READ, taken >= 0, "take a descriptor of", path);
        note(READ, opens(path, O_RDONLY), "open", path);
        note(WRITE, opens(path, O_WRONLY), "open for writing", path);
        close(taken);
    }
}

/* A kernel that lets it change what another's process may do would let it be stopped, too. */
static bool slows(pid_t process)
{
    struct rlimit none = {0, 0};
    cpu_set_t all;
    CPU_ZERO(&all);
    CPU_SET(0, &all);
    return setpriority(PRIO_PROCESS, (id_t)process, 19) == 0 ||
           sched_setaffinity(process, sizeof all, &all) == 0 ||
           prlimit(process, RLIMIT_CPU, &none, NULL) == 0;
}

static void try_process(pid_t process)
{
    char name[16];
    int pidfd = (int)syscall(SYS_pidfd_open, process, 0);
    snprintf(name, sizeof name, "%d", process);
    note(SIGNAL, kill(process, 0) == 0, "kill", name);
    note(SIGNAL, syscall(SYS_tgkill, process, process, 0) == 0, "tgkill", name);
    note(SIGNAL, syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0, "a pidfd of", name);
    note(SIGNAL, sigqueue(process, 0, (union sigval){0}) == 0, "sigqueue", name);
    note(READ, ptrace(PTRACE_SEIZE, process, NULL, NULL) == 0, "ptrace", name);
    note(READ, reads_memory(process), "the memory of", name);
    note(WRITE, writes_memory(process), "the memory of", name);
    note(FREEZE, slows(process), "the priority or limits of", name);
    try_descriptors(process, pidfd);
    close(pidfd);
}

static bool is_others(pid_t process)
{
    char path[PATH_MAX];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d", process);
    return stat(path, &status) == 0 && status.st_uid != getuid();
}

static void try_processes(void)
{
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(proc));) {
        pid_t process = atoi(entry->d_name);
        if (process > 0 && is_others(process))
            try_process(process);
    }
    closedir(proc);
}

/* ---- the terminal's own names */

static void try_terminals(void)
{
    static const char *const names[] = {"/dev/tty", "/dev/console", "/dev/stdin", "/dev/pts/0"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int fd = open(names[i], O_RDWR | O_NOCTTY | O_CLOEXEC);
        note(RESIZE, fd >= 0 && ioctl(fd, TIOCSWINSZ, &(struct winsize){5, 7, 0, 0}) == 0,
             "size of", names[i]);
        note(SIGNAL, fd >= 0 && ioctl(fd, TIOCSCTTY, 1) == 0, "session of", names[i]);
        close(fd);
    }
}

static void try_everything(const struct places *places)
{
    for (size_t i = 0; i < places->socket_count; i++) {
        for (size_t kind = 0; kind < kind_count(places); kind++)
            try_requests(places, places->sockets[i], kind);
    }
    for (size_t i = 0; i < places->fifo_count; i++) {
        try_fifo(places->fifos[i]);
        try_any_name(places->fifos[i]);
    }
    for (size_t i = 0; i < places->file_count; i++) {
        try_file(places->files[i]);
        try_any_name(places->files[i]);
    }
    for (size_t i = 0; i < places->socket_count; i++)
        try_any_name(places->sockets[i]);
    for (size_t i = 0; i < places->folder_count; i++)
        try_folder(places->folders[i]);
}

int main(int argc, char **argv)
{
    (void)argc;
    setvbuf(stdout, NULL, _IOLBF, 0);
    allow_descriptors();
    struct places places = places_in(argv + 1);
    try_everything(&places);
    try_processes();
    try_terminals();
    for (size_t i = 0; i < VERBS; i++)
        printf("tried %s: %d ways\n", verbs[i], tried[i]);
    return 0;
}
