/* The keeper's answers: a child puts itself under the filter and makes the calls, whose results it tells by a
 * pipe; the slave is played here. */
#include <linux/openat2.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/uio.h>

#include "testing/check.h"
#include "testing/fake_slave.h"
#include "terminal/filter.h"
#include "terminal/pass.h"
#include "terminal/syscalls.h"
#include "keeper/runtime.h"
#include "keeper/supervise.h"

#define LIBRARY "build/librpty.so"
#define PATIENCE_S 20
#define THREADS 8
#define CALLS 500

static struct fake_slave slave;
static FILE *told;

static const char *outcome(long result)
{
    return result < 0 ? strerrorname_np(errno) : "ok";
}

static void asks(void)
{
    struct termios settings;
    struct winsize size = {0};
    int number = -1;
    fprintf(told, "isatty %d %d %d\n", isatty(0), isatty(1), isatty(2));
    fprintf(told, "tcgetattr %s", outcome(tcgetattr(0, &settings)));
    fprintf(told, " %d\n", !!(settings.c_lflag & ICANON));
    fprintf(told, "TIOCGWINSZ %s", outcome(ioctl(1, TIOCGWINSZ, &size)));
    fprintf(told, " %d %d\n", size.ws_row, size.ws_col);
    fprintf(told, "nowhere %s\n", outcome(ioctl(1, TIOCGWINSZ, (void *)16)));
    fprintf(told, "read-only %s\n", outcome(ioctl(1, TIOCGWINSZ, (void *)asks)));
    fprintf(told, "foreground %d\n", tcgetpgrp(0) == getpgrp());
    fprintf(told, "session %d\n", tcgetsid(0) == getsid(0));
    fprintf(told, "FIONREAD %s", outcome(ioctl(0, FIONREAD, &number)));
    fprintf(told, " %d\n", number);
    fprintf(told, "/dev/null %s\n", outcome(ioctl(open("/dev/null", O_RDWR), TCGETS, &settings)));
    fprintf(told, "closed %s\n", outcome(ioctl(99, TCGETS, &settings)));
    fprintf(told, "other %s\n", outcome(ioctl(0, TIOCGPTN, &number)));
}

static void changes(void)
{
    struct termios settings;
    struct winsize size = {1, 2, 3, 4};
    int32_t nobody = -1;
    tcgetattr(0, &settings);
    fprintf(told, "same %s\n", outcome(tcsetattr(0, TCSANOW, &settings)));
    settings.c_lflag &= ~(tcflag_t)ECHO;
    fprintf(told, "changed %s\n", outcome(tcsetattr(0, TCSAFLUSH, &settings)));
    tcgetattr(1, &settings);
    fprintf(told, "echo %d\n", !!(settings.c_lflag & ECHO));
    fprintf(told, "TIOCSWINSZ %s\n", outcome(ioctl(0, TIOCSWINSZ, &size)));
    fprintf(told, "from nowhere %s\n", outcome(ioctl(0, TIOCSWINSZ, (void *)16)));
    fprintf(told, "tcflush %s\n", outcome(tcflush(0, TCIFLUSH)));
    fprintf(told, "tcdrain %s\n", outcome(tcdrain(1)));
    fprintf(told, "TIOCSPGRP %s\n", outcome(ioctl(0, TIOCSPGRP, &nobody)));
}

/* Typed: "line\n". */
static void opens(void)
{
    char line[16] = {0};
    struct iovec parts[] = {{"a", 1}, {"b", 1}};
    int fd = open("/dev/tty", O_RDWR);
    fprintf(told, "/dev/tty %s %d\n", outcome(fd), fd >= BOTH_WAYS_FIRST);
    fprintf(told, "isatty %d\n", isatty(fd));
    fprintf(told, "read %zd\n", read(fd, line, sizeof line));
    fprintf(told, "write %s", outcome(write(fd, "out", 3)));
    fprintf(told, " %s\n", outcome(writev(fd, parts, 2)));
    fprintf(told, "second %d\n", open("/dev/tty", O_RDWR) == fd + 1);
    fprintf(told, "other %d\n", open("/dev/null", O_RDWR) < BOTH_WAYS_FIRST);
    setsid();
    fprintf(told, "none %s\n", outcome(open("/rpty/none", O_RDWR)));
}

static const char *kind_of(int fd)
{
    struct stat status = {0};
    SYS(fstat, fd, &status);
    return S_ISCHR(status.st_mode) ? "device" : "other";
}

/* By calls from the program's own text. */
static void opens_by_itself(void)
{
    const struct open_how how = {.flags = O_RDWR};
    int in = (int)SYS(openat, AT_FDCWD, "/dev/tty", O_RDONLY);
    int out = (int)SYS(openat, AT_FDCWD, "/dev/tty", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int both = (int)SYS(openat2, AT_FDCWD, "/dev/stdin", &how, sizeof how);
    fprintf(told, "known %d %d %d\n", in == ONE_WAY_FIRST, out == ONE_WAY_FIRST + 1,
            both == BOTH_WAYS_FIRST);
    fprintf(told, "is %s %s %s\n", kind_of(0), kind_of(out), kind_of(both));
    fprintf(told, "write %ld %ld %ld\n", SYS(write, 0, "0", 1), SYS(write, both, "b", 1),
            SYS(write, in, "i", 1));
    fprintf(told, "other %d\n", SYS(openat, AT_FDCWD, "/dev/null", O_RDONLY) < ONE_WAY_FIRST);
    SYS(close, 0);
    fprintf(told, "closed %ld\n", SYS(openat, AT_FDCWD, "/dev/tty", O_RDWR));
}

static void rare(void)
{
    int number = 7;
    fprintf(told, "TIOCEXCL %s\n", outcome(ioctl(0, TIOCEXCL)));
    fprintf(told, "TIOCGEXCL %s", outcome(ioctl(0, TIOCGEXCL, &number)));
    fprintf(told, " %d\n", number);
    fprintf(told, "TIOCGSOFTCAR %s\n", outcome(ioctl(1, TIOCGSOFTCAR, &number)));
    fprintf(told, "TIOCSTI %s\n", outcome(ioctl(0, TIOCSTI, "k")));
    fprintf(told, "nowhere %s\n", outcome(ioctl(0, TIOCSTI, (void *)16)));
    fprintf(told, "TIOCCBRK %s\n", outcome(ioctl(0, TIOCCBRK)));
    fprintf(told, "TIOCSETD %s\n", outcome(ioctl(0, TIOCSETD, &(int){3})));
}

/* Typed: "line\n", as it is where descriptor 1 can be read. */
static void reads(void)
{
    char byte = 0;
    fd_set set;
    struct timeval second = {1, 0}, none = {0, 0};
    FD_ZERO(&set);
    FD_SET(1, &set);
    fprintf(told, "select %d", select(2, &set, NULL, NULL, &second));
    fprintf(told, " %d\n", !!FD_ISSET(1, &set));
    fprintf(told, "read %zd", read(1, &byte, 1));
    fprintf(told, " %c\n", byte);
    while (read(1, &byte, 1) == 1 && byte != '\n')
        continue;
    fprintf(told, "select %d", select(2, &set, NULL, NULL, &none));
    fprintf(told, " %d\n", !!FD_ISSET(1, &set));
}

static void *hammer(void *wrong)
{
    struct winsize size;
    for (int i = 0; i < CALLS; i++) {
        if (ioctl(0, TIOCGWINSZ, &size) || size.ws_col != 99)
            __atomic_fetch_add((int *)wrong, 1, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

static void threads(void)
{
    pthread_t all[THREADS];
    int wrong = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&all[i], NULL, hammer, &wrong);
    for (int i = 0; i < THREADS; i++)
        pthread_join(all[i], NULL);
    fprintf(told, "wrong %d\n", wrong);
}

/* While it waits for input by descriptor 2. Then somebody else has to be answered, and get the line. */
static void killed(void)
{
    char byte;
    alarm(1);
    fprintf(told, "read %zd\n", read(2, &byte, 1));
}

static void hung_up(void)
{
    struct termios settings;
    char byte;
    kill(getppid(), SIGUSR1);
    for (int i = 0; i < 1000 && tcgetattr(0, &settings) == 0; i++)
        usleep(1000);
    fprintf(told, "tcgetattr %s\n", outcome(tcgetattr(0, &settings)));
    fprintf(told, "tcsetattr %s\n", outcome(tcsetattr(0, TCSANOW, &settings)));
    fprintf(told, "read %zd\n", read(1, &byte, 1));
    fprintf(told, "/dev/tty %s\n", outcome(open("/dev/tty", O_RDWR)));
}

struct scenario {
    const char *name;
    void (*run)(void);
    const char *typed;
    const char *told, *requests;
};

static const struct scenario scenarios[] = {
    {"asks", asks, "",
     "isatty 1 1 1\ntcgetattr ok 1\nTIOCGWINSZ ok 33 99\nnowhere EFAULT\nread-only EFAULT\n"
     "foreground 1\nsession 1\nFIONREAD ok 0\n/dev/null ENOTTY\nclosed EBADF\nother ENOTTY\n",
     ""},
    {"changes", changes, "",
     "same ok\nchanged ok\necho 0\nTIOCSWINSZ ok\nfrom nowhere EFAULT\ntcflush ok\ntcdrain ok\n"
     "TIOCSPGRP EINVAL\n",
     "2(2) 3(0) 7(0) 10(0) "},
    {"opens", opens, "line\n",
     "/dev/tty ok 1\nisatty 1\nread 5\nwrite ok ok\nsecond 1\nother 1\nnone ENOENT\n", ""},
    {"opens by itself", opens_by_itself, "",
     "known 1 1 1\nis device device device\nwrite 1 1 -9\nother 1\nclosed 0\n", ""},
    {"rare", rare, "",
     "TIOCEXCL ok\nTIOCGEXCL ok 0\nTIOCGSOFTCAR ok\nTIOCSTI EIO\nnowhere EFAULT\nTIOCCBRK ok\n"
     "TIOCSETD EINVAL\n",
     "14(1) "},
    {"reads", reads, "line\n", "select 1 1\nread 1 l\nselect 0 0\n", ""},
    {"threads", threads, "", "wrong 0\n", ""},
    {"killed", killed, "", "", ""},
    {"after the killed", reads, "line\n", "select 1 1\nread 1 l\nselect 0 0\n", ""},
    {"hung up", hung_up, "", "tcgetattr EIO\ntcsetattr EIO\nread 0\n/dev/tty ENXIO\n", ""},
};

static void become_filtered(int keeper)
{
    long listener = filter_install(true);
    pass_send(keeper, listener);
    if (listener < 0)
        _exit(99);
    close((int)listener);
}

/* -> the child, as the leader of the terminal's session */
static pid_t start(const struct scenario *scenario, int keeper, int results, int ready)
{
    char go;
    pid_t pid = fork();
    must(pid >= 0, "fork");
    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    fake_wire(&slave);
    must(read(ready, &go, 1) == 1, "start");
    told = fdopen(results, "w");
    setvbuf(told, NULL, _IOFBF, 8192);
    become_filtered(keeper);
    scenario->run();
    fflush(told);
    _exit(0);
}

static void hang_up(int signal)
{
    (void)signal;
    __atomic_or_fetch(&slave.page->flags, RPTY_HUNG_UP, __ATOMIC_SEQ_CST);
    fake_event(&slave);
}

static char *read_all(int fd)
{
    static char text[8192];
    size_t length = 0;
    ssize_t got;
    while ((got = read(fd, text + length, sizeof text - 1 - length)) != 0) {
        if (got > 0)
            length += (size_t)got;
        else if (errno != EINTR)
            break;
    }
    text[length] = '\0';
    return strdup(text);
}

static char *requests_of(pid_t process)
{
    char *text = calloc(MAX_REQUESTS, 16);
    for (int i = 0; i < slave.count; i++) {
        check_number("asked for the caller", process, slave.requests[i].process);
        sprintf(text + strlen(text), "%u(%d) ", slave.requests[i].operation,
                slave.requests[i].argument);
    }
    return text;
}

static void refused(int error)
{
    fprintf(stderr, "refused: %s\n", strerror(error));
    exit(1);
}

static void run(const struct scenario *scenario)
{
    int keeper[2], results[2], ready[2];
    fake_start(&slave, LIBRARY);
    must(keeper_runtime_set(slave.preload + sizeof "LD_PRELOAD=" - 1), slave.preload);
    keeper_runtime_map(slave.page);
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, keeper) == 0, "socketpair");
    must(pipe2(results, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0, "pipe2");
    pid_t pid = start(scenario, keeper[1], results[1], ready[0]);
    close(results[1]);
    slave.page->session = slave.page->foreground = pid;
    must(write(ready[1], "g", 1) == 1, "start");
    int listener = pass_receive(keeper[0]);
    must(listener >= 0, "filter");
    must(supervise(listener, -1, refused) == 0, "supervise");
    if (*scenario->typed)
        fake_type(&slave, scenario->typed);
    check_text(scenario->name, scenario->told, read_all(results[0]));
    waitpid(pid, NULL, 0);
    check_text(scenario->name, scenario->requests, requests_of(pid));
    fake_stop(&slave);
}

/* Each in a process of its own, as a keeper has one supervisor. */
static int run_apart(const struct scenario *scenario)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        checks_failed = 0;
        alarm(PATIENCE_S);
        signal(SIGUSR1, hang_up);
        run(scenario);
        _exit(checks_failed);
    }
    waitpid(pid, &status, 0);
    return status;
}

int main(void)
{
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
        check_number(scenarios[i].name, 0, run_apart(&scenarios[i]));
    return checks_done();
}
