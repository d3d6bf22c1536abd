/* isatty and the termios functions. */
#include "oracle.h"

static int null_device(void)
{
    return open("/dev/null", O_RDWR);
}

static int plain_file(void)
{
    return open("plain", O_RDWR | O_CREAT, 0600);
}

static int pipe_end(void)
{
    int ends[2];
    return pipe(ends) == 0 ? ends[0] : -1;
}

static int dev_tty(void)
{
    return open("/dev/tty", O_RDWR);
}

static int read_end(void)
{
    return open("/dev/tty", O_RDONLY);
}

static int write_end(void)
{
    return open("/dev/tty", O_WRONLY);
}

static int duplicate(void)
{
    return dup(2);
}

/* Everything that can be asked of a descriptor without changing it. */
static void ask_all(int fd)
{
    struct termios t = {0};
    errno = 0;
    say_result("isatty", isatty(fd));
    say(" errno=%d", errno);
    if (say_result("tcgetattr", tcgetattr(fd, &t)) == 0)
        say_termios("is", &t);
    say_result("group is ours", tcgetpgrp(fd) < 0 ? -1 : tcgetpgrp(fd) == getpgrp());
    say_result("session is ours", tcgetsid(fd) < 0 ? -1 : tcgetsid(fd) == getsid(0));
}

/* Everything that changes, with the settings that are there. */
static void change_all(int fd)
{
    struct termios t = {0};
    tcgetattr(0, &t);
    say_result("now", tcsetattr(fd, TCSANOW, &t));
    say_result("drain", tcsetattr(fd, TCSADRAIN, &t));
    say_result("flush", tcsetattr(fd, TCSAFLUSH, &t));
    say_result("tcdrain", tcdrain(fd));
    say_result("tcflush", tcflush(fd, TCIFLUSH));
    say_result("tcflow", tcflow(fd, TCOON));
    say_result("tcsendbreak", tcsendbreak(fd, 0));
    say_result("tcsetpgrp", tcsetpgrp(fd, getpgrp()));
}

#define ON(name, fd)                                                                               \
    static void ask_##name(void)                                                                   \
    {                                                                                              \
        ask_all(fd);                                                                               \
    }                                                                                              \
    static void change_##name(void)                                                                \
    {                                                                                              \
        change_all(fd);                                                                            \
    }
ON(input, 0)
ON(output, 1)
ON(errors, 2)
ON(null_device, null_device())
ON(plain_file, plain_file())
ON(pipe, pipe_end())
ON(dev_tty, dev_tty())
ON(read_end, read_end())
ON(write_end, write_end())
ON(duplicate, duplicate())
ON(closed, 59)
ON(negative, -1)

/* Each of these bits of a word alone turned over: what a pts keeps. */
static void turn_over(tcflag_t *word, tcflag_t bits, struct termios *t)
{
    struct termios found;
    for (int bit = 0; bit < 32; bit++) {
        tcflag_t before = *word;
        if (!(bits >> bit & 1))
            continue;
        *word ^= 1u << bit;
        tcsetattr(0, TCSANOW, t);
        tcgetattr(0, &found);
        say(" %d:%x/%x/%x/%x", bit, found.c_iflag, found.c_oflag, found.c_cflag, found.c_lflag);
        *word = before;
    }
}

/* What has a name. */
enum {
    NAMED_c_iflag = 077777,
    NAMED_c_oflag = 0177777,
    NAMED_c_cflag = 017777,
    NAMED_c_lflag = 0157777 | EXTPROC,
};

#define TURN_OVER(word)                                                                            \
    static void turn_over_##word(void)                                                             \
    {                                                                                              \
        struct termios t;                                                                          \
        tcgetattr(0, &t);                                                                          \
        turn_over(&t.word, NAMED_##word, &t);                                                      \
    }                                                                                              \
    static void turn_over_rest_of_##word(void)                                                     \
    {                                                                                              \
        struct termios t;                                                                          \
        tcgetattr(0, &t);                                                                          \
        turn_over(&t.word, ~(tcflag_t)NAMED_##word, &t);                                           \
    }
TURN_OVER(c_iflag)
TURN_OVER(c_oflag)
TURN_OVER(c_cflag)
TURN_OVER(c_lflag)

/* A pts has eight bits and no parity. Debian's C library looks whether anything was changed. */
static void seven_bits(void)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_cflag = (t.c_cflag & ~(tcflag_t)CSIZE) | CS7 | PARENB;
    say_result("set", tcsetattr(0, TCSANOW, &t));
    say_result("drain", tcsetattr(0, TCSADRAIN, &t));
    tcgetattr(0, &t);
    say(" %x", t.c_cflag);
}

static void flow_by_hardware(void)
{
    struct termios t, found;
    tcgetattr(0, &t);
    t.c_cflag |= CRTSCTS | CMSPAR;
    say_result("set", tcsetattr(0, TCSADRAIN, &t));
    tcgetattr(0, &found);
    say_termios("found", &found);
}

/* Up to VEOL2; what is behind has no name. */
static void set_characters_until(int end)
{
    struct termios t, found;
    tcgetattr(0, &t);
    for (int i = 0; i < end; i++)
        t.c_cc[i] = (cc_t)(0x80 + i);
    say_result("set", tcsetattr(0, TCSANOW, &t));
    memset(&found, 0xee, sizeof found);
    tcgetattr(0, &found);
    say_termios("found", &found);
    for (int i = 19; i < NCCS; i++)
        say(" %d", found.c_cc[i]);
}

static void set_characters(void)
{
    set_characters_until(VEOL2 + 1);
}

static void set_all_characters(void)
{
    set_characters_until(NCCS);
}

static void set_line(void)
{
    struct termios t, found;
    tcgetattr(0, &t);
    t.c_line = 3;
    say_result("set", tcsetattr(0, TCSANOW, &t));
    tcgetattr(0, &found);
    say(" c_line=%d", found.c_line);
}

static void set_speed(speed_t speed)
{
    struct termios t, found;
    tcgetattr(0, &t);
    say_result("cfsetspeed", cfsetspeed(&t, speed));
    say_result("set", tcsetattr(0, TCSANOW, &t));
    tcgetattr(0, &found);
    say_termios("found", &found);
}

static void speed_9600(void)
{
    set_speed(B9600);
}

static void speed_115200(void)
{
    set_speed(B115200);
}

static void speed_4000000(void)
{
    set_speed(B4000000);
}

static void speed_0(void)
{
    set_speed(B0);
}

static void speeds_of_two(void)
{
    struct termios t, found;
    tcgetattr(0, &t);
    cfsetispeed(&t, B300);
    cfsetospeed(&t, B9600);
    say_result("set", tcsetattr(0, TCSANOW, &t));
    tcgetattr(0, &found);
    say_termios("found", &found);
}

static void make_raw(void)
{
    struct termios t, found;
    tcgetattr(0, &t);
    cfmakeraw(&t);
    say_result("set", tcsetattr(0, TCSADRAIN, &t));
    tcgetattr(1, &found);
    say_termios("found", &found);
    write(1, "a\nb", 3);
}

static void bad_actions(void)
{
    struct termios t;
    tcgetattr(0, &t);
    say_result("-1", tcsetattr(0, -1, &t));
    say_result("3", tcsetattr(0, 3, &t));
    say_result("99 on a file", tcsetattr(plain_file(), 99, &t));
}

static void bad_queues(void)
{
    for (int queue = -1; queue < 5; queue++)
        say_result("tcflush", tcflush(0, queue));
    say_result("high", tcflush(0, 0x10000));
}

static void bad_flows(void)
{
    for (int action = -1; action < 6; action++) {
        if (action != TCOOFF)
            say_result("tcflow", tcflow(1, action));
    }
}

static void breaks(void)
{
    say_result("0", tcsendbreak(0, 0));
    say_result("1", tcsendbreak(0, 1));
    say_result("-1", tcsendbreak(0, -1));
}

/* What an xterm's master sees is TIOCPKT's affair; here it must just come back. */
static void stop_and_start(void)
{
    say_result("tcflow", tcflow(1, TCOOFF));
    say_result("tcflow", tcflow(1, TCOON));
    write(1, "on again", 8);
}

static void flush_input(void)
{
    type("typed\n");
    await_input(0, 6);
    say_result("tcflush", tcflush(0, TCIFLUSH));
    set_nonblocking(0, true);
    say_read("read", 0, 100);
}

static void flush_output_keeps_input(void)
{
    type("typed\n");
    await_input(0, 6);
    say_result("tcflush", tcflush(0, TCOFLUSH));
    say_read("read", 0, 100);
}

static void flush_by_tcsetattr(void)
{
    struct termios t;
    tcgetattr(0, &t);
    type("typed\n");
    await_input(0, 6);
    say_result("tcsetattr", tcsetattr(0, TCSAFLUSH, &t));
    set_nonblocking(0, true);
    say_read("read", 0, 100);
}

static void flush_half_line(void)
{
    type("half");
    say_result("tcflush", tcflush(0, TCIFLUSH));
    type("whole\n");
    await_input(0, 6);
    say_read("read", 0, 100);
}

static void drain_keeps_input(void)
{
    struct termios t;
    tcgetattr(0, &t);
    type("typed\n");
    await_input(0, 6);
    say_result("tcsetattr", tcsetattr(0, TCSADRAIN, &t));
    say_read("read", 0, 100);
}

static void no_echo(void)
{
    set_flags(ECHO, 0);
    type("secret\n");
    await_input(0, 7);
    say_read("read", 0, 100);
}

static void echo_newline_alone(void)
{
    set_flags(ECHO, ECHONL);
    type("secret\n");
    await_input(0, 7);
    say_read("read", 0, 100);
}

static void no_output_processing(void)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_oflag &= ~(tcflag_t)OPOST;
    tcsetattr(0, TCSADRAIN, &t);
    write(1, "a\nb\n", 4);
    t.c_oflag |= OPOST;
    tcsetattr(0, TCSADRAIN, &t);
    write(1, "c\n", 2);
}

static void upper_case(void)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_oflag |= OLCUC;
    t.c_iflag |= IUCLC;
    tcsetattr(0, TCSADRAIN, &t);
    write(1, "shout\n", 6);
    type("LOUD\n");
    await_input(0, 5);
    say_read("read", 0, 100);
}

static void tabs(void)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_oflag |= XTABS;
    tcsetattr(0, TCSADRAIN, &t);
    write(1, "\ra\tb\n", 5);
}

static void return_for_newline(void)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_oflag |= OCRNL;
    tcsetattr(0, TCSADRAIN, &t);
    write(1, "a\rb\n", 4);
}

static void input_newlines(tcflag_t off, tcflag_t on)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_iflag = (t.c_iflag & ~off) | on;
    tcsetattr(0, TCSANOW, &t);
    type("a\rb\n");
    await_events(0, POLLIN);
    say_read("read", 0, 100);
}

static void icrnl_off(void)
{
    input_newlines(ICRNL, 0);
}

static void igncr(void)
{
    input_newlines(0, IGNCR);
}

static void inlcr_and_icrnl(void)
{
    input_newlines(0, INLCR);
}

static void istrip(void)
{
    struct termios t;
    tcgetattr(0, &t);
    t.c_iflag |= ISTRIP;
    tcsetattr(0, TCSANOW, &t);
    type("\xc1\xc2\n");
    await_input(0, 3);
    say_read("read", 0, 100);
}

static void signal_keys(tcflag_t off, int expected)
{
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGTSTP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    set_flags(off, 0);
    type("\003");
    for (int i = 0; i < expected; i++)
        say(" SIG%d", sigtimedwait(&set, NULL, &patience));
}

static void interrupt_key(void)
{
    signal_keys(0, 1);
}

static void interrupt_key_is_input(void)
{
    signal_keys(ISIG, 0);
    type("\n");
    await_input(0, 2);
    say_read("read", 0, 100);
}

static void quit_key(void)
{
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGQUIT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    type("\034");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
}

static void suspend_key(void)
{
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    type("\032");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
}

static void interrupt_drops_line(void)
{
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    type("dropped\003");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
    type("kept\n");
    await_input(0, 5);
    say_read("read", 0, 100);
}

static void moved_interrupt_key(void)
{
    struct termios t;
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    tcgetattr(0, &t);
    t.c_cc[VINTR] = 'x';
    tcsetattr(0, TCSANOW, &t);
    type("x");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
}

static void window_size(void)
{
    struct winsize size = {0};
    say_result("get", ioctl(0, TIOCGWINSZ, &size));
    say(" %d %d %d %d", size.ws_row, size.ws_col, size.ws_xpixel, size.ws_ypixel);
}

static void window_size_set(void)
{
    struct winsize size = {30, 90, 3, 4}, found = {0};
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    say_result("set", ioctl(0, TIOCSWINSZ, &size));
    say_result("get", ioctl(1, TIOCGWINSZ, &found));
    say(" %d %d %d %d", found.ws_row, found.ws_col, found.ws_xpixel, found.ws_ypixel);
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
}

static void window_size_unchanged(void)
{
    struct winsize size;
    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    ioctl(0, TIOCGWINSZ, &size);
    say_result("set", ioctl(0, TIOCSWINSZ, &size));
    sigpending(&pending);
    say(" SIGWINCH=%d", sigismember(&pending, SIGWINCH));
}

static void group_of_other_descriptors(void)
{
    int tty = dev_tty();
    say_result("/dev/tty", tcgetpgrp(tty) == getpgrp());
    say_result("set by /dev/tty", tcsetpgrp(tty, getpgrp()));
}

static void pathconf_of_it(void)
{
    say_result("VDISABLE", fpathconf(0, _PC_VDISABLE));
    say_result("MAX_CANON", fpathconf(0, _PC_MAX_CANON));
    say_result("MAX_INPUT", fpathconf(0, _PC_MAX_INPUT));
    say_result("PIPE_BUF", fpathconf(0, _PC_PIPE_BUF));
}

static void errno_kept(void)
{
    struct termios t;
    errno = 4242;
    isatty(0);
    tcgetattr(0, &t);
    tcsetattr(0, TCSANOW, &t);
    tcgetpgrp(0);
    ttyname(0);
    tcflush(0, TCIFLUSH);
    say(" errno=%d", errno);
}

#define ON_CASES(name)                                                                             \
    {"ask " #name, ask_##name},                                                                    \
    {                                                                                              \
        "change " #name, change_##name                                                             \
    }

const struct oracle_case oracle_cases[] = {
    ON_CASES(input),
    ON_CASES(output),
    ON_CASES(errors),
    ON_CASES(null_device),
    ON_CASES(plain_file),
    ON_CASES(pipe),
    ON_CASES(dev_tty),
    ON_CASES(read_end),
    ON_CASES(write_end),
    ON_CASES(duplicate),
    ON_CASES(closed),
    ON_CASES(negative),
    {"each bit of c_iflag", turn_over_c_iflag},
    {"each bit of c_oflag", turn_over_c_oflag},
    {"each bit of c_cflag", turn_over_c_cflag},
    {"each bit of c_lflag", turn_over_c_lflag},
    {"all characters", set_characters},
    {"characters without a name", set_all_characters},
    {"seven bits and parity", seven_bits},
    {"CRTSCTS and CMSPAR", flow_by_hardware},
    {"bits of c_iflag without a name", turn_over_rest_of_c_iflag},
    {"bits of c_oflag without a name", turn_over_rest_of_c_oflag},
    {"bits of c_cflag without a name", turn_over_rest_of_c_cflag},
    {"bits of c_lflag without a name", turn_over_rest_of_c_lflag},
    {"another c_line", set_line},
    {"9600 baud", speed_9600},
    {"115200 baud", speed_115200},
    {"4000000 baud", speed_4000000},
    {"0 baud", speed_0},
    {"two speeds", speeds_of_two},
    {"cfmakeraw", make_raw},
    {"tcsetattr with bad actions", bad_actions},
    {"tcflush of each queue", bad_queues},
    {"tcflow with each action", bad_flows},
    {"tcsendbreak", breaks},
    {"tcflow off and on", stop_and_start},
    {"tcflush drops a line", flush_input},
    {"tcflush of output keeps a line", flush_output_keeps_input},
    {"TCSAFLUSH drops a line", flush_by_tcsetattr},
    {"tcflush drops half a line", flush_half_line},
    {"TCSADRAIN keeps a line", drain_keeps_input},
    {"ECHO off", no_echo},
    {"ECHO off, ECHONL on", echo_newline_alone},
    {"OPOST off and on between writes", no_output_processing},
    {"OLCUC and IUCLC", upper_case},
    {"XTABS", tabs},
    {"OCRNL", return_for_newline},
    {"ICRNL off", icrnl_off},
    {"IGNCR", igncr},
    {"INLCR and ICRNL", inlcr_and_icrnl},
    {"ISTRIP", istrip},
    {"VINTR is SIGINT", interrupt_key},
    {"VINTR without ISIG is input", interrupt_key_is_input},
    {"VQUIT is SIGQUIT", quit_key},
    {"VSUSP is SIGTSTP", suspend_key},
    {"VINTR drops the line so far", interrupt_drops_line},
    {"VINTR moved", moved_interrupt_key},
    {"TIOCGWINSZ", window_size},
    {"TIOCSWINSZ and SIGWINCH", window_size_set},
    {"TIOCSWINSZ with the same size", window_size_unchanged},
    {"tcsetpgrp by /dev/tty", group_of_other_descriptors},
    {"fpathconf", pathconf_of_it},
    {"success leaves errno alone", errno_kept},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
