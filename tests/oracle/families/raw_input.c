/* Non-canonical input: the four cases of VMIN and VTIME, with read, poll and O_NONBLOCK. */
#include "oracle.h"

#include <sys/uio.h>
#include <time.h>

static struct timespec start;

static void begin(void)
{
    clock_gettime(CLOCK_MONOTONIC, &start);
}

/* Whether it took so many tenths of a second: VTIME's unit. A busy machine is late, never early. */
static void say_waited(int tenths)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long ms = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
    say(" waited=%d", ms >= tenths * 100 - 10);
}

static void type_and_await(const char *keys)
{
    int before = 0;
    ioctl(0, FIONREAD, &before);
    type(keys);
    await_input(0, before + (int)strlen(keys));
}

/* VMIN > 0, VTIME = 0 */

static void one_byte(void)
{
    set_raw(1, 0);
    type_and_await("a");
    say_read("read", 0, 100);
}

static void all_that_is_there(void)
{
    set_raw(1, 0);
    type_and_await("abcdef");
    say_read("read", 0, 4);
    say_read("read", 0, 100);
}

static void newline_ends_nothing(void)
{
    set_raw(1, 0);
    type_and_await("a\nb\rc\004d");
    say_read("read", 0, 100);
}

static void one_byte_waits(void)
{
    set_raw(1, 0);
    type_later("x");
    say_read("read", 0, 100);
}

static void minimum_is_there(void)
{
    set_raw(3, 0);
    type_and_await("abc");
    say_read("read", 0, 100);
}

static void minimum_comes(void)
{
    set_raw(3, 0);
    type_and_await("a");
    type_later("bc");
    say_read("read", 0, 100);
}

static void minimum_comes_twice(void)
{
    set_raw(5, 0);
    type_and_await("ab");
    type_later("cdefg");
    say_read("read", 0, 100);
}

static void minimum_above_size(void)
{
    set_raw(5, 0);
    type_and_await("abc");
    say_read("read", 0, 2);
    say_read("read", 0, 1);
}

static void minimum_nonblocking(void)
{
    set_raw(3, 0);
    set_nonblocking(0, true);
    say_read("nothing", 0, 100);
    type_and_await("ab");
    say_read("two", 0, 100);
    say_read("nothing", 0, 100);
    type_and_await("cde");
    say_read("three", 0, 100);
}

static void minimum_255(void)
{
    char text[256];
    set_raw(255, 0);
    memset(text, 'x', 255);
    type_bytes(text, 100);
    await_input(0, 100);
    say_poll("100", 0, POLLIN, 0);
    type_bytes(text, 155);
    await_input(0, 255);
    say_poll("255", 0, POLLIN, 3000);
    long all = 0; /* some kernels give 64 at a time */
    set_nonblocking(0, true);
    for (long got; (got = read(0, text, sizeof text)) > 0;)
        all += got;
    say_result("read", all);
}

static void on_signal(int number)
{
    (void)number;
}

static void minimum_interrupted(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    set_raw(3, 0);
    type_and_await("ab");
    signal_later(SIGUSR1);
    say_read("read", 0, 100);
    set_nonblocking(0, true);
    say_read("left", 0, 100);
}

static void nothing_interrupted(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    set_raw(1, 0);
    signal_later(SIGUSR1);
    say_read("read", 0, 100);
}

static void minimum_by_readv(void)
{
    char a[2] = {0}, b[4] = {0};
    struct iovec parts[] = {{a, 2}, {b, 4}};
    set_raw(4, 0);
    type_and_await("ab");
    type_later("cd");
    say_result("readv", readv(0, parts, 2));
    say_bytes("a", a, 2);
    say_bytes("b", b, 4);
}

/* VMIN > 0, VTIME > 0: the time runs from the first byte on, and anew with each. */

static void time_between_ends(void)
{
    set_raw(5, 2);
    type_and_await("ab");
    begin();
    say_read("read", 0, 100);
    say_waited(2);
}

static void time_between_waits_for_first(void)
{
    set_raw(5, 1);
    type_later("ab");
    say_read("read", 0, 100);
}

static void time_between_minimum_is_there(void)
{
    set_raw(2, 50);
    type_and_await("ab");
    say_read("read", 0, 100);
}

static void time_between_minimum_comes(void)
{
    set_raw(3, 40);
    type_and_await("a");
    type_later("bc");
    say_read("read", 0, 100);
}

static void time_between_nonblocking(void)
{
    set_raw(3, 2);
    set_nonblocking(0, true);
    say_read("nothing", 0, 100);
    type_and_await("a");
    say_read("one", 0, 100);
}

/* VMIN = 0, VTIME > 0: the time runs from the start. */

static void time_runs_out(void)
{
    set_raw(0, 3);
    begin();
    say_read("read", 0, 100);
    say_waited(3);
}

static void time_key_is_there(void)
{
    set_raw(0, 40);
    type_and_await("ab");
    say_read("read", 0, 100);
}

static void time_key_comes(void)
{
    set_raw(0, 40);
    type_later("x");
    say_read("read", 0, 100);
}

static void time_nonblocking(void)
{
    set_raw(0, 5);
    set_nonblocking(0, true);
    say_read("nothing", 0, 100);
    type_and_await("a");
    say_read("one", 0, 100);
}

static void time_interrupted(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    set_raw(0, 40);
    signal_later(SIGUSR1);
    say_read("read", 0, 100);
}

/* VMIN = 0, VTIME = 0 */

static void neither_nothing(void)
{
    set_raw(0, 0);
    say_read("read", 0, 100);
    say_read("read 1", 1, 100);
}

static void neither_keys(void)
{
    set_raw(0, 0);
    type_and_await("abc");
    say_read("read", 0, 2);
    say_read("read", 0, 2);
    say_read("read", 0, 2);
}

static void neither_nonblocking(void)
{
    set_raw(0, 0);
    set_nonblocking(0, true);
    say_read("read", 0, 100);
    type_and_await("a");
    say_read("read", 0, 100);
    say_read("read", 0, 100);
}

static void nothing_asked_for(void)
{
    char byte;
    set_raw(1, 0);
    say_result("read", read(0, &byte, 0));
    set_raw(0, 1);
    say_result("read", read(0, &byte, 0));
}

/* Polling is asked apart in wait.c; here with reads that follow. */

static void poll_then_read(void)
{
    set_raw(2, 0);
    type_and_await("a");
    say_poll("one", 0, POLLIN, 0);
    type_later("b");
    say_poll("two", 0, POLLIN, 4000);
    say_read("read", 0, 100);
}

static void poll_with_time_then_read(void)
{
    set_raw(3, 1);
    type_later("a");
    say_poll("one", 0, POLLIN, 4000);
    say_read("read", 0, 100);
}

static void poll_no_minimum_then_read(void)
{
    set_raw(0, 0);
    type_later("a");
    say_poll("one", 0, POLLIN, 4000);
    say_read("read", 0, 100);
    say_poll("none", 0, POLLIN, 0);
}

/* Other descriptors. */

static void by_dev_tty(void)
{
    int fd = open("/dev/tty", O_RDWR);
    set_raw(2, 0);
    type_and_await("ab");
    say_poll("poll", fd, POLLIN, 0);
    say_read("read", fd, 100);
}

static void nonblocking_is_the_descriptors(void)
{
    int fd = open("/dev/tty", O_RDONLY | O_NONBLOCK);
    set_raw(1, 0);
    say_read("its", fd, 100);
    type_later("x");
    say_read("standard", 0, 100);
}

/* Keys. */

static void control_keys_are_bytes(void)
{
    char keys[32];
    for (int i = 0; i < 32; i++)
        keys[i] = (char)i;
    set_raw(1, 0);
    type_bytes(keys, 32);
    await_input(0, 32);
    say_read("read", 0, 100);
}

static void high_bytes(void)
{
    set_raw(1, 0);
    type("\x80\xff\xc3\xa9");
    await_input(0, 4);
    say_read("read", 0, 100);
}

static void literal_next_without_icanon(void)
{
    set_raw(1, 0);
    type("\x16x");
    await_input(0, 1);
    say_read("read", 0, 100);
}

static void signals_without_icanon(void)
{
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    set_raw(1, 0);
    set_flags(0, ISIG);
    type("a\003");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
    type_and_await("b");
    say_read("read", 0, 100);
}

static void signals_without_flush(void)
{
    sigset_t set;
    struct timespec patience = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    set_raw(1, 0);
    set_flags(0, ISIG | NOFLSH);
    type("a\003");
    say(" SIG%d", sigtimedwait(&set, NULL, &patience));
    type("b");
    await_input(0, 2); /* a signal may overtake what was typed before it */
    say_read("read", 0, 100);
}

static void echo_without_icanon(void)
{
    set_raw(1, 0);
    set_flags(0, ECHO);
    type("ab\003\x7f");
    await_input(0, 4);
    say_read("read", 0, 100);
}

static void parity_marks(void)
{
    struct termios t;
    set_raw(1, 0);
    tcgetattr(0, &t);
    t.c_iflag |= PARMRK;
    tcsetattr(0, TCSANOW, &t);
    type("a\xff"
         "b");
    await_input(0, 3);
    say_read("read", 0, 100);
}

static void changes_of_minimum(void)
{
    set_raw(10, 0);
    type_and_await("abc");
    say_poll("10", 0, POLLIN, 0);
    set_raw(2, 0);
    say_poll("2", 0, POLLIN, 0);
    say_read("read", 0, 100);
}

static void change_during_read(void)
{
    set_raw(5, 0);
    type_and_await("ab");
    set_raw(1, 0);
    say_read("read", 0, 100);
}

const struct oracle_case oracle_cases[] = {
    {"VMIN 1: a byte", one_byte},
    {"VMIN 1: all that is there", all_that_is_there},
    {"VMIN 1: no line ends", newline_ends_nothing},
    {"VMIN 1: a read waits", one_byte_waits},
    {"VMIN 3: three are there", minimum_is_there},
    {"VMIN 3: the rest comes", minimum_comes},
    {"VMIN 5: more than that comes", minimum_comes_twice},
    {"VMIN 5: a read for two", minimum_above_size},
    {"VMIN 3 with O_NONBLOCK", minimum_nonblocking},
    {"VMIN 255", minimum_255},
    {"VMIN 3: a signal after two", minimum_interrupted},
    {"VMIN 1: a signal", nothing_interrupted},
    {"VMIN 4 by readv", minimum_by_readv},
    {"VMIN 5 VTIME 2: two bytes and silence", time_between_ends},
    {"VMIN 5 VTIME 1: waits for the first", time_between_waits_for_first},
    {"VMIN 2 VTIME 50: two are there", time_between_minimum_is_there},
    {"VMIN 3 VTIME 40: the rest comes", time_between_minimum_comes},
    {"VMIN 3 VTIME 2 with O_NONBLOCK", time_between_nonblocking},
    {"VTIME 3: silence", time_runs_out},
    {"VTIME 40: keys are there", time_key_is_there},
    {"VTIME 40: a key comes", time_key_comes},
    {"VTIME 5 with O_NONBLOCK", time_nonblocking},
    {"VTIME 40: a signal", time_interrupted},
    {"neither: nothing", neither_nothing},
    {"neither: keys", neither_keys},
    {"neither, with O_NONBLOCK", neither_nonblocking},
    {"a read for nothing", nothing_asked_for},
    {"VMIN 2: poll, then read", poll_then_read},
    {"VMIN 3 VTIME 1: poll, then read", poll_with_time_then_read},
    {"neither: poll, then read", poll_no_minimum_then_read},
    {"VMIN 2 by /dev/tty", by_dev_tty},
    {"O_NONBLOCK is the descriptor's", nonblocking_is_the_descriptors},
    {"control keys", control_keys_are_bytes},
    {"bytes above 127", high_bytes},
    {"VLNEXT", literal_next_without_icanon},
    {"ISIG", signals_without_icanon},
    {"ISIG and NOFLSH", signals_without_flush},
    {"ECHO", echo_without_icanon},
    {"PARMRK", parity_marks},
    {"VMIN changes while bytes wait", changes_of_minimum},
    {"VMIN becomes less than there is", change_during_read},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
