/* syscall(): system calls by number through the C library must find the same terminal. */
#include "oracle.h"

#include <sys/epoll.h>
#include <sys/uio.h>

static void type_line(const char *text)
{
    type(text);
    await_input(0, (int)strlen(text));
}

static void raw_read(void)
{
    char buffer[20] = {0};
    type_line("line\n");
    say_result("read", syscall(SYS_read, 0, buffer, sizeof buffer));
    say_bytes("is", buffer, 5);
}

static void raw_read_of_output(void)
{
    char buffer[20] = {0};
    type_line("line\n");
    say_result("read", syscall(SYS_read, 1, buffer, sizeof buffer));
    say_bytes("is", buffer, 5);
}

static void raw_read_of_end(void)
{
    char buffer[20];
    type("\004");
    say_result("read", syscall(SYS_read, 0, buffer, sizeof buffer));
}

static void raw_readv(void)
{
    char buffer[20] = {0};
    struct iovec part = {buffer, sizeof buffer};
    type_line("line\n");
    say_result("readv", syscall(SYS_readv, 0, &part, 1));
    say_bytes("is", buffer, 5);
}

static void raw_write(void)
{
    say_result("0", syscall(SYS_write, 0, "zero\n", 5));
    say_result("1", syscall(SYS_write, 1, "one\n", 4));
}

static void raw_writev(void)
{
    struct iovec part = {"part\n", 5};
    say_result("0", syscall(SYS_writev, 0, &part, 1));
    say_result("1", syscall(SYS_writev, 1, &part, 1));
}

static void raw_pread(void)
{
    char buffer[20];
    say_result("pread64", syscall(SYS_pread64, 0, buffer, sizeof buffer, 0L));
    say_result("pwrite64", syscall(SYS_pwrite64, 1, "x", 1, 0L));
    say_result("lseek", syscall(SYS_lseek, 0, 0L, SEEK_CUR));
}

static void raw_tcgets(void)
{
    unsigned words[15] = {0};
    say_result("TCGETS", syscall(SYS_ioctl, 0, TCGETS, words));
    say(" %x %x %x %x", words[0], words[1], words[2], words[3]);
}

static void raw_tcsets(void)
{
    unsigned words[15] = {0};
    struct termios t;
    syscall(SYS_ioctl, 0, TCGETS, words);
    words[3] &= ~(unsigned)ECHO;
    say_result("TCSETS", syscall(SYS_ioctl, 0, TCSETS, words));
    tcgetattr(0, &t);
    say_termios("is", &t);
}

static void raw_winsize(void)
{
    struct winsize size = {0};
    say_result("TIOCGWINSZ", syscall(SYS_ioctl, 1, TIOCGWINSZ, &size));
    say(" %d %d", size.ws_row, size.ws_col);
}

static void raw_group(void)
{
    int group = 0;
    say_result("TIOCGPGRP", syscall(SYS_ioctl, 0, TIOCGPGRP, &group));
    say(" %d", group == getpgrp());
}

static void raw_count(void)
{
    int count = 0;
    type_line("line\n");
    say_result("FIONREAD", syscall(SYS_ioctl, 0, FIONREAD, &count));
    say(" %d", count);
}

static void raw_ioctl_errors(void)
{
    say_result("bad", syscall(SYS_ioctl, 0, TCGETS, bad_pointer));
    say_result("unknown", syscall(SYS_ioctl, 0, 0x54fful, NULL));
    say_result("closed", syscall(SYS_ioctl, 59, TCGETS, NULL));
}

static void raw_open(void)
{
#ifdef SYS_open
    long fd = syscall(SYS_open, "/dev/tty", O_RDWR);
#else
    long fd = syscall(SYS_openat, AT_FDCWD, "/dev/tty", O_RDWR);
#endif
    say_result("open", fd < 0 ? -1 : 0);
    say_result("isatty", isatty((int)fd));
}

static void raw_openat(void)
{
    long fd = syscall(SYS_openat, AT_FDCWD, "/dev/tty", O_RDWR, 0);
    say_result("openat", fd < 0 ? -1 : 0);
    say_result("isatty", isatty((int)fd));
    say_result("write", syscall(SYS_write, fd, "x", 1));
}

static void raw_openat2(void)
{
    struct {
        uint64_t flags, mode, resolve;
    } how = {O_RDWR, 0, 0};
    long fd = syscall(SYS_openat2, AT_FDCWD, "/dev/tty", &how, sizeof how);
    say_result("openat2", fd < 0 ? -1 : 0);
    say_result("isatty", isatty((int)fd));
}

static void raw_fstat(void)
{
    struct stat s = {0};
    say_result("fstat", syscall(SYS_fstat, 0, &s));
    say(" %o", s.st_mode & S_IFMT);
    say_result("newfstatat", syscall(SYS_newfstatat, AT_FDCWD, "/dev/stdin", &s, 0));
    say(" %o", s.st_mode & S_IFMT);
}

static void raw_statx(void)
{
    struct statx s = {0};
    say_result("statx", syscall(SYS_statx, 1, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &s));
    say(" %o", s.stx_mode & S_IFMT);
}

static void raw_readlink(void)
{
    char target[256] = {0};
    long length = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/fd/0", target, sizeof target - 1);
    say_result("readlinkat", length < 0 ? -1 : 0);
    say(" %d", strcmp(target, name_of_terminal()) == 0);
}

static void raw_access(void)
{
    say_result("faccessat", syscall(SYS_faccessat, AT_FDCWD, name_of_terminal(), R_OK));
}

static void raw_fcntl(void)
{
    long flags = syscall(SYS_fcntl, 0, F_GETFL);
    say_result("F_GETFL", flags & ~O_LARGEFILE);
    say_result("F_SETFL", syscall(SYS_fcntl, 0, F_SETFL, flags | O_NONBLOCK));
    char byte;
    say_result("read", syscall(SYS_read, 0, &byte, 1));
}

static void raw_poll(void)
{
    struct pollfd entry = {1, POLLIN | POLLOUT, 0};
    struct timespec none = {0, 0};
    say_result("ppoll", syscall(SYS_ppoll, &entry, 1, &none, NULL, 8));
    say(" %x", entry.revents);
    type_line("line\n");
    say_result("ppoll", syscall(SYS_ppoll, &entry, 1, &none, NULL, 8));
    say(" %x", entry.revents);
#ifdef SYS_poll
    say_result("poll", syscall(SYS_poll, &entry, 1, 0));
    say(" %x", entry.revents);
#endif
}

static void raw_select(void)
{
    fd_set set;
    struct timespec none = {0, 0};
    FD_ZERO(&set);
    FD_SET(1, &set);
    type_line("line\n");
    say_result("pselect6", syscall(SYS_pselect6, 2, &set, NULL, NULL, &none, NULL));
    say(" %d", FD_ISSET(1, &set) != 0);
}

static void raw_epoll(void)
{
    long epoll = syscall(SYS_epoll_create1, 0);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 5}, got = {0};
    int fd = open("/dev/tty", O_RDWR);
    say_result("epoll_ctl", syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, fd, &event));
    type_line("line\n");
    say_result("epoll_pwait", syscall(SYS_epoll_pwait, epoll, &got, 1, 3000, NULL, 8));
    say(" %x", got.events);
}

static void raw_sendfile(void)
{
    int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    write(file, "text\n", 5);
    lseek(file, 0, SEEK_SET);
    say_result("sendfile", syscall(SYS_sendfile, 0, file, NULL, 5));
}

static int say_terminal(int count, char **arguments)
{
    (void)count;
    printf("%s: %d %d\n", arguments[0], isatty(0), isatty(1));
    return 0;
}

static void raw_execve(void)
{
    char *const arguments[] = {(char *)oracle_path, "role", "raw_execve", NULL};
    char *const nothing[] = {NULL};
    pid_t child = fork();
    if (child == 0) {
        syscall(SYS_execve, oracle_path, arguments, nothing);
        _exit(9);
    }
    await_child("child", child);
}

static void raw_execveat(void)
{
    char *const arguments[] = {(char *)oracle_path, "role", "raw_execveat", NULL};
    char *const nothing[] = {NULL};
    pid_t child = fork();
    if (child == 0) {
        syscall(SYS_execveat, AT_FDCWD, oracle_path, arguments, nothing, 0);
        _exit(9);
    }
    await_child("child", child);
}

static void raw_others(void)
{
    say_result("getpid", syscall(SYS_getpid) == getpid());
    say_result("dup", isatty((int)syscall(SYS_dup, 0)));
    say_result("close", syscall(SYS_close, 59));
    say_result("no such call", syscall(100000));
    say_result("gettid", syscall(SYS_gettid) == gettid());
    say_result("six arguments",
               syscall(SYS_mmap, NULL, 4096, 0, 0x22 /* private, anonymous */, -1, 0L) != -1);
    errno = 77;
    syscall(SYS_getuid);
    say(" errno=%d", errno);
}

const struct oracle_case oracle_cases[] = {
    {"read", raw_read},
    {"read of the output", raw_read_of_output},
    {"read of an end of file", raw_read_of_end},
    {"readv", raw_readv},
    {"write", raw_write},
    {"writev", raw_writev},
    {"pread64, pwrite64, lseek", raw_pread},
    {"TCGETS", raw_tcgets},
    {"TCSETS", raw_tcsets},
    {"TIOCGWINSZ", raw_winsize},
    {"TIOCGPGRP", raw_group},
    {"FIONREAD", raw_count},
    {"ioctl with errors", raw_ioctl_errors},
    {"open", raw_open},
    {"openat", raw_openat},
    {"openat2", raw_openat2},
    {"fstat and newfstatat", raw_fstat},
    {"statx", raw_statx},
    {"readlinkat", raw_readlink},
    {"faccessat", raw_access},
    {"fcntl", raw_fcntl},
    {"poll and ppoll", raw_poll},
    {"pselect6", raw_select},
    {"epoll", raw_epoll},
    {"sendfile", raw_sendfile},
    {"execve", raw_execve},
    {"execveat", raw_execveat},
    {"other calls", raw_others},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {
    {"raw_execve", say_terminal}, {"raw_execveat", say_terminal}, {NULL, NULL}};
