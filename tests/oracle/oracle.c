/* oracle [FILTER]: runs the family's cases whose names have FILTER in them.
 *
 *     on the terminal  ESC _ CASE NAME ESC \       a case begins
 *                      ESC _ KEYS HEX ESC \        the driver types
 *                      ESC _ LATER HEX ESC \      the driver types, and does not tell
 *                      ESC _ END ESC \             the case is over; ALL: all are
 *                      ESC _ HANGUP ESC \          the driver hangs up, and no more is said here
 *     results          NAME tab WHAT CAME OF IT   a line a case; ALL: how many there were
 *     told             a byte when keys have been typed, and when a case's end has been seen (a FIFO)
 *
 * Both files are in the working directory. */
#include "oracle.h"

#include <stdarg.h>
#include <sys/mman.h>

#include "terminal_name.h"

enum { RESULTS = 60, SCREEN = 61, TOLD = 62 };
enum { LINE_SIZE = 65536, PATIENCE_MS = 4000, CASE_SECONDS = 5 };

struct line {
    size_t length;
    char text[LINE_SIZE];
};

static struct line *line;
static struct termios first_termios;
static struct winsize first_winsize;

void *volatile bad_pointer = (void *)0x10;
void *volatile null_pointer;
const char *oracle_path;

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(2);
}

#ifdef __GLIBC__
#define error_name strerrorname_np
#define signal_name sigabbrev_np
#else
#define error_name strerror
#define signal_name strsignal
#endif

/* Saying. */

void say(const char *format, ...)
{
    va_list arguments;
    size_t room = LINE_SIZE - line->length;
    va_start(arguments, format);
    int length = vsnprintf(line->text + line->length, room, format, arguments);
    va_end(arguments);
    line->length += (size_t)length < room ? (size_t)length : room - 1;
}

long say_result(const char *what, long result)
{
    if (result == -1)
        say(" %s=%s", what, error_name(errno));
    else
        say(" %s=%ld", what, result);
    return result;
}

int say_error(const char *what, int error)
{
    say(" %s=%s", what, error ? error_name(error) : "0");
    return error;
}

void say_bytes(const char *what, const void *bytes, long count)
{
    const unsigned char *b = bytes;
    say(" %s=\"", what);
    for (long i = 0; i < count; i++) {
        if (b[i] >= ' ' && b[i] < 127 && b[i] != '"' && b[i] != '\\')
            say("%c", b[i]);
        else
            say("\\%02x", b[i]);
    }
    say("\"");
}

long say_read(const char *what, int fd, size_t size)
{
    char buffer[8192];
    long got = read(fd, buffer, size < sizeof buffer ? size : sizeof buffer);
    if (got < 0)
        return say_result(what, got);
    say_bytes(what, buffer, got);
    return got;
}

int say_open(const char *what, const char *path, int flags)
{
    static const char *const modes[] = {"r", "w", "rw", "?"};
    int fd = open(path, flags);
    if (fd < 0)
        return (int)say_result(what, fd);
    say(" %s=%s%s", what, modes[fcntl(fd, F_GETFL) & O_ACCMODE], isatty(fd) ? ",tty" : "");
    return fd;
}

void say_poll(const char *what, int fd, short events, int timeout_ms)
{
    static const struct {
        short event;
        const char *name;
    } names[] = {{POLLIN, "IN"},         {POLLPRI, "PRI"},       {POLLOUT, "OUT"},
                 {POLLRDNORM, "RDNORM"}, {POLLRDBAND, "RDBAND"}, {POLLWRNORM, "WRNORM"},
                 {POLLWRBAND, "WRBAND"}, {POLLERR, "ERR"},       {POLLHUP, "HUP"},
                 {POLLNVAL, "NVAL"},     {POLLRDHUP, "RDHUP"}};
    struct pollfd entry = {fd, events, 0};
    int ready = poll(&entry, 1, timeout_ms);
    say_result(what, ready);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (entry.revents & names[i].event)
            say("|%s", names[i].name);
    }
}

const char *name_of_terminal(void)
{
    static char name[128];
    find_terminal_name(name, sizeof name);
    return name;
}

void say_termios(const char *what, const struct termios *termios)
{
    say(" %s=%x/%x/%x/%x/%d/", what, termios->c_iflag, termios->c_oflag, termios->c_cflag,
        termios->c_lflag, termios->c_line);
    for (int i = 0; i < 19; i++)
        say("%02x", termios->c_cc[i]);
    say("/%x/%x", cfgetispeed(termios), cfgetospeed(termios));
}

void say_status(const char *what, int status)
{
    if (WIFEXITED(status))
        say(" %s=exit %d", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        say(" %s=SIG%s", what, signal_name(WTERMSIG(status)));
    else if (WIFSTOPPED(status))
        say(" %s=stopped SIG%s", what, signal_name(WSTOPSIG(status)));
    else
        say(" %s=continued", what);
}

void await_child(const char *what, pid_t child)
{
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) < 0)
        say_result(what, -1);
    else
        say_status(what, status);
}

/* Talking to the driver. */

static void mark(const char *what, const char *about)
{
    char text[1024];
    int length = snprintf(text, sizeof text, "\033_%s %s\033\\", what, about);
    must(write(SCREEN, text, (size_t)length) == length, "mark");
}

static void await_told(void)
{
    struct pollfd entry = {TOLD, POLLIN, 0};
    char byte;
    must(poll(&entry, 1, PATIENCE_MS) == 1 && read(TOLD, &byte, 1) == 1, "told");
}

static void ask_for(const unsigned char *keys, size_t count, const char *how)
{
    char hex[900];
    for (size_t i = 0; i < count; i++)
        sprintf(hex + 2 * i, "%02X", keys[i]);
    mark(how, hex);
}

void type_bytes(const void *keys, size_t count)
{
    ask_for(keys, count, "KEYS");
    await_told();
}

void type(const char *keys)
{
    type_bytes(keys, strlen(keys));
}

static bool is_asleep(pid_t process)
{
    char path[64], text[256] = {0};
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    int fd = open(path, O_RDONLY);
    long got = read(fd, text, sizeof text - 1);
    close(fd);
    const char *end = got > 0 ? strrchr(text, ')') : NULL;
    return end && end[1] && end[2] == 'S';
}

/* Until a process has slept through so many looks, a millisecond apart. */
static void await_sleep(pid_t process)
{
    for (int tries = 0, asleep = 0; tries < PATIENCE_MS && asleep < 30; tries++) {
        asleep = is_asleep(process) ? asleep + 1 : 0;
        poll(NULL, 0, 1);
    }
}

/* Goes on in a grandchild once the caller sleeps; the case has no child that it doesn't know. */
static bool later(pid_t *caller)
{
    *caller = getpid();
    pid_t child = fork();
    if (child > 0)
        waitpid(child, NULL, 0);
    if (child != 0)
        return false;
    if (fork() != 0)
        _exit(0);
    await_sleep(*caller);
    return true;
}

void type_later(const char *keys)
{
    pid_t caller;
    if (!later(&caller))
        return;
    ask_for((const unsigned char *)keys, strlen(keys), "LATER");
    _exit(0);
}

void signal_later(int number)
{
    pid_t caller;
    if (!later(&caller))
        return;
    kill(caller, number);
    _exit(0);
}

/* Looks again each millisecond: nothing tells of input that makes nothing readable. */
bool await_input(int fd, int count)
{
    for (int tries = 0; tries < PATIENCE_MS; tries++) {
        int there = 0;
        if (ioctl(fd, FIONREAD, &there) < 0)
            return false;
        if (there >= count)
            return true;
        poll(NULL, 0, 1);
    }
    say(" NO INPUT CAME");
    return false;
}

bool await_events(int fd, short events)
{
    struct pollfd entry = {fd, events, 0};
    if (poll(&entry, 1, PATIENCE_MS) == 1)
        return true;
    say(" NO EVENT CAME");
    return false;
}

/* Settings. */

void set_flags(tcflag_t off, tcflag_t on)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_lflag = (t.c_lflag & ~off) | on;
    tcsetattr(0, TCSANOW, &t);
}

void set_raw(int min, int time)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    t.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
    t.c_cc[VMIN] = (cc_t)min;
    t.c_cc[VTIME] = (cc_t)time;
    tcsetattr(0, TCSANOW, &t);
}

void set_nonblocking(int fd, bool on)
{
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

void *read_only_memory(void)
{
    return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

void *mmap_two_pages(void)
{
    char *memory = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(memory + 4096, 4096, PROT_NONE);
    return memory;
}

/* Running. */

static void reset_terminal(void)
{
    int flags = O_RDWR;
    for (int fd = 0; fd < 3; fd++)
        fcntl(fd, F_SETFL, flags);
    if (tcgetpgrp(0) != getpgrp())
        tcsetpgrp(0, getpgrp());
    ioctl(0, TIOCNXCL);
    tcflow(0, TCOON);
    ioctl(0, TIOCSWINSZ, &first_winsize);
    must(tcsetattr(0, TCSAFLUSH, &first_termios) == 0, "tcsetattr");
}

static void default_signals(void)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
}

/* Where a family has none of its own. */
bool oracle_hangs_up __attribute__((weak)); /* not const: the compiler would know it */

__attribute__((weak)) void oracle_before(void) {}

static void hang_up(void)
{
    struct termios t;
    mark("HANGUP", "");
    for (int tries = 0; tries < PATIENCE_MS && tcgetattr(0, &t) == 0; tries++)
        poll(NULL, 0, 1);
    must(tcgetattr(0, &t) < 0, "hang up");
}

static void begin(const struct oracle_case *one)
{
    line->length = 0;
    line->text[0] = '\0';
    if (!oracle_hangs_up)
        mark("CASE", one->name);
}

static void end(void)
{
    if (oracle_hangs_up)
        return;
    reset_terminal();
    mark("END", "");
    await_told(); /* or the next might flush output that nobody has read */
}

static void run_case(const struct oracle_case *one)
{
    int status;
    begin(one);
    pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        default_signals();
        if (oracle_hangs_up)
            signal(SIGHUP, SIG_IGN);
        alarm(CASE_SECONDS);
        one->run();
        fflush(NULL);
        _exit(0);
    }
    must(waitpid(child, &status, 0) == child, "waitpid");
    if (status != 0)
        say_status("ENDED", status);
    for (char *c = line->text; (c = strchr(c, '\n')) != NULL;)
        *c = '|'; /* a case has one line */
    dprintf(RESULTS, "%s\t%s\n", one->name, line->text);
    end();
}

static void open_files(void)
{
    int results = open("results", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    must(results >= 0 && dup3(results, RESULTS, O_CLOEXEC) >= 0, "results");
    close(results);
    must(dup3(1, SCREEN, O_CLOEXEC) >= 0, "screen");
    int told = open("told", O_RDWR | O_CLOEXEC);
    must(told >= 0 && dup3(told, TOLD, O_CLOEXEC) >= 0, "told");
    close(told);
}

static int run_role(int count, char **arguments)
{
    for (const struct oracle_role *role = oracle_roles; role->name; role++) {
        if (strcmp(role->name, arguments[0]) == 0)
            return role->run(count, arguments);
    }
    return 99;
}

int main(int count, char **arguments)
{
    const char *filter = count > 1 ? arguments[1] : "";
    if (count > 2 && strcmp(arguments[1], "role") == 0)
        return run_role(count - 2, arguments + 2);
    oracle_path = arguments[0];
    syscall(SYS_close_range, 3u, ~0u, 0u); /* what the harness left open is not the terminal's */
    open_files();
    line = mmap(NULL, sizeof *line, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(line != MAP_FAILED, "mmap");
    must(tcgetattr(0, &first_termios) == 0, "tcgetattr");
    must(ioctl(0, TIOCGWINSZ, &first_winsize) == 0, "TIOCGWINSZ");
    for (int number = 1; number < NSIG; number++) {
        if (number != SIGCHLD && number != SIGSEGV)
            signal(number, SIG_IGN);
    }
    oracle_before();
    if (oracle_hangs_up)
        hang_up();
    int cases = 0;
    for (const struct oracle_case *one = oracle_cases; one->name; one++) {
        if (strstr(one->name, filter)) {
            run_case(one);
            cases++;
        }
    }
    dprintf(RESULTS, "ALL\t%d\n", cases);
    if (!oracle_hangs_up)
        mark("ALL", "");
    return 0;
}
