/* Waiting for the terminal: poll, ppoll, select, pselect, epoll. */
#include "oracle.h"

#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>

#define ALL (POLLIN | POLLPRI | POLLOUT | POLLRDNORM | POLLRDBAND | POLLWRNORM | POLLWRBAND)

static int dev_tty(int flags)
{
    return open("/dev/tty", flags);
}

static void type_line(const char *text)
{
    type(text);
    await_input(0, (int)strlen(text));
}

static void poll_idle(void)
{
    say_poll("in", 0, POLLIN, 0);
    say_poll("out", 0, POLLOUT, 0);
    say_poll("all", 0, ALL, 0);
    say_poll("nothing", 0, 0, 0);
    say_poll("hangup", 0, POLLRDHUP, 0);
}

static void poll_idle_output(void)
{
    say_poll("in", 1, POLLIN, 0);
    say_poll("out", 1, POLLOUT, 0);
    say_poll("all", 1, ALL, 0);
    say_poll("nothing", 1, 0, 0);
}

static void poll_tty(void)
{
    int both = dev_tty(O_RDWR), in = dev_tty(O_RDONLY), out = dev_tty(O_WRONLY);
    say_poll("both", both, ALL, 0);
    say_poll("in", in, ALL, 0);
    say_poll("out", out, ALL, 0);
}

static void poll_line(void)
{
    type_line("line\n");
    for (int fd = 0; fd < 3; fd++)
        say_poll("all", fd, ALL, 0);
    poll_tty();
}

static void poll_half_line(void)
{
    type("half");
    say_poll("half", 0, ALL, 0);
    type("\n");
    say_poll("line", 0, POLLIN, 3000);
}

static void poll_rest_of_line(void)
{
    type_line("line\n");
    say_read("read", 0, 2);
    say_poll("rest", 0, ALL, 0);
    say_read("read", 0, 3);
    say_poll("nothing", 0, ALL, 0);
}

static void poll_second_line(void)
{
    type_line("one\n");
    type("two\n");
    await_input(0, 8);
    say_read("read", 0, 100);
    say_poll("second", 0, POLLIN, 3000);
    say_read("read", 0, 100);
    say_poll("nothing", 0, ALL, 0);
}

static void poll_end_of_file(void)
{
    type("\004");
    say_poll("end", 0, POLLIN, 3000);
    say_poll("all", 1, ALL, 0);
    say_read("read", 0, 10);
    say_poll("after", 0, ALL, 0);
}

static void poll_end_of_file_after_line(void)
{
    type("line\n\004");
    say_poll("line", 0, POLLIN, 3000);
    say_read("read", 0, 100);
    say_poll("end", 0, POLLIN, 3000);
    say_read("read", 0, 100);
    say_poll("after", 0, ALL, 0);
}

static void poll_many(void)
{
    int ends[2], null = open("/dev/null", O_RDWR);
    pipe(ends);
    struct pollfd set[] = {{0, POLLIN, 9},    {-1, POLLIN, 9},         {1, POLLOUT, 9},
                           {null, POLLIN, 9}, {ends[0], POLLIN, 9},    {ends[1], POLLOUT, 9},
                           {59, POLLIN, 9},   {2, POLLIN | POLLOUT, 9}};
    say_result("poll", poll(set, 8, 0));
    for (int i = 0; i < 8; i++)
        say(" %x", set[i].revents);
    type_line("line\n");
    say_result("poll", poll(set, 8, 0));
    for (int i = 0; i < 8; i++)
        say(" %x", set[i].revents);
}

static void poll_none(void)
{
    say_result("no entries", poll(NULL, 0, 0));
    struct pollfd entry = {-1, POLLIN, 9};
    say_result("negative", poll(&entry, 1, 0));
    say(" %x", entry.revents);
}

static void poll_errors(void)
{
    struct pollfd entry = {0, POLLIN, 0};
    struct timespec bad = {0, 2000000000}, negative = {-1, 0};
    say_result("bad", poll(bad_pointer, 1, 0));
    say_result("NULL", poll(null_pointer, 1, 0));
    say_result("many", poll(&entry, 1u << 30, 0));
    say_result("ppoll", ppoll(&entry, 1, &bad, NULL));
    say_result("ppoll", ppoll(&entry, 1, &negative, NULL));
    say_result("ppoll bad", ppoll(bad_pointer, 1, NULL, NULL));
}

static long elapsed_ms(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static void poll_times_out(void)
{
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    say_poll("poll", 0, POLLIN, 100);
    say(" waited=%d", elapsed_ms(&start) >= 99);
}

static void poll_wakes(void)
{
    type_later("line\n");
    say_poll("poll", 0, POLLIN, 4000);
    say_read("read", 0, 100);
}

static void poll_wakes_on_output(void)
{
    type_later("line\n");
    say_poll("poll", 1, POLLIN, 4000);
    say_read("read", 1, 100);
}

static void poll_wakes_at_end_of_file(void)
{
    type_later("\004");
    say_poll("poll", 0, POLLIN, 4000);
    say_read("read", 0, 100);
}

static void on_signal(int signal)
{
    (void)signal;
}

/* The signal is blocked but in the wait itself: it comes there. */
static void wait_with_mask(bool by_select)
{
    sigset_t blocked, none;
    struct pollfd entry = {0, POLLIN, 0};
    fd_set set;
    sigemptyset(&blocked);
    sigemptyset(&none);
    sigaddset(&blocked, SIGUSR1);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    signal(SIGUSR1, on_signal);
    raise(SIGUSR1);
    FD_ZERO(&set);
    FD_SET(0, &set);
    if (by_select)
        say_result("pselect", pselect(1, &set, NULL, NULL, NULL, &none));
    else
        say_result("ppoll", ppoll(&entry, 1, NULL, &none));
}

static void ppoll_with_mask(void)
{
    wait_with_mask(false);
}

static void pselect_with_mask(void)
{
    wait_with_mask(true);
}

static void poll_raw_minimum(void)
{
    set_raw(3, 0);
    say_poll("none", 0, ALL, 0);
    type("ab");
    await_input(0, 2);
    say_poll("two", 0, ALL, 0);
    type("c");
    await_input(0, 3);
    say_poll("three", 0, ALL, 0);
    say_read("read", 0, 100);
    say_poll("none", 0, ALL, 0);
}

static void poll_raw_minimum_with_time(void)
{
    set_raw(3, 1);
    type("a");
    await_input(0, 1);
    say_poll("one", 0, ALL, 0);
}

static void poll_raw_no_minimum(void)
{
    set_raw(0, 0);
    say_poll("none", 0, ALL, 0);
    type("a");
    say_poll("one", 0, POLLIN, 3000);
    say_read("read", 0, 100);
}

static void poll_raw_time(void)
{
    set_raw(0, 5);
    say_poll("none", 0, ALL, 0);
    type("a");
    say_poll("one", 0, POLLIN, 3000);
}

static void poll_after_flush(void)
{
    type_line("line\n");
    tcflush(0, TCIFLUSH);
    say_poll("poll", 0, ALL, 0);
}

static void poll_over_change_to_raw(void)
{
    type("half");
    say_poll("half", 0, POLLIN, 0);
    set_raw(1, 0);
    say_poll("raw", 0, POLLIN, 3000);
    await_input(0, 4);
    say_read("read", 0, 100);
}

/* select. */

static void say_select(const char *what, int count, fd_set *in, fd_set *out, fd_set *except,
                       int timeout_ms)
{
    struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    say_result(what, select(count, in, out, except, &timeout));
    for (int fd = 0; fd < 3; fd++)
        say(" %d%d%d", in && FD_ISSET(fd, in), out && FD_ISSET(fd, out),
            except && FD_ISSET(fd, except));
}

static void fill(fd_set *set)
{
    FD_ZERO(set);
    for (int fd = 0; fd < 3; fd++)
        FD_SET(fd, set);
}

static void select_each(int timeout_ms)
{
    fd_set in, out, except;
    fill(&in);
    fill(&out);
    fill(&except);
    say_select("all", 3, &in, &out, &except, 0);
    fill(&in);
    say_select("in", 3, &in, NULL, NULL, timeout_ms);
    fill(&except);
    say_select("except", 3, NULL, NULL, &except, 0);
}

static void select_idle(void)
{
    select_each(0);
}

static void select_line(void)
{
    type_line("line\n");
    select_each(3000);
}

static void select_end_of_file(void)
{
    type("\004");
    await_events(0, POLLIN);
    select_each(3000);
    say_read("read", 0, 10);
}

static void select_half_line(void)
{
    type("half");
    select_each(0);
}

static void select_wakes(void)
{
    fd_set in;
    fill(&in);
    type_later("line\n");
    say_select("select", 3, &in, NULL, NULL, 4000);
    say_read("read", 0, 100);
}

static void select_errors(void)
{
    fd_set in;
    struct timeval bad = {0, -1}, none = {0, 0};
    fill(&in);
    say_result("negative", select(-1, &in, NULL, NULL, &none));
    say_result("time", select(3, &in, NULL, NULL, &bad));
    FD_SET(59, &in);
    say_result("closed", select(60, &in, NULL, NULL, &none));
    say_result("bad", select(3, bad_pointer, NULL, NULL, &none));
    say_result("bad time", select(0, NULL, NULL, NULL, bad_pointer));
}

static void select_below_count(void)
{
    fd_set in, out;
    fill(&in);
    fill(&out);
    say_select("1", 1, &in, &out, NULL, 0);
    fill(&in);
    say_select("0", 0, &in, NULL, NULL, 0);
}

static void select_leaves_time(void)
{
    fd_set in;
    struct timeval timeout = {20, 0};
    type_line("line\n");
    fill(&in);
    say_result("select", select(3, &in, NULL, NULL, &timeout));
    say(" left=%d", timeout.tv_sec >= 15 && timeout.tv_sec <= 20);
    say_read("read", 0, 10);
    fill(&in);
    timeout = (struct timeval){0, 50000};
    say_result("select", select(3, &in, NULL, NULL, &timeout));
    say(" left=%ld,%ld", (long)timeout.tv_sec, (long)timeout.tv_usec);
}

static void select_with_others(void)
{
    int ends[2];
    fd_set in;
    pipe(ends);
    write(ends[1], "x", 1);
    fill(&in);
    FD_SET(ends[0], &in);
    struct timeval none = {0, 0};
    say_result("select", select(ends[0] + 1, &in, NULL, NULL, &none));
    say(" %d %d", FD_ISSET(0, &in) != 0, FD_ISSET(ends[0], &in) != 0);
}

/* epoll. */

static int watch(int epoll, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)fd + 1000};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void say_epoll(const char *what, int epoll, int timeout_ms)
{
    struct epoll_event events[8];
    int ready = epoll_wait(epoll, events, 8, timeout_ms);
    say_result(what, ready);
    for (int i = 0; i < ready; i++)
        say(" %ld:%x", (long)events[i].data.u64, events[i].events);
}

static void epoll_on(int fd, uint32_t events)
{
    int epoll = epoll_create1(0);
    say_result("add", watch(epoll, fd, events));
    say_epoll("idle", epoll, 0);
    type_line("line\n");
    say_epoll("line", epoll, 3000);
    say_epoll("again", epoll, 0);
    say_read("read", fd, 100);
    say_epoll("read", epoll, 0);
}

static void epoll_input(void)
{
    epoll_on(0, EPOLLIN);
}

static void epoll_output_for_input(void)
{
    epoll_on(1, EPOLLIN);
}

static void epoll_tty(void)
{
    epoll_on(dev_tty(O_RDWR), EPOLLIN);
}

static void epoll_both_ways(void)
{
    epoll_on(0, EPOLLIN | EPOLLOUT);
}

static void epoll_tty_both_ways(void)
{
    epoll_on(dev_tty(O_RDWR), EPOLLIN | EPOLLOUT);
}

static void epoll_edges(void)
{
    epoll_on(0, EPOLLIN | EPOLLET);
}

static void epoll_once(void)
{
    epoll_on(0, EPOLLIN | EPOLLONESHOT);
}

static void epoll_out(void)
{
    int epoll = epoll_create1(0);
    say_result("0", watch(epoll, 0, EPOLLOUT));
    say_epoll("wait", epoll, 0);
    say_result("1", watch(epoll, 1, EPOLLOUT));
    say_epoll("wait", epoll, 0);
}

static void epoll_end_of_file(void)
{
    int epoll = epoll_create1(0);
    watch(epoll, 0, EPOLLIN);
    type("\004");
    say_epoll("end", epoll, 3000);
    say_read("read", 0, 10);
    say_epoll("after", epoll, 0);
    type_line("more\n");
    say_epoll("line", epoll, 3000);
    say_read("read", 0, 10);
}

static void epoll_half_line(void)
{
    int epoll = epoll_create1(0);
    watch(epoll, 0, EPOLLIN);
    type("half");
    say_epoll("half", epoll, 0);
    type("\n");
    say_epoll("line", epoll, 3000);
}

static void epoll_second_line(void)
{
    int epoll = epoll_create1(0);
    watch(epoll, 0, EPOLLIN);
    type_line("one\n");
    type("two\n");
    await_input(0, 8);
    say_epoll("one", epoll, 3000);
    say_read("read", 0, 100);
    say_epoll("two", epoll, 3000);
    say_read("read", 0, 100);
    say_epoll("none", epoll, 0);
}

static void epoll_twice(void)
{
    int epoll = epoll_create1(0);
    say_result("add", watch(epoll, 0, EPOLLIN));
    say_result("again", watch(epoll, 0, EPOLLIN));
    say_result("duplicate", watch(epoll, dup(0), EPOLLIN));
}

static void epoll_modify(void)
{
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 7};
    say_result("modify unknown", epoll_ctl(epoll, EPOLL_CTL_MOD, 0, &event));
    say_result("delete unknown", epoll_ctl(epoll, EPOLL_CTL_DEL, 0, NULL));
    say_result("add", epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event));
    event.events = EPOLLOUT;
    say_result("modify", epoll_ctl(epoll, EPOLL_CTL_MOD, 0, &event));
    say_epoll("out", epoll, 0);
    event.events = EPOLLIN;
    say_result("modify", epoll_ctl(epoll, EPOLL_CTL_MOD, 0, &event));
    say_epoll("in", epoll, 0);
    say_result("delete", epoll_ctl(epoll, EPOLL_CTL_DEL, 0, NULL));
    say_epoll("none", epoll, 0);
}

static void epoll_modify_tty(void)
{
    int epoll = epoll_create1(0), fd = dev_tty(O_RDWR);
    struct epoll_event event = {.events = EPOLLOUT, .data.u64 = 7};
    say_result("add", epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
    say_epoll("out", epoll, 0);
    event.events = EPOLLIN;
    say_result("modify", epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event));
    say_epoll("in", epoll, 0);
    type_line("line\n");
    say_epoll("in", epoll, 3000);
    say_result("delete", epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL));
    say_result("delete", epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL));
    say_result("write", write(fd, "still written\n", 14));
    say_read("read", fd, 10);
}

static void epoll_errors(void)
{
    int epoll = epoll_create1(0);
    say_result("NULL", epoll_ctl(epoll, EPOLL_CTL_ADD, 0, null_pointer));
    say_result("bad", epoll_ctl(epoll, EPOLL_CTL_ADD, 0, bad_pointer));
    say_result("closed", watch(epoll, 59, EPOLLIN));
    say_result("no epoll", watch(0, 1, EPOLLIN));
    say_result("file", watch(epoll, open("f", O_RDWR | O_CREAT, 0600), EPOLLIN));
}

static void epoll_raw_minimum(void)
{
    int epoll = epoll_create1(0);
    set_raw(3, 0);
    watch(epoll, 0, EPOLLIN);
    type("ab");
    await_input(0, 2);
    say_epoll("two", epoll, 0);
    type("c");
    await_input(0, 3);
    say_epoll("three", epoll, 3000);
}

const struct oracle_case oracle_cases[] = {
    {"poll the idle input", poll_idle},
    {"poll the idle output", poll_idle_output},
    {"poll the idle /dev/tty", poll_tty},
    {"poll with a line", poll_line},
    {"poll with half a line", poll_half_line},
    {"poll with the rest of a line", poll_rest_of_line},
    {"poll with a second line", poll_second_line},
    {"poll with an end of file", poll_end_of_file},
    {"poll with an end of file after a line", poll_end_of_file_after_line},
    {"poll many descriptors", poll_many},
    {"poll none", poll_none},
    {"poll with errors", poll_errors},
    {"poll times out", poll_times_out},
    {"poll wakes", poll_wakes},
    {"poll of the output wakes for input", poll_wakes_on_output},
    {"poll wakes at an end of file", poll_wakes_at_end_of_file},
    {"ppoll with a mask", ppoll_with_mask},
    {"pselect with a mask", pselect_with_mask},
    {"poll with VMIN", poll_raw_minimum},
    {"poll with VMIN and VTIME", poll_raw_minimum_with_time},
    {"poll with neither", poll_raw_no_minimum},
    {"poll with VTIME", poll_raw_time},
    {"poll after a flush", poll_after_flush},
    {"poll over a change to raw", poll_over_change_to_raw},
    {"select the idle terminal", select_idle},
    {"select with a line", select_line},
    {"select with an end of file", select_end_of_file},
    {"select with half a line", select_half_line},
    {"select wakes", select_wakes},
    {"select with errors", select_errors},
    {"select looks below the count", select_below_count},
    {"select leaves the time that is left", select_leaves_time},
    {"select with a pipe", select_with_others},
    {"epoll of the input", epoll_input},
    {"epoll of the output for input", epoll_output_for_input},
    {"epoll of /dev/tty", epoll_tty},
    {"epoll of the input for both ways", epoll_both_ways},
    {"epoll of /dev/tty for both ways", epoll_tty_both_ways},
    {"epoll with EPOLLET", epoll_edges},
    {"epoll with EPOLLONESHOT", epoll_once},
    {"epoll for output", epoll_out},
    {"epoll with an end of file", epoll_end_of_file},
    {"epoll with half a line", epoll_half_line},
    {"epoll with a second line", epoll_second_line},
    {"epoll twice", epoll_twice},
    {"epoll changes", epoll_modify},
    {"epoll changes of /dev/tty", epoll_modify_tty},
    {"epoll with errors", epoll_errors},
    {"epoll with VMIN", epoll_raw_minimum},
    {NULL, NULL},
};
const struct oracle_role oracle_roles[] = {{NULL, NULL}};
