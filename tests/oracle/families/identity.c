/* What a terminal looks like: stat and related calls, access, links in /proc. */
#include "oracle.h"

#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>

/* Whether the group may write is a matter of how devpts was mounted. */
static void say_stat(const char *what, int result, const struct stat *s)
{
    if (say_result(what, result) < 0)
        return;
    say(" %o major=%u size=%ld blocks=%ld blksize=%ld links=%ld uid=%u", s->st_mode & ~020u,
        major(s->st_rdev), (long)s->st_size, (long)s->st_blocks, (long)s->st_blksize,
        (long)s->st_nlink, s->st_uid);
}

static void say_statx(const char *what, int result, const struct statx *s)
{
    if (say_result(what, result) < 0)
        return;
    say(" %o major=%u size=%ld blksize=%u mask=%x links=%u attributes=%llx", s->stx_mode & ~020u,
        s->stx_rdev_major, (long)s->stx_size, s->stx_blksize, s->stx_mask & STATX_BASIC_STATS,
        s->stx_nlink, (unsigned long long)s->stx_attributes);
}

#define NAMES(X)                                                                                   \
    X(dev_tty, "/dev/tty")                                                                         \
    X(own, name_of_terminal())                                                                     \
    X(dev_stdin, "/dev/stdin")                                                                     \
    X(dev_stdout, "/dev/stdout")                                                                   \
    X(dev_stderr, "/dev/stderr")                                                                   \
    X(dev_fd_0, "/dev/fd/0")                                                                       \
    X(proc_fd_0, "/proc/self/fd/0")                                                                \
    X(proc_fd_1, "/proc/self/fd/1")

static void paths_stat(const char *path)
{
    struct stat s;
    struct statx x;
    say_stat("stat", stat(path, &s), &s);
    say_stat("fstatat", fstatat(AT_FDCWD, path, &s, 0), &s);
    say_statx("statx", statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &x), &x);
}

static void paths_lstat(const char *path)
{
    struct stat s;
    struct statx x;
    say_result("lstat", lstat(path, &s));
    say(" %o", s.st_mode & ~020u);
    say_result("fstatat", fstatat(AT_FDCWD, path, &s, AT_SYMLINK_NOFOLLOW));
    say(" %o", s.st_mode & ~020u);
    say_result("statx", statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_TYPE | STATX_MODE, &x));
    say(" %o", x.stx_mode & ~020u);
}

static void paths_access(const char *path)
{
    static const int modes[] = {F_OK, R_OK, W_OK, R_OK | W_OK, X_OK};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        say_result("access", access(path, modes[i]));
        say_result("faccessat", faccessat(AT_FDCWD, path, modes[i], AT_EACCESS));
        say_result("eaccess", eaccess(path, modes[i]));
    }
}

static void paths_link(const char *path)
{
    char target[256] = {0};
    say_result("readlink", readlink(path, target, sizeof target - 1) < 0 ? -1 : 0);
    say(" %s", strcmp(target, name_of_terminal()) == 0 ? "own" : target);
    memset(target, 0, sizeof target);
    say_result("readlinkat", readlinkat(AT_FDCWD, path, target, sizeof target - 1) < 0 ? -1 : 0);
    say(" %s", strcmp(target, name_of_terminal()) == 0 ? "own" : target);
}

static void paths_real(const char *path)
{
    char *real = realpath(path, NULL);
    if (real == NULL)
        say_result("realpath", -1);
    else
        say(" %s", strcmp(real, name_of_terminal()) == 0 ? "own" : real);
}

#define BY_NAME(name, path)                                                                        \
    static void name##_stat(void)                                                                  \
    {                                                                                              \
        paths_stat(path);                                                                          \
    }                                                                                              \
    static void name##_lstat(void)                                                                 \
    {                                                                                              \
        paths_lstat(path);                                                                         \
    }                                                                                              \
    static void name##_access(void)                                                                \
    {                                                                                              \
        paths_access(path);                                                                        \
    }                                                                                              \
    static void name##_link(void)                                                                  \
    {                                                                                              \
        paths_link(path);                                                                          \
    }                                                                                              \
    static void name##_real(void)                                                                  \
    {                                                                                              \
        paths_real(path);                                                                          \
    }
NAMES(BY_NAME)

static void descriptors_stat(int fd)
{
    struct stat s;
    struct statx x;
    say_stat("fstat", fstat(fd, &s), &s);
    say_stat("fstatat", fstatat(fd, "", &s, AT_EMPTY_PATH), &s);
    say_statx("statx", statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &x), &x);
}

static void input(void)
{
    descriptors_stat(0);
}

static void output(void)
{
    descriptors_stat(1);
}

static void read_end(void)
{
    descriptors_stat(open("/dev/tty", O_RDONLY));
}

static void write_end(void)
{
    descriptors_stat(open("/dev/tty", O_WRONLY));
}

static void both_ends(void)
{
    descriptors_stat(open("/dev/tty", O_RDWR));
}

static void by_own_name(void)
{
    descriptors_stat(open(name_of_terminal(), O_RDWR));
}

static void closed(void)
{
    descriptors_stat(59);
}

static void path_only(void)
{
    descriptors_stat(open(name_of_terminal(), O_PATH));
}

static void same_everywhere(void)
{
    struct stat a, b, c, d;
    struct statx x;
    fstat(0, &a);
    fstat(1, &b);
    stat(name_of_terminal(), &c);
    stat("/dev/stdin", &d);
    statx(1, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &x);
    say(" %d %d %d", a.st_rdev == b.st_rdev, a.st_rdev == c.st_rdev, a.st_rdev == d.st_rdev);
    say(" %d %d %d", a.st_ino == b.st_ino, a.st_ino == c.st_ino, a.st_ino == d.st_ino);
    say(" %d %d %d", a.st_dev == b.st_dev, a.st_dev == c.st_dev, a.st_dev == d.st_dev);
    say(" %d %d %d", makedev(x.stx_rdev_major, x.stx_rdev_minor) == a.st_rdev,
        makedev(x.stx_dev_major, x.stx_dev_minor) == a.st_dev, x.stx_ino == a.st_ino);
}

static void device_of_dev_tty(void)
{
    struct stat s;
    stat("/dev/tty", &s);
    say(" %u:%u", major(s.st_rdev), minor(s.st_rdev));
}

static void device_itself(void)
{
    struct stat s;
    fstat(0, &s);
    say(" %lx %lx", (long)s.st_rdev, (long)s.st_dev);
}

static void bad_memory(void)
{
    say_result("fstat NULL", fstat(0, null_pointer));
    say_result("fstat bad", fstat(0, bad_pointer));
    say_result("stat NULL", stat("/dev/tty", null_pointer));
    say_result("stat path", stat(null_pointer, bad_pointer));
    say_result("stat bad path", stat(bad_pointer, bad_pointer));
    say_result("lstat bad path", lstat(bad_pointer, bad_pointer));
    say_result("access bad path", access(bad_pointer, F_OK));
    say_result("statx", statx(0, "", AT_EMPTY_PATH, STATX_BASIC_STATS, bad_pointer));
    say_result("statx path", statx(0, bad_pointer, 0, STATX_BASIC_STATS, bad_pointer));
    say_result("readlink", readlink("/proc/self/fd/0", bad_pointer, 10));
    say_result("readlink path", readlink(bad_pointer, bad_pointer, 10));
}

static void bad_flags(void)
{
    struct stat s;
    struct statx x;
    say_result("fstatat", fstatat(0, "", &s, 0x40000000));
    say_result("fstatat empty", fstatat(0, "", &s, 0));
    say_result("statx", statx(0, "", 0x40000000, STATX_BASIC_STATS, &x));
    say_result("statx mask", statx(0, "", AT_EMPTY_PATH, 0x80000000u, &x));
    say_result("faccessat", faccessat(AT_FDCWD, name_of_terminal(), F_OK, 0x40000000));
}

static void short_link(void)
{
    char target[16] = {0};
    say_result("readlink 0", readlink("/proc/self/fd/0", target, 0));
    say_result("readlink 3", readlink("/proc/self/fd/0", target, 3));
    say(" %s", target);
}

static void link_at_directory(void)
{
    char target[256] = {0};
    int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY);
    say_result("readlinkat", readlinkat(folder, "0", target, sizeof target - 1) < 0 ? -1 : 0);
    say(" %s", strcmp(target, name_of_terminal()) == 0 ? "own" : target);
}

static void link_by_pid(void)
{
    char target[256] = {0}, path[64];
    sprintf(path, "/proc/%d/fd/1", getpid());
    say_result("readlink", readlink(path, target, sizeof target - 1) < 0 ? -1 : 0);
    say(" %s", strcmp(target, name_of_terminal()) == 0 ? "own" : target);
}

static void link_of_dev_tty(void)
{
    char target[256] = {0}, path[64];
    sprintf(path, "/proc/self/fd/%d", open("/dev/tty", O_RDWR));
    say_result("readlink", readlink(path, target, sizeof target - 1) < 0 ? -1 : 0);
    say(" %s", strcmp(target, name_of_terminal()) == 0 ? "own" : target);
}

static void link_of_other_things(void)
{
    char target[256] = {0}, path[64];
    sprintf(path, "/proc/self/fd/%d", open("/dev/null", O_RDWR));
    readlink(path, target, sizeof target - 1);
    say(" %s", target);
    say_result("closed", readlink("/proc/self/fd/59", target, sizeof target - 1));
    say_result("no link", readlink("/dev/null", target, sizeof target - 1));
}

static void change_mode(void)
{
    struct stat s;
    say_result("fchmod", fchmod(0, 0600));
    fstat(0, &s);
    say(" %o", s.st_mode & ~020u);
    say_result("fchmod", fchmod(0, 0620));
    fstat(0, &s);
    say(" %o", s.st_mode & ~020u);
    say_result("chmod", chmod(name_of_terminal(), 0602));
    stat(name_of_terminal(), &s);
    say(" %o", s.st_mode & ~020u);
    say_result("chmod", chmod(name_of_terminal(), 0620));
}

static void change_owner(void)
{
    say_result("fchown", fchown(0, getuid(), (gid_t)-1));
    say_result("chown", chown(name_of_terminal(), getuid(), (gid_t)-1));
}

static void change_size(void)
{
    say_result("ftruncate", ftruncate(0, 0));
    say_result("ftruncate 1", ftruncate(1, 0));
    say_result("fsync", fsync(0));
    say_result("fsync 1", fsync(1));
    say_result("fdatasync", fdatasync(1));
    say_result("syncfs", syncfs(1) < 0 ? -1 : 0);
}

static void of_other_files(void)
{
    say_result("truncate", truncate(name_of_terminal(), 0));
    say_result("fallocate", fallocate(1, 0, 0, 10));
    say_error("posix_fadvise", posix_fadvise(0, 0, 0, POSIX_FADV_NORMAL));
}

static void change_times(void)
{
    say_result("futimens", futimens(0, NULL));
}

static void other_kinds_are_left_alone(void)
{
    struct stat s;
    int ends[2];
    pipe(ends);
    fstat(ends[0], &s);
    say(" %o", s.st_mode & S_IFMT);
    stat("/dev/null", &s);
    say(" %o %lx", s.st_mode & S_IFMT, (long)s.st_rdev);
    lstat("/dev/stdin", &s);
    say(" %o", s.st_mode & S_IFMT);
    stat(".", &s);
    say(" %o", s.st_mode & S_IFMT);
}

#define ENTRIES_OF(name, path)                                                                     \
    {#name " by stat", name##_stat}, {#name " by lstat", name##_lstat},                            \
        {#name " by access", name##_access}, {#name " by readlink", name##_link},                  \
        {#name " by realpath", name##_real},

const struct oracle_case oracle_cases[] = {
    NAMES(ENTRIES_OF){"fstat of the input", input},
    {"fstat of the output", output},
    {"fstat of /dev/tty for reading", read_end},
    {"fstat of /dev/tty for writing", write_end},
    {"fstat of /dev/tty for both", both_ends},
    {"fstat of what was opened by its own name", by_own_name},
    {"fstat of a closed descriptor", closed},
    {"fstat of an O_PATH descriptor", path_only},
    {"one identity everywhere", same_everywhere},
    {"device of /dev/tty", device_of_dev_tty},
    {"device number", device_itself},
    {"bad memory", bad_memory},
    {"bad flags", bad_flags},
    {"readlink into little room", short_link},
    {"readlinkat in /proc/self/fd", link_at_directory},
    {"readlink of /proc/PID/fd/1", link_by_pid},
    {"readlink of a descriptor of /dev/tty", link_of_dev_tty},
    {"readlink of other things", link_of_other_things},
    {"chmod", change_mode},
    {"chown", change_owner},
    {"ftruncate and fsync", change_size},
    {"truncate, fallocate, posix_fadvise", of_other_files},
    {"futimens", change_times},
    {"other kinds of files", other_kinds_are_left_alone},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
