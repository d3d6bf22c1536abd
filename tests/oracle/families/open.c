/* The open family with every name of the terminal, fcntl of the result, ttyname and related calls. */
#include "oracle.h"

/* What can be done with a descriptor. */
static void try_out(int fd, int flags)
{
    struct termios t;
    if (fd < 0)
        return;
    say_result("fd flags", fcntl(fd, F_GETFD));
    say_result("tcgetattr", tcgetattr(fd, &t));
    say_result("write", write(fd, "w", 1));
    if ((flags & O_ACCMODE) != O_WRONLY) {
        type("k\n");
        await_input(0, 2);
    }
    say_read("read", fd, 10);
}

static void open_with(const char *name, int flags)
{
    int fd = open(name, flags);
    say_result("open", fd < 0 ? fd : 0);
    try_out(fd, flags);
}

static void say_flags(int fd)
{
    say(" %x", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
}

static void say_all_flags(const char *path)
{
    static const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_NONBLOCK,
                                O_WRONLY | O_APPEND};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        say_flags(open(path, flags[i]));
}

/* By which name it was opened, and how, may show in its own. */
static void say_names(const char *path)
{
    static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        const char *name = ttyname(open(path, modes[i]));
        say_result("ttyname", name ? strcmp(name, name_of_terminal()) == 0 : -1);
    }
}

#define NAMES(X)                                                                                   \
    X(dev_tty, "/dev/tty")                                                                         \
    X(own, name_of_terminal())                                                                     \
    X(dev_stdin, "/dev/stdin")                                                                     \
    X(dev_stdout, "/dev/stdout")                                                                   \
    X(dev_stderr, "/dev/stderr")                                                                   \
    X(dev_fd_0, "/dev/fd/0")                                                                       \
    X(dev_fd_1, "/dev/fd/1")                                                                       \
    X(proc_fd_0, "/proc/self/fd/0")                                                                \
    X(proc_fd_2, "/proc/self/fd/2")                                                                \
    X(thread_fd_0, "/proc/thread-self/fd/0")

#define BY_NAME(name, path)                                                                        \
    static void name##_read(void)                                                                  \
    {                                                                                              \
        open_with(path, O_RDONLY);                                                                 \
    }                                                                                              \
    static void name##_write(void)                                                                 \
    {                                                                                              \
        open_with(path, O_WRONLY);                                                                 \
    }                                                                                              \
    static void name##_both(void)                                                                  \
    {                                                                                              \
        open_with(path, O_RDWR);                                                                   \
    }                                                                                              \
    static void name##_flags(void)                                                                 \
    {                                                                                              \
        open_with(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);                               \
    }                                                                                              \
    static void name##_truncate(void)                                                              \
    {                                                                                              \
        open_with(path, O_WRONLY | O_CREAT | O_TRUNC);                                             \
    }                                                                                              \
    static void name##_append(void)                                                                \
    {                                                                                              \
        open_with(path, O_WRONLY | O_APPEND);                                                      \
    }                                                                                              \
    static void name##_ttyname(void)                                                               \
    {                                                                                              \
        say_names(path);                                                                           \
    }                                                                                              \
    static void name##_getfl(void)                                                                 \
    {                                                                                              \
        say_all_flags(path);                                                                       \
    }
NAMES(BY_NAME)

static void by_pid(void)
{
    char path[64];
    sprintf(path, "/proc/%d/fd/0", getpid());
    open_with(path, O_RDWR);
}

static void relative(void)
{
    chdir("/dev");
    open_with("tty", O_RDWR);
}

static void with_dots(void)
{
    open_with("/dev/../dev//tty", O_RDWR);
}

static void by_symlink(void)
{
    unlink("link");
    symlink("/dev/tty", "link");
    open_with("link", O_RDWR);
}

static void at_directory(void)
{
    int dev = open("/dev", O_RDONLY | O_DIRECTORY);
    int fd = openat(dev, "tty", O_RDWR);
    say_result("openat", fd < 0 ? fd : 0);
    try_out(fd, O_RDWR);
}

static void at_ignored_directory(void)
{
    int fd = openat(-1, "/dev/tty", O_RDWR);
    say_result("openat", fd < 0 ? fd : 0);
    try_out(fd, O_RDWR);
}

static void proc_directory(void)
{
    int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
    int fd = openat(folder, "0", O_RDWR);
    say_result("openat", fd < 0 ? fd : 0);
    try_out(fd, O_RDWR);
}

static void by_creat(void)
{
    int fd = creat("/dev/tty", 0644);
    say_result("creat", fd < 0 ? fd : 0);
    try_out(fd, O_WRONLY);
}

static void exclusively(void)
{
    say_open("/dev/tty", "/dev/tty", O_RDWR | O_CREAT | O_EXCL);
    say_open("own", name_of_terminal(), O_RDWR | O_CREAT | O_EXCL);
    say_open("/dev/stdin", "/dev/stdin", O_RDWR | O_CREAT | O_EXCL);
}

static void as_directory(void)
{
    say_open("/dev/tty", "/dev/tty", O_RDONLY | O_DIRECTORY);
    say_open("own", name_of_terminal(), O_RDONLY | O_DIRECTORY);
    say_open("/dev/stdin", "/dev/stdin", O_RDONLY | O_DIRECTORY);
}

static void not_following(void)
{
    say_open("/dev/tty", "/dev/tty", O_RDONLY | O_NOFOLLOW);
    say_open("own", name_of_terminal(), O_RDONLY | O_NOFOLLOW);
    say_open("/dev/stdin", "/dev/stdin", O_RDONLY | O_NOFOLLOW);
    say_open("/proc/self/fd/0", "/proc/self/fd/0", O_RDONLY | O_NOFOLLOW);
}

static void as_path(void)
{
    int fd = open("/dev/tty", O_PATH);
    say_result("open", fd < 0 ? fd : 0);
    say_result("isatty", isatty(fd));
    say_read("read", fd, 1);
    say_result("write", write(fd, "x", 1));
}

static void beneath(void)
{
    say_open("/dev/tty/", "/dev/tty/", O_RDWR);
    say_open("/dev/tty/x", "/dev/tty/x", O_RDWR);
    say_open("/dev/stdin/x", "/dev/stdin/x", O_RDWR);
    say_open("/dev/fd/x", "/dev/fd/x", O_RDWR);
    say_open("/dev/fd/59", "/dev/fd/59", O_RDWR);
    say_open("/dev/fd/00", "/dev/fd/00", O_RDWR);
    say_open("/dev/fd/-1", "/dev/fd/-1", O_RDWR);
    say_open("empty", "", O_RDWR);
}

static void bad_paths(void)
{
    say_open("NULL", null_pointer, O_RDWR);
    say_open("bad", bad_pointer, O_RDWR);
    say_result("openat", openat(AT_FDCWD, bad_pointer, O_RDONLY));
    say_result("creat", creat(null_pointer, 0));
}

static void bad_mode(void)
{
    say_open("/dev/tty", "/dev/tty", O_ACCMODE);
}

static void read_end_does_not_write(void)
{
    int fd = open("/dev/tty", O_RDONLY);
    say_result("write", write(fd, "x", 1));
    say_result("dup writes", write(dup(fd), "x", 1));
}

static void write_end_does_not_read(void)
{
    int fd = open("/dev/tty", O_WRONLY);
    set_nonblocking(fd, true);
    say_read("read", fd, 1);
    say_poll("poll", fd, POLLIN | POLLOUT, 0);
}

/* The standard streams are open for both ways, like a login's. */
static void standard_streams(void)
{
    for (int fd = 0; fd < 3; fd++) {
        say_result("write", write(fd, "w", 1));
    }
    type("k1\n");
    await_input(0, 3);
    say_read("read 1", 1, 10);
    type("k2\n");
    await_input(0, 3);
    say_read("read 2", 2, 10);
}

static void flags_of_standard_streams(void)
{
    for (int fd = 0; fd < 3; fd++)
        say_flags(fd);
}

static void duplicates(void)
{
    int a = dup(0), b = dup2(1, 40), c = dup3(2, 41, O_CLOEXEC), d = fcntl(0, F_DUPFD, 42),
        e = fcntl(1, F_DUPFD_CLOEXEC, 44);
    int all[] = {a, b, c, d, e};
    for (int i = 0; i < 5; i++) {
        say_result("isatty", isatty(all[i]));
        say(" %x %d", fcntl(all[i], F_GETFL) & ~O_LARGEFILE, fcntl(all[i], F_GETFD));
    }
}

static void open_after_closing_all(void)
{
    for (int fd = 0; fd < 3; fd++)
        close(fd);
    int fd = open("/dev/tty", O_RDWR);
    say(" fd=%d isatty=%d", fd, isatty(fd));
    say_result("dup", dup(fd));
    say_result("dup", dup(fd));
    say_result("write", write(2, "written", 7));
    type("k\n");
    await_input(0, 2);
    say_read("read", 0, 10);
}

static void nonblock_shared(void)
{
    set_nonblocking(0, true);
    say(" %x %x %x", fcntl(0, F_GETFL) & O_NONBLOCK, fcntl(1, F_GETFL) & O_NONBLOCK,
        fcntl(2, F_GETFL) & O_NONBLOCK);
}

static void say_shared(int flag)
{
    say(" %x %x %x", fcntl(0, F_GETFL) & flag, fcntl(1, F_GETFL) & flag, fcntl(2, F_GETFL) & flag);
}

static void set_flag(int fd, int flag)
{
    say_result("F_SETFL", fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | flag));
}

static void clear_flag(int fd, int flag)
{
    say_result("F_SETFL", fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~flag));
}

static void nonblock_by_output(void)
{
    for (int fd = 1; fd < 3; fd++) {
        set_flag(fd, O_NONBLOCK);
        say_shared(O_NONBLOCK);
        say_read("read", 0, 1);
        clear_flag(0, O_NONBLOCK);
        say_shared(O_NONBLOCK);
    }
}

static void nonblock_by_ioctl(void)
{
    int on = 1, off = 0;
    say_result("FIONBIO", ioctl(1, FIONBIO, &on));
    say_shared(O_NONBLOCK);
    say_read("read", 0, 1);
    say_result("FIONBIO", ioctl(0, FIONBIO, &off));
    say_shared(O_NONBLOCK);
    say_result("FIONBIO", ioctl(0, FIONBIO, bad_pointer));
}

static void nonblock_by_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        close(0);
        set_flag(1, O_NONBLOCK);
        _exit(0);
    }
    await_child("child", child);
    say_shared(O_NONBLOCK);
    say_read("read", 0, 1);
    clear_flag(0, O_NONBLOCK);
    say_shared(O_NONBLOCK);
}

static void nonblock_of_closed(void)
{
    int output = dup(1);
    set_flag(0, O_NONBLOCK);
    close(0);
    say(" %x", fcntl(output, F_GETFL) & O_NONBLOCK);
    clear_flag(output, O_NONBLOCK);
    say(" %x", fcntl(2, F_GETFL) & O_NONBLOCK);
}

static void append_shared(void)
{
    set_flag(2, O_APPEND);
    say_shared(O_APPEND);
    clear_flag(0, O_APPEND);
    say_shared(O_APPEND);
}

/* A signal that comes would interrupt what waits for keys: so it stays pending. */
static void block_signals(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
}

static void say_told(void)
{
    sigset_t pending;
    sigpending(&pending);
    say(" told=%d", sigismember(&pending, SIGIO));
}

static void async_by_output(void)
{
    block_signals();
    say_result("F_SETOWN", fcntl(1, F_SETOWN, getpid()));
    say(" owner=%d", fcntl(0, F_GETOWN) == getpid());
    set_flag(1, O_ASYNC);
    say_shared(O_ASYNC);
    write(1, "x", 1);
    type("k\n");
    await_input(0, 2);
    say_told();
    clear_flag(0, O_ASYNC);
    say_shared(O_ASYNC);
}

static void async_by_ioctl(void)
{
    int on = 1;
    block_signals();
    fcntl(0, F_SETOWN, getpid());
    say_result("FIOASYNC", ioctl(2, FIOASYNC, &on));
    say_shared(O_ASYNC);
    type("k\n");
    await_input(0, 2);
    say_told();
    say_read("read", 0, 10);
    clear_flag(2, O_ASYNC);
    say_shared(O_ASYNC);
}

static void nonblock_by_dup(void)
{
    int fd = dup(0);
    set_nonblocking(fd, true);
    say(" %x", fcntl(0, F_GETFL) & O_NONBLOCK);
    say_read("read", 0, 1);
}

static void nonblock_of_own_open(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NONBLOCK);
    say(" %x %x", fcntl(fd, F_GETFL) & O_NONBLOCK, fcntl(0, F_GETFL) & O_NONBLOCK);
    say_read("read", fd, 1);
    set_nonblocking(fd, false);
    say(" %x", fcntl(fd, F_GETFL) & O_NONBLOCK);
    type("k\n");
    say_read("read", fd, 10);
}

static void flags_that_can_be_set(int fd)
{
    static const int flags[] = {O_APPEND, O_NONBLOCK, O_ASYNC, O_DIRECT, O_NOATIME, O_SYNC, 0};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        int result = fcntl(fd, F_SETFL, flags[i]);
        say_result("set", result);
        say(" %x", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
    }
}

static void flags_of_input(void)
{
    flags_that_can_be_set(0);
}

static void flags_of_output(void)
{
    flags_that_can_be_set(1);
}

static void flags_of_own_open(void)
{
    flags_that_can_be_set(open("/dev/tty", O_RDWR));
}

static void flags_of_read_end(void)
{
    int fd = open("/dev/tty", O_RDONLY);
    static const int flags[] = {O_APPEND, O_NONBLOCK, 0};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        say_result("set", fcntl(fd, F_SETFL, flags[i]));
        say(" %x", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
    }
}

static void signals_of_read_end(void)
{
    int fd = open("/dev/tty", O_RDONLY);
    say_result("set", fcntl(fd, F_SETFL, O_ASYNC));
    say(" %x", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
}

static void append_of_write_end(void)
{
    int fd = open("/dev/tty", O_WRONLY);
    say(" %x", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
    fcntl(fd, F_SETFL, O_APPEND);
    say(" %x", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
    fcntl(fd, F_SETFL, 0);
    say(" %x", fcntl(fd, F_GETFL) & ~O_LARGEFILE);
    say_result("write", write(fd, "x", 1));
}

static void other_fcntls(void)
{
    say_result("F_GETPIPE_SZ", fcntl(0, F_GETPIPE_SZ));
    say_result("F_SETPIPE_SZ", fcntl(1, F_SETPIPE_SZ, 65536));
    say_result("F_GETSIG", fcntl(0, F_GETSIG));
    say_result("F_GETLEASE", fcntl(0, F_GETLEASE));
    say_result("F_GET_SEALS", fcntl(0, F_GET_SEALS));
    say_result("F_NOTIFY", fcntl(0, F_NOTIFY, 0));
    say_result("unknown", fcntl(0, 4242));
}

static void locks(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    say_result("1", fcntl(1, F_SETLK, &lock));
    say_result("F_GETLK", fcntl(1, F_GETLK, &lock));
    lock.l_type = F_RDLCK;
    say_result("0", fcntl(0, F_SETLK, &lock));
}

static void locks_the_other_way(void)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    say_result("0", fcntl(0, F_SETLK, &lock));
}

static void own_signal(void)
{
    say_result("F_SETSIG", fcntl(0, F_SETSIG, SIGUSR1));
    say_result("F_GETSIG", fcntl(0, F_GETSIG));
    say_result("isatty", isatty(0));
    say_result("F_SETSIG", fcntl(0, F_SETSIG, 0));
    say_result("F_GETSIG", fcntl(0, F_GETSIG));
    say_result("isatty", isatty(0));
}

/* Names. */

static void terminal_names(void)
{
    char name[128];
    for (int fd = 0; fd < 3; fd++) {
        say_error("ttyname_r", ttyname_r(fd, name, sizeof name));
        say(" %d", ttyname(fd) != NULL && strcmp(ttyname(fd), name) == 0);
    }
}

static void terminal_name_itself(void)
{
    say(" %s", ttyname(0));
}

static void name_of_dev_tty(void)
{
    int fd = open("/dev/tty", O_RDWR);
    char *name = ttyname(fd);
    say(" %s", name == NULL ? "none" : strcmp(name, name_of_terminal()) == 0 ? "own" : name);
}

static void name_errors(void)
{
    char name[8];
    int ends[2];
    say_error("short", ttyname_r(0, name, 3));
    say_error("none", ttyname_r(0, name, 0));
    say_error("closed", ttyname_r(59, name, sizeof name));
    errno = 0;
    say(" %d", ttyname(59) == NULL);
    say_error("closed", errno);
    errno = 0;
    pipe(ends);
    say(" %d", ttyname(ends[0]) == NULL);
    say_error("pipe", errno);
    errno = 0;
    say(" %d", ttyname(open("/dev/null", O_RDONLY)) == NULL);
    say_error("null", errno);
}

static void controlling_name(void)
{
    char name[L_ctermid];
    say(" %s %d %s", ctermid(NULL), ctermid(name) == name, name);
}

static void own_name_opens_the_same(void)
{
    struct stat a, b;
    int fd = open(name_of_terminal(), O_RDWR | O_NOCTTY);
    say_result("fstat", fstat(fd, &a));
    say_result("fstat", fstat(0, &b));
    say(" %d %d %d", a.st_dev == b.st_dev, a.st_ino == b.st_ino, a.st_rdev == b.st_rdev);
}

static void login_name(void)
{
    char name[64];
    /* The errno tells of the machine's list of logins, where there is one, not of the terminal. */
    say(" getlogin=%d getlogin_r=%d", getlogin() != NULL, getlogin_r(name, sizeof name) == 0);
}

static void pseudoterminal_calls(void)
{
    char name[64];
    say_result("grantpt", grantpt(0));
    say_result("unlockpt", unlockpt(0));
    say_error("ptsname_r", ptsname_r(0, name, sizeof name));
    say_result("ptsname", ptsname(0) ? 0 : -1);
}

#define ENTRIES_OF(name, path)                                                                     \
    {#name " for reading", name##_read}, {#name " for writing", name##_write},                     \
        {#name " for both", name##_both}, {#name " with flags", name##_flags},                     \
        {#name " with O_TRUNC", name##_truncate}, {#name " with O_APPEND", name##_append},         \
        {"ttyname of " #name, name##_ttyname}, {"flags of " #name, name##_getfl},

const struct oracle_case oracle_cases[] = {
    NAMES(ENTRIES_OF){"/proc/PID/fd/0", by_pid},
    {"tty in /dev", relative},
    {"/dev/../dev//tty", with_dots},
    {"a symlink to /dev/tty", by_symlink},
    {"openat in /dev", at_directory},
    {"openat with a directory that is not looked at", at_ignored_directory},
    {"openat in /proc/self/fd", proc_directory},
    {"creat", by_creat},
    {"O_CREAT and O_EXCL", exclusively},
    {"O_DIRECTORY", as_directory},
    {"O_NOFOLLOW", not_following},
    {"O_PATH", as_path},
    {"names that are not there", beneath},
    {"bad paths", bad_paths},
    {"O_ACCMODE", bad_mode},
    {"opened for reading is not written", read_end_does_not_write},
    {"opened for writing is not read", write_end_does_not_read},
    {"standard streams go both ways", standard_streams},
    {"flags of the standard streams", flags_of_standard_streams},
    {"duplicates", duplicates},
    {"/dev/tty in place of closed streams", open_after_closing_all},
    {"O_NONBLOCK is shared by the standard streams", nonblock_shared},
    {"O_NONBLOCK by the output", nonblock_by_output},
    {"O_NONBLOCK by FIONBIO", nonblock_by_ioctl},
    {"O_NONBLOCK by a child that has the output alone", nonblock_by_child},
    {"O_NONBLOCK of a stream that is closed", nonblock_of_closed},
    {"O_APPEND is shared by the standard streams", append_shared},
    {"O_ASYNC and F_SETOWN by the output", async_by_output},
    {"O_ASYNC by FIOASYNC", async_by_ioctl},
    {"O_NONBLOCK by a duplicate", nonblock_by_dup},
    {"O_NONBLOCK of a descriptor opened by name", nonblock_of_own_open},
    {"F_SETFL of the input", flags_of_input},
    {"F_SETFL of the output", flags_of_output},
    {"F_SETFL of /dev/tty", flags_of_own_open},
    {"F_SETFL of /dev/tty for reading", flags_of_read_end},
    {"O_ASYNC of /dev/tty for reading", signals_of_read_end},
    {"O_APPEND of /dev/tty for writing", append_of_write_end},
    {"other fcntls", other_fcntls},
    {"F_SETLK", locks},
    {"F_SETLK of the input for writing", locks_the_other_way},
    {"F_SETSIG", own_signal},
    {"ttyname and ttyname_r agree", terminal_names},
    {"ttyname", terminal_name_itself},
    {"ttyname of /dev/tty", name_of_dev_tty},
    {"ttyname fails", name_errors},
    {"ctermid", controlling_name},
    {"own name is the same file", own_name_opens_the_same},
    {"getlogin", login_name},
    {"grantpt and ptsname", pseudoterminal_calls},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
