/* Calls on a terminal that was hung up. */
#include "oracle.h"

#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

bool oracle_hangs_up = true;

enum { BOTH = 50, INPUT, OUTPUT };

static char own_name[128];

void oracle_before(void)
{
    dup2(open("/dev/tty", O_RDWR), BOTH);
    dup2(open("/dev/tty", O_RDONLY), INPUT);
    dup2(open("/dev/tty", O_WRONLY), OUTPUT);
    snprintf(own_name, sizeof own_name, "%s", name_of_terminal());
}

static const int readable[] = {0, 1, BOTH, INPUT};
static const int writable[] = {0, 1, 2, BOTH, OUTPUT};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void reads(void)
{
    char byte;
    for (size_t i = 0; i < COUNT(readable); i++)
        say_result("read", read(readable[i], &byte, 1));
    say_result("nothing", read(0, &byte, 0));
    say_result("write end", read(OUTPUT, &byte, 1));
}

static void reads_again(void)
{
    char byte;
    say_result("read", read(0, &byte, 1));
    say_result("read", read(0, &byte, 1));
    set_nonblocking(0, true);
    say_result("nonblocking", read(0, &byte, 1));
}

static void readvs(void)
{
    char byte;
    struct iovec part = {&byte, 1};
    say_result("readv", readv(0, &part, 1));
    say_result("pread", pread(0, &byte, 1, 0));
    say_result("lseek", lseek(0, 0, SEEK_CUR));
}

static void writes(void)
{
    signal(SIGPIPE, SIG_DFL);
    for (size_t i = 0; i < COUNT(writable); i++)
        say_result("write", write(writable[i], "x", 1));
    say_result("nothing", write(1, "", 0));
    say_result("read end", write(INPUT, "x", 1));
}

static void writevs(void)
{
    struct iovec part = {"x", 1};
    for (size_t i = 0; i < COUNT(writable); i++)
        say_result("writev", writev(writable[i], &part, 1));
}

static void is_terminal(void)
{
    for (size_t i = 0; i < COUNT(writable); i++) {
        errno = 0;
        say(" %d", isatty(writable[i]));
        say_error("errno", errno);
    }
}

static void settings(void)
{
    struct termios t = {0};
    say_result("tcgetattr", tcgetattr(0, &t));
    say_result("tcsetattr", tcsetattr(1, TCSANOW, &t));
    say_result("tcsetattr", tcsetattr(BOTH, TCSAFLUSH, &t));
}

static void queues(void)
{
    say_result("tcflush", tcflush(0, TCIFLUSH));
    say_result("tcflush bad", tcflush(0, 9));
    say_result("tcflow", tcflow(1, TCOON));
    say_result("tcdrain", tcdrain(1));
    say_result("tcsendbreak", tcsendbreak(0, 0));
}

static void groups(void)
{
    say_result("tcgetpgrp", tcgetpgrp(0) < 0 ? -1 : 0);
    say_result("tcsetpgrp", tcsetpgrp(0, getpgrp()));
    say_result("tcgetsid", tcgetsid(0) < 0 ? -1 : 0);
}

static void requests(void)
{
    static const unsigned long all[] = {TCGETS,   TCGETA,    TIOCGWINSZ,   TIOCSWINSZ, FIONREAD,
                                        TIOCOUTQ, TIOCGETD,  TIOCGEXCL,    TIOCEXCL,   TIOCMGET,
                                        TIOCGPTN, TIOCGPGRP, TIOCGSOFTCAR, TIOCSBRK,   TCSBRK,
                                        TCXONC,   TCFLSH,    TIOCSETD,     TIOCPKT,    0x54ff};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char memory[128] = {0};
        say_result("0", ioctl(0, all[i], memory));
        say_result("both", ioctl(BOTH, all[i], memory));
    }
}

static void plain_requests(void)
{
    int off = 0;
    say_result("FIONBIO", ioctl(0, FIONBIO, &off));
    say_result("FIOCLEX", ioctl(0, FIOCLEX));
    say_result("F_GETFL", fcntl(0, F_GETFL) & O_ACCMODE);
    say_result("F_SETFL", fcntl(0, F_SETFL, O_NONBLOCK));
    say_result("F_GETFL", fcntl(0, F_GETFL) & O_NONBLOCK);
    say_result("dup", isatty(dup(0)));
}

static void polls(void)
{
    say_poll("0", 0, POLLIN | POLLOUT, 0);
    say_poll("1", 1, POLLIN | POLLOUT, 0);
    say_poll("both", BOTH, POLLIN | POLLOUT, 0);
    say_poll("in", 0, POLLIN, 2000);
    say_poll("out", 1, POLLOUT, 2000);
}

static void polls_for_nothing(void)
{
    say_poll("0", 0, 0, 2000);
    say_poll("1", 1, 0, 2000);
}

static void selects(void)
{
    fd_set in, out, except;
    struct timeval timeout = {2, 0};
    FD_ZERO(&in);
    FD_SET(0, &in);
    FD_SET(1, &in);
    out = except = in;
    say_result("select", select(2, &in, &out, &except, &timeout));
    for (int fd = 0; fd < 2; fd++)
        say(" %d%d%d", FD_ISSET(fd, &in) != 0, FD_ISSET(fd, &out) != 0, FD_ISSET(fd, &except) != 0);
}

static void files(void)
{
    struct stat s;
    say_result("fstat", fstat(0, &s));
    say(" %o", s.st_mode & S_IFMT);
    say_result("fstat", fstat(BOTH, &s));
    say(" %o", s.st_mode & S_IFMT);
}

static void names(void)
{
    char name[128];
    say_error("ttyname_r", ttyname_r(0, name, sizeof name));
    errno = 0;
    say(" %d", ttyname(1) == NULL);
    say_error("errno", errno);
    say(" %s", ctermid(NULL));
}

static void opens(void)
{
    say_open("/dev/tty", "/dev/tty", O_RDWR);
    say_open("/dev/tty", "/dev/tty", O_RDONLY);
    say_open("/dev/tty", "/dev/tty", O_WRONLY);
    say_result("fopen", fopen("/dev/tty", "r+") ? 0 : -1);
}

static void opens_by_descriptor(void)
{
    say_open("own", own_name, O_RDWR);
    say_open("/dev/stdin", "/dev/stdin", O_RDONLY);
    say_open("/proc/self/fd/1", "/proc/self/fd/1", O_WRONLY);
}

static void streams(void)
{
    char text[10];
    say_result("fgets", fgets(text, sizeof text, stdin) ? 0 : -1);
    say(" eof=%d error=%d", feof(stdin), ferror(stdin));
    say_result("puts", puts("x"));
    say_result("fflush", fflush(stdout));
}

static void moves(void)
{
    int ends[2], file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
    pipe(ends);
    write(file, "text", 4);
    lseek(file, 0, SEEK_SET);
    write(ends[1], "text", 4);
    say_result("sendfile", sendfile(1, file, NULL, 4));
    say_result("splice", splice(ends[0], NULL, 1, NULL, 4, 0));
    say_result("splice from", splice(0, NULL, ends[1], NULL, 4, 0));
}

static void epolls(void)
{
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN}, got = {0};
    say_result("add", epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event));
    say_result("wait", epoll_wait(epoll, &got, 1, 2000));
    say(" HUP=%d", (got.events & EPOLLHUP) != 0);
}

static void children(void)
{
    say_status("test", system("[ -t 0 ] || exit 3"));
    say_status("read", system("read x"));
    say_status("echo", system("echo x 2> /dev/null"));
}

const struct oracle_case oracle_cases[] = {
    {"read", reads},
    {"read again", reads_again},
    {"readv, pread, lseek", readvs},
    {"write", writes},
    {"writev", writevs},
    {"isatty", is_terminal},
    {"settings", settings},
    {"queues", queues},
    {"groups", groups},
    {"ioctl", requests},
    {"ioctl and fcntl of any file", plain_requests},
    {"poll", polls},
    {"poll for nothing", polls_for_nothing},
    {"select", selects},
    {"fstat", files},
    {"ttyname", names},
    {"open /dev/tty", opens},
    {"open by descriptor", opens_by_descriptor},
    {"stdio", streams},
    {"sendfile and splice", moves},
    {"epoll", epolls},
    {"children", children},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
