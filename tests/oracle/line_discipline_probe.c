/* A probe of the kernel's line discipline: runs scripts on a kernel pty and writes the outcome of each
 * step.
 *
 *     stdin, a command a line       stdout, a line for each command but `open`
 *     open                          (a fresh terminal: flags off, characters disabled)
 *     set +ICANON -ECHO VERASE=127  echo=6162 signals=SIGINT,flush flow=stop input=3
 *     type 616263                   … (`flush` if the signal discarded input)
 *     write 6162                    … (a program prints)
 *     read 100                      … read=616263, or read=none where a reader would wait
 *     flush                         … (tcflush TCIFLUSH)
 *
 * Bytes are hexadecimal, `input` is FIONREAD. We are session leader and foreground process group of
 * the terminal whose other end we hold; packet mode tells about ^S and flushes.
 *
 * Nothing here waits for time to pass: reading or polling an end that has nothing to read makes the
 * kernel finish first what is under way to it (tty_buffer_flush_work). Input that is typed while
 * something can be read can't be awaited that way: it is put in by TIOCSTI, which returns when it is
 * done. Where that is not allowed, the answer is `unsupported`. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* A line of a 64 KiB paste in hexadecimal. */
enum { LINE_MAX_BYTES = 2 * 65536 + 64 };

/* VMIN: more than most scripts leave unread, so that a poll of raw input finds too little and makes
 * the kernel finish; but with more than 64 a read would get no more than 64 bytes. */
enum { MIN_FOR_POLL = 255, MIN_FOR_READ = 1 };

enum field { IFLAG, OFLAG, LFLAG };

static const struct {
    const char *name;
    enum field field;
    tcflag_t bits;
} flags[] = {
#define FLAG(field, name) #name, field, name
    {FLAG(IFLAG, ISTRIP)},  {FLAG(IFLAG, INLCR)},   {FLAG(IFLAG, IGNCR)},   {FLAG(IFLAG, ICRNL)},
    {FLAG(IFLAG, IUCLC)},   {FLAG(IFLAG, IXON)},    {FLAG(IFLAG, IXANY)},   {FLAG(IFLAG, IXOFF)},
    {FLAG(IFLAG, IMAXBEL)}, {FLAG(IFLAG, IUTF8)},   {FLAG(IFLAG, PARMRK)},  {FLAG(IFLAG, INPCK)},
    {FLAG(IFLAG, IGNPAR)},  {FLAG(LFLAG, ISIG)},    {FLAG(LFLAG, ICANON)},  {FLAG(LFLAG, XCASE)},
    {FLAG(LFLAG, ECHO)},    {FLAG(LFLAG, ECHOE)},   {FLAG(LFLAG, ECHOK)},   {FLAG(LFLAG, ECHONL)},
    {FLAG(LFLAG, NOFLSH)},  {FLAG(LFLAG, IEXTEN)},  {FLAG(LFLAG, ECHOCTL)}, {FLAG(LFLAG, ECHOKE)},
    {FLAG(LFLAG, ECHOPRT)}, {FLAG(LFLAG, EXTPROC)}, {FLAG(OFLAG, OPOST)},   {FLAG(OFLAG, OLCUC)},
    {FLAG(OFLAG, ONLCR)},   {FLAG(OFLAG, OCRNL)},   {FLAG(OFLAG, ONOCR)},   {FLAG(OFLAG, ONLRET)},
    {FLAG(OFLAG, XTABS)},
#undef FLAG
};

static const struct {
    const char *name;
    int index;
} characters[] = {
#define CHARACTER(name) #name, name
    {CHARACTER(VINTR)},  {CHARACTER(VQUIT)}, {CHARACTER(VERASE)},   {CHARACTER(VKILL)},
    {CHARACTER(VEOF)},   {CHARACTER(VEOL)},  {CHARACTER(VEOL2)},    {CHARACTER(VSTART)},
    {CHARACTER(VSTOP)},  {CHARACTER(VSUSP)}, {CHARACTER(VREPRINT)}, {CHARACTER(VWERASE)},
    {CHARACTER(VLNEXT)},
#undef CHARACTER
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static int master = -1, slave = -1;
static sigset_t watched;

static void check(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "line_discipline_probe: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void open_terminal(void)
{
    if (slave >= 0)
        close(slave);
    if (master >= 0)
        close(master);
    master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    check(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "open a pseudoterminal");
    slave = open(ptsname(master), O_RDWR | O_NONBLOCK); /* becomes our controlling terminal */
    check(slave >= 0, "open the terminal");
    int on = 1;
    check(ioctl(master, TIOCPKT, &on) == 0, "set packet mode");
    struct termios t = {.c_cflag = CS8 | CREAD | B38400};
    memset(t.c_cc, _POSIX_VDISABLE, sizeof t.c_cc);
    t.c_cc[VMIN] = MIN_FOR_POLL;
    t.c_cc[VTIME] = 0;
    check(tcsetattr(slave, TCSANOW, &t) == 0, "clear the settings");
}

/* Settings. */

static tcflag_t *flag_field(struct termios *t, enum field field)
{
    switch (field) {
    case IFLAG:
        return &t->c_iflag;
    case OFLAG:
        return &t->c_oflag;
    default:
        return &t->c_lflag;
    }
}

static int set_flag(struct termios *t, const char *name, int on)
{
    for (size_t i = 0; i < COUNT(flags); i++) {
        if (strcmp(flags[i].name, name) != 0)
            continue;
        tcflag_t *field = flag_field(t, flags[i].field);
        *field = on ? *field | flags[i].bits : *field & ~flags[i].bits;
        return 1;
    }
    return 0;
}

static int set_character(struct termios *t, const char *name, int value)
{
    for (size_t i = 0; i < COUNT(characters); i++) {
        if (strcmp(characters[i].name, name) != 0)
            continue;
        t->c_cc[characters[i].index] = value < 0 ? _POSIX_VDISABLE : (cc_t)value;
        return 1;
    }
    return 0;
}

static void set_min(cc_t min)
{
    struct termios t;
    check(tcgetattr(slave, &t) == 0, "read the settings");
    t.c_cc[VMIN] = min;
    check(tcsetattr(slave, TCSANOW, &t) == 0, "set VMIN");
}

static void set_settings(char *words)
{
    struct termios t;
    check(tcgetattr(slave, &t) == 0, "read the settings");
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " ")) {
        char *value = strchr(word, '=');
        if (value)
            *value++ = '\0';
        int known =
            value ? set_character(&t, word, atoi(value)) : set_flag(&t, word + 1, word[0] == '+');
        errno = EINVAL;
        check(known, word);
    }
    check(tcsetattr(slave, TCSANOW, &t) == 0, "change the settings");
}

/* Bytes. */

static size_t from_hex(const char *hex, unsigned char *bytes)
{
    size_t n = 0;
    for (unsigned byte; sscanf(hex + 2 * n, "%2x", &byte) == 1; n++)
        bytes[n] = (unsigned char)byte;
    return n;
}

static void print_hex(const unsigned char *bytes, ssize_t n)
{
    for (ssize_t i = 0; i < n; i++)
        printf("%02x", bytes[i]);
}

/* Input. */

static int can_read(void)
{
    struct pollfd p = {.fd = slave, .events = POLLIN};
    check(poll(&p, 1, 0) >= 0, "poll the terminal");
    return (p.revents & POLLIN) != 0;
}

static int inject(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (ioctl(slave, TIOCSTI, &bytes[i]) != 0)
            return 0;
    }
    return 1;
}

/* The number of bytes that can be read. Waits until the discipline has done with what it is at. */
static int input_waiting(void)
{
    int n = 0;
    check(ioctl(slave, FIONREAD, &n) == 0, "ask for the input's size");
    return n;
}

static int type(const unsigned char *bytes, size_t n)
{
    if (can_read())
        return inject(bytes, n);
    check(write(master, bytes, n) == (ssize_t)n, "type");
    can_read();
    input_waiting();
    return 1;
}

/* Answers. */

static void print_signals(int flushed)
{
    static const struct timespec now;
    const char *comma = "";
    printf(" signals=");
    for (int signal; (signal = sigtimedwait(&watched, NULL, &now)) > 0; comma = ",") {
        printf("%sSIG%s", comma, sigabbrev_np(signal));
        if (flushed)
            printf(",flush");
    }
}

/* Reads what the terminal shows; returns packet mode's bits. */
static int print_echo(void)
{
    unsigned char packet[4096];
    int bits = 0;
    printf("echo=");
    for (ssize_t n; (n = read(master, packet, sizeof packet)) > 0;) {
        if (packet[0] == TIOCPKT_DATA)
            print_hex(packet + 1, n - 1);
        else
            bits |= packet[0];
    }
    check(errno == EAGAIN, "read the echo");
    return bits;
}

static void answer(void)
{
    int bits = print_echo();
    print_signals(bits & TIOCPKT_FLUSHREAD);
    printf(" flow=%s", bits & TIOCPKT_STOP ? "stop" : bits & TIOCPKT_START ? "start" : "");
    printf(" input=%d", input_waiting());
}

static void answer_read(size_t max)
{
    static unsigned char bytes[65536];
    set_min(MIN_FOR_READ);
    ssize_t n = read(slave, bytes, max < sizeof bytes ? max : sizeof bytes);
    check(n >= 0 || errno == EAGAIN, "read the terminal");
    set_min(MIN_FOR_POLL);
    answer();
    printf(" read=");
    if (n < 0)
        printf("none");
    else
        print_hex(bytes, n);
}

/* Carries out a command; whether it could. */
static int carry_out(const char *command, char *rest)
{
    static unsigned char bytes[LINE_MAX_BYTES / 2];
    if (strcmp(command, "type") == 0)
        return type(bytes, from_hex(rest, bytes));
    if (strcmp(command, "write") == 0) {
        size_t n = from_hex(rest, bytes);
        check(write(slave, bytes, n) == (ssize_t)n, "print");
    } else if (strcmp(command, "set") == 0) {
        set_settings(rest);
    } else if (strcmp(command, "flush") == 0) {
        tcflush(slave, TCIFLUSH);
    }
    return 1;
}

static void run(char *command)
{
    static int lost; /* something could not be typed: nothing that follows means anything */
    char *rest = command + strcspn(command, " ");
    if (*rest)
        *rest++ = '\0';
    if (strcmp(command, "open") == 0) {
        open_terminal();
        lost = 0;
        return;
    }
    lost = lost || !carry_out(command, rest);
    if (lost)
        printf("unsupported");
    else if (strcmp(command, "read") == 0)
        answer_read(strtoul(rest, NULL, 10));
    else
        answer();
    putchar('\n');
}

int main(void)
{
    static char line[LINE_MAX_BYTES];
    sigemptyset(&watched);
    sigaddset(&watched, SIGINT);
    sigaddset(&watched, SIGQUIT);
    sigaddset(&watched, SIGTSTP);
    sigprocmask(SIG_BLOCK, &watched, NULL);
    signal(SIGHUP, SIG_IGN); /* comes as each terminal closes */
    check(setsid() >= 0, "make a session");

    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        run(line);
    }
    return 0;
}
