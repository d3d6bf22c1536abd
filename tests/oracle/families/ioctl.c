/* ioctl: each request with a good, a null, a bad and a read-only pointer, and with a plain number. Requests that would
 * hang up the terminal or take the console (TIOCVHANGUP, TIOCCONS) are left out. Job control has its own tests. */
#include "oracle.h"

#include <linux/fs.h>
#include <linux/kd.h>
#include <linux/sockios.h>
#include <linux/vt.h>

/* The C library's header and the kernel's do not go together. */
#define GET_TERMIOS2 0x802c542au
#define SET_TERMIOS2 0x402c542bu
#define SET_TERMIOS2_DRAIN 0x402c542cu
#define SET_TERMIOS2_FLUSH 0x402c542du
#define GET_PTPEER 0x5441u
#define UNKNOWN_OF_T 0x54ffu
#define UNKNOWN 0xabcdu
#define GET_ISO7816 0x80285442u
#define GET_DEV 0x80045432u

#define REQUESTS(X)                                                                                \
    X(TCGETS)                                                                                      \
    X(TCSETS)                                                                                      \
    X(TCSETSW)                                                                                     \
    X(TCSETSF)                                                                                     \
    X(GET_TERMIOS2)                                                                                \
    X(SET_TERMIOS2)                                                                                \
    X(SET_TERMIOS2_DRAIN)                                                                          \
    X(SET_TERMIOS2_FLUSH)                                                                          \
    X(TCGETA)                                                                                      \
    X(TCSETA)                                                                                      \
    X(TCSETAW)                                                                                     \
    X(TCSETAF)                                                                                     \
    X(TCGETX)                                                                                      \
    X(TIOCGLCKTRMIOS)                                                                              \
    X(TIOCSLCKTRMIOS)                                                                              \
    X(TIOCGWINSZ)                                                                                  \
    X(TIOCSWINSZ)                                                                                  \
    X(TIOCGPGRP)                                                                                   \
    X(TIOCSPGRP)                                                                                   \
    X(TIOCGSID)                                                                                    \
    X(FIONREAD)                                                                                    \
    X(TIOCOUTQ)                                                                                    \
    X(TIOCGETD)                                                                                    \
    X(TIOCSETD)                                                                                    \
    X(TIOCSTI)                                                                                     \
    X(TIOCEXCL)                                                                                    \
    X(TIOCNXCL)                                                                                    \
    X(TIOCGEXCL)                                                                                   \
    X(TIOCMGET)                                                                                    \
    X(TIOCMSET)                                                                                    \
    X(TIOCMBIS)                                                                                    \
    X(TIOCMBIC)                                                                                    \
    X(TIOCMIWAIT)                                                                                  \
    X(TIOCGICOUNT)                                                                                 \
    X(TIOCPKT)                                                                                     \
    X(TIOCGPKT)                                                                                    \
    X(TIOCGPTLCK)                                                                                  \
    X(TIOCSPTLCK)                                                                                  \
    X(TIOCGPTN)                                                                                    \
    X(GET_PTPEER)                                                                                  \
    X(TIOCSIG)                                                                                     \
    X(TIOCGSOFTCAR)                                                                                \
    X(TIOCSSOFTCAR)                                                                                \
    X(TIOCGSERIAL)                                                                                 \
    X(TIOCSSERIAL)                                                                                 \
    X(TIOCSERCONFIG)                                                                               \
    X(TIOCSERGETLSR)                                                                               \
    X(TIOCSERGSTRUCT)                                                                              \
    X(TIOCGRS485)                                                                                  \
    X(TIOCSRS485)                                                                                  \
    X(GET_ISO7816)                                                                                 \
    X(TIOCLINUX)                                                                                   \
    X(TIOCSBRK)                                                                                    \
    X(TIOCCBRK)                                                                                    \
    X(FIONBIO)                                                                                     \
    X(FIOASYNC)                                                                                    \
    X(FIOCLEX)                                                                                     \
    X(FIONCLEX)                                                                                    \
    X(FIOQSIZE)                                                                                    \
    X(FIOGETOWN)                                                                                   \
    X(FIOSETOWN)                                                                                   \
    X(SIOCGPGRP)                                                                                   \
    X(SIOCATMARK)                                                                                  \
    X(FIBMAP)                                                                                      \
    X(FIGETBSZ)                                                                                    \
    X(FS_IOC_GETFLAGS)                                                                             \
    X(BLKGETSIZE)                                                                                  \
    X(KDGKBMODE)                                                                                   \
    X(KDGETMODE)                                                                                   \
    X(KDGKBTYPE)                                                                                   \
    X(KDSETLED)                                                                                    \
    X(VT_GETSTATE)                                                                                 \
    X(VT_OPENQRY)                                                                                  \
    X(UNKNOWN_OF_T)                                                                                \
    X(UNKNOWN)

static int tty(void)
{
    return open("/dev/tty", O_RDWR);
}

/* With memory that holds something, so that what is not written shows. */
static void with_memory(int fd, unsigned long request)
{
    unsigned char memory[128];
    memset(memory, 0x55, sizeof memory);
    memset(memory, 0, 8);
    say_result("result", ioctl(fd, request, memory));
    if (request == TIOCGPGRP || request == TIOCGSID)
        memcpy(memory, &(int){*(int *)memory == (int)getsid(0)}, sizeof(int));
    if (request == TIOCOUTQ) /* how far the line is behind is a matter of chance */
        return;
    for (int i = 0; i < 64; i++)
        say("%s%02x", i ? "" : " ", memory[i]);
}

/* On other descriptors too; the kernel has one answer for all of them. */
static void elsewhere(unsigned long request)
{
    int there = tty(), duplicate = dup(1), file = open("plain", O_RDWR | O_CREAT, 0600);
    unsigned char memory[128] = {0};
    say_result("1", ioctl(1, request, memory));
    say_result("tty", ioctl(there, request, memory));
    say_result("dup", ioctl(duplicate, request, memory));
    say_result("file", ioctl(file, request, memory));
    say_result("closed", ioctl(59, request, memory));
}

#define CASES_OF(request)                                                                          \
    static void request##_good(void)                                                               \
    {                                                                                              \
        with_memory(0, request);                                                                   \
    }                                                                                              \
    static void request##_null(void)                                                               \
    {                                                                                              \
        say_result("result", ioctl(0, request, null_pointer));                                     \
    }                                                                                              \
    static void request##_bad(void)                                                                \
    {                                                                                              \
        say_result("result", ioctl(0, request, bad_pointer));                                      \
    }                                                                                              \
    static void request##_read_only(void)                                                          \
    {                                                                                              \
        say_result("result", ioctl(1, request, read_only_memory()));                               \
    }                                                                                              \
    static void request##_elsewhere(void)                                                          \
    {                                                                                              \
        elsewhere(request);                                                                        \
    }
REQUESTS(CASES_OF)

/* What a request does, beyond coming back. */

static void getd_setd(void)
{
    for (int discipline = -1; discipline < 32; discipline += 3) {
        int number = discipline;
        if (discipline == 0 || discipline > 26 || discipline == -1)
            say_result("set", ioctl(0, TIOCSETD, &number));
    }
    int zero = 0, found = 9;
    say_result("set", ioctl(0, TIOCSETD, &zero));
    say_result("get", ioctl(0, TIOCGETD, &found));
    say(" %d", found);
}

static void setd_keeps_settings(void)
{
    struct termios t;
    int zero = 0;
    set_flags(ECHO, 0);
    ioctl(0, TIOCSETD, &zero);
    tcgetattr(0, &t);
    say_termios("is", &t);
}

static void say_exclusive(void)
{
    int is = 7;
    say_result("get", ioctl(1, TIOCGEXCL, &is));
    say(" %d", is);
}

static void exclusive(void)
{
    say_exclusive();
    say_result("on", ioctl(0, TIOCEXCL));
    say_exclusive();
    say_result("off", ioctl(0, TIOCNXCL));
    say_exclusive();
}

static void say_whether_opens(void)
{
    int fd = open("/dev/tty", O_RDWR);
    say_result("/dev/tty", fd < 0 ? fd : 0);
    say_result("isatty", isatty(fd));
}

/* Root may open it all the same. */
static void exclusive_open_as(uid_t user)
{
    chmod(ttyname(0) ? ttyname(0) : "", 0666);
    say_result("on", ioctl(0, TIOCEXCL));
    if (user)
        setuid(user);
    say_whether_opens();
    say_result("off", ioctl(0, TIOCNXCL));
    say_whether_opens();
}

static void exclusive_open_as_root(void)
{
    exclusive_open_as(0);
}

static void exclusive_open_as_nobody(void)
{
    exclusive_open_as(65534);
}

static void inject(void)
{
    for (const char *c = "ok\n"; *c; c++)
        say_result("sti", ioctl(0, TIOCSTI, c));
    await_input(0, 3);
    say_read("read", 0, 100);
}

static void soft_carrier(void)
{
    int on = 1, is = 9;
    struct termios t;
    say_result("get", ioctl(0, TIOCGSOFTCAR, &is));
    say(" %d", is);
    say_result("set", ioctl(0, TIOCSSOFTCAR, &on));
    say_result("get", ioctl(0, TIOCGSOFTCAR, &is));
    say(" %d", is);
    tcgetattr(0, &t);
    say(" CLOCAL=%d", (t.c_cflag & CLOCAL) != 0);
}

static void flush_each(void)
{
    for (long queue = -1; queue < 5; queue++)
        say_result("TCFLSH", ioctl(0, TCFLSH, queue));
}

static void flow_each(void)
{
    for (long action = 1; action < 6; action++)
        say_result("TCXONC", ioctl(0, TCXONC, action));
    say_result("TCXONC", ioctl(0, TCXONC, -1L));
}

static void breaks(void)
{
    say_result("TCSBRK 0", ioctl(0, TCSBRK, 0L));
    say_result("TCSBRK 1", ioctl(0, TCSBRK, 1L));
    say_result("TCSBRKP 0", ioctl(0, TCSBRKP, 0L));
    say_result("TCSBRKP 1", ioctl(0, TCSBRKP, 1L));
}

static void flush_drops_input(void)
{
    type("line\n");
    await_input(0, 5);
    say_result("TCFLSH", ioctl(0, TCFLSH, (long)TCIFLUSH));
    int count = 9;
    say_result("FIONREAD", ioctl(0, FIONREAD, &count));
    say(" %d", count);
}

static void count_lines(void)
{
    int count;
    type("one\n");
    await_input(0, 4);
    type("three\n");
    await_input(0, 10);
    ioctl(1, FIONREAD, &count);
    say(" %d", count);
    say_read("read", 0, 100);
    ioctl(0, FIONREAD, &count);
    say(" %d", count);
    ioctl(tty(), FIONREAD, &count);
    say(" %d", count);
}

static void count_half_line(void)
{
    int count = 9;
    type("half");
    say_result("FIONREAD", ioctl(0, FIONREAD, &count));
    say(" %d", count);
}

static void count_raw(void)
{
    int count = 9;
    set_raw(1, 0);
    type("abc");
    await_input(0, 3);
    ioctl(0, FIONREAD, &count);
    say(" %d", count);
}

static void nonblocking_by_ioctl(void)
{
    int on = 1;
    say_result("FIONBIO", ioctl(0, FIONBIO, &on));
    say(" %x", fcntl(0, F_GETFL) & O_NONBLOCK);
    say_read("read", 0, 10);
    on = 0;
    say_result("FIONBIO", ioctl(0, FIONBIO, &on));
    say(" %x", fcntl(0, F_GETFL) & O_NONBLOCK);
}

static void asynchronous(int fd)
{
    int on = 1;
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGIO);
    sigprocmask(SIG_BLOCK, &set, NULL);
    say_result("F_SETOWN", fcntl(fd, F_SETOWN, getpid()));
    say_result("FIOASYNC", ioctl(fd, FIOASYNC, &on));
    say(" %x", fcntl(fd, F_GETFL) & O_ASYNC);
    type("x\n");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
    on = 0;
    say_result("FIOASYNC", ioctl(fd, FIOASYNC, &on));
    say(" %x", fcntl(fd, F_GETFL) & O_ASYNC);
}

static void asynchronous_input(void)
{
    asynchronous(0);
}

static void close_on_exec(void)
{
    say_result("FIOCLEX", ioctl(0, FIOCLEX));
    say(" %d", fcntl(0, F_GETFD));
    say_result("FIONCLEX", ioctl(0, FIONCLEX));
    say(" %d", fcntl(0, F_GETFD));
}

/* TCSETA keeps the upper halves, and the characters that the old form has no room for. */
static void old_form_keeps(void)
{
    struct termios t;
    unsigned short old[9];
    tcgetattr(0, &t);
    t.c_cc[VLNEXT] = 'q';
    t.c_iflag |= IUTF8;
    t.c_lflag |= EXTPROC;
    tcsetattr(0, TCSANOW, &t);
    say_result("TCGETA", ioctl(0, TCGETA, old));
    say_result("TCSETA", ioctl(0, TCSETA, old));
    tcgetattr(0, &t);
    say_termios("is", &t);
}

static void any_speed(void)
{
    unsigned char form[44] = {0};
    unsigned *words = (unsigned *)form;
    struct termios t;
    ioctl(0, GET_TERMIOS2, form);
    words[2] = (words[2] & ~(unsigned)(CBAUD | CBAUDEX)) | 010000; /* BOTHER */
    words[9] = words[10] = 12345;
    say_result("set", ioctl(0, SET_TERMIOS2, form));
    memset(form, 0, sizeof form);
    say_result("get", ioctl(0, GET_TERMIOS2, form));
    say(" %x %u %u", words[2], words[9], words[10]);
    tcgetattr(0, &t);
    say_termios("is", &t);
}

static void speed_by_number(void)
{
    unsigned char form[44] = {0};
    unsigned *words = (unsigned *)form;
    ioctl(0, GET_TERMIOS2, form);
    words[2] = (words[2] & ~(unsigned)(CBAUD | CBAUDEX)) | 010000;
    words[9] = words[10] = 9600;
    say_result("set", ioctl(0, SET_TERMIOS2, form));
    memset(form, 0, sizeof form);
    ioctl(0, GET_TERMIOS2, form);
    say(" %x %u %u", words[2], words[9], words[10]);
}

static void locked_settings(void)
{
    struct termios t;
    unsigned char lock[64] = {0};
    ((unsigned *)lock)[3] = ECHO;
    say_result("lock", ioctl(0, TIOCSLCKTRMIOS, lock));
    set_flags(ECHO, 0);
    tcgetattr(0, &t);
    say_termios("is", &t);
    memset(lock, 0, sizeof lock);
    say_result("unlock", ioctl(0, TIOCSLCKTRMIOS, lock));
}

static void wide_request(void)
{
    struct winsize size = {0};
    say_result("result", ioctl(0, 0xffffffff00000000ul | TIOCGWINSZ, &size));
    say(" %d %d", size.ws_row, size.ws_col);
}

static void to_static_memory(void)
{
    static struct winsize size;
    static int count;
    static unsigned char settings[64];
    say_result("TIOCGWINSZ", ioctl(0, TIOCGWINSZ, &size));
    say(" %d %d", size.ws_row, size.ws_col);
    say_result("FIONREAD", ioctl(0, FIONREAD, &count));
    say_result("TCGETS", ioctl(0, TCGETS, settings));
    say(" %x", ((unsigned *)settings)[3]);
    say_result("TCSETS", ioctl(0, TCSETS, settings));
}

/* The last bytes of a page, with nothing behind. */
static void at_the_end_of_memory(void)
{
    char *memory = (char *)mmap_two_pages();
    struct winsize *size = (struct winsize *)(memory + 4096 - sizeof *size);
    say_result("TIOCGWINSZ fits", ioctl(0, TIOCGWINSZ, size));
    say_result("TIOCGWINSZ", ioctl(0, TIOCGWINSZ, (char *)size + 4));
    say_result("FIONREAD fits", ioctl(0, FIONREAD, memory + 4092));
    say_result("TCGETS fits", ioctl(0, TCGETS, memory + 4096 - 36));
    say_result("TCGETS", ioctl(0, TCGETS, memory + 4096 - 35));
    say_result("TCSETS fits", ioctl(0, TCSETS, memory + 4096 - 36));
    say_result("TCSETS", ioctl(0, TCSETS, memory + 4096 - 35));
    say_result("TIOCSPGRP", ioctl(0, TIOCSPGRP, memory + 4094));
}

#define ENTRIES_OF(request)                                                                        \
    {#request " into memory", request##_good}, {#request " into NULL", request##_null},            \
        {#request " into bad memory", request##_bad},                                              \
        {#request " into read-only memory", request##_read_only},                                  \
        {#request " on other descriptors", request##_elsewhere},

const struct oracle_case oracle_cases[] = {
    REQUESTS(ENTRIES_OF){"TIOCSETD", getd_setd},
    {"TIOCSETD keeps the settings", setd_keeps_settings},
    {"TIOCEXCL is seen", exclusive},
    {"TIOCEXCL and open as root", exclusive_open_as_root},
    {"TIOCEXCL and open as nobody", exclusive_open_as_nobody},
    {"TIOCSTI is input", inject},
    {"TIOCSSOFTCAR", soft_carrier},
    {"TCFLSH of each queue", flush_each},
    {"TCXONC with each action", flow_each},
    {"TCSBRK and TCSBRKP", breaks},
    {"TCFLSH drops input", flush_drops_input},
    {"FIONREAD counts lines", count_lines},
    {"FIONREAD of half a line", count_half_line},
    {"FIONREAD of raw input", count_raw},
    {"FIONBIO", nonblocking_by_ioctl},
    {"FIOASYNC and SIGIO", asynchronous_input},
    {"FIOCLEX", close_on_exec},
    {"TCSETA keeps what it has no room for", old_form_keeps},
    {"TCSETS2 with a speed of no code", any_speed},
    {"TCSETS2 with a speed by number", speed_by_number},
    {"TIOCSLCKTRMIOS", locked_settings},
    {"a request wider than an int", wide_request},
    {"into static memory", to_static_memory},
    {"at the end of memory", at_the_end_of_memory},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
