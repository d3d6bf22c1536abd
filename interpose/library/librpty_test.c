/* The library in programs: testing/probe.c, built for glibc, for musl, and static with librpty.a, runs in a
 * terminal whose slave is played here, is typed to, and must print and ask for exactly what is expected.
 * Run from the repository's root; `librpty_test PROBE` runs one of them, `librpty_test -PROBE` all others. */
#include <poll.h>
#include <stdbool.h>
#include <time.h>

#include "testing/check.h"
#include "testing/fake_slave.h"

/* Another machine's are given by the build. */
#ifndef BUILD
#define BUILD "build"
#define GLIBC_COMPILER "cc -w"
#define MUSL_COMPILER "musl-gcc -w"
#endif

#define LIBRARY BUILD "/librpty.so"
#define PROBE BUILD "/unit/probe-"
#define PATIENCE_MS 10000

struct scenario {
    const char *probe;
    /* What to type at each "?": "@" is an end of file, "!" hangs the terminal up. */
    const char *typed[8];
    const char *output;
    const char *requests; /* OPERATION(ARGUMENT), as the slave got them */
};

static const struct scenario scenarios[] = {
    {"identity",
     {0},
     "isatty 0 1\nisatty 1 1\nfstat 20620 136:4711 1024\nstat name 20620 136:4711 1024\n"
     "stat /dev/stdin 20620 136:4711 1024\nsame 1\nstatx 0\n20620 136:4711\nttyname "
     "/dev/rpty/4711\n"
     "ttyname_r 0\nttyname_r short 1\ntcgetsid 1\ntcgetpgrp 1\nisatty null 0\nerrno 1\n"
     "ttyname null 1\n",
     ""},
    {"settings",
     {0},
     "tcgetattr 0\n500 5 bf 823b 4 1\nTIOCGWINSZ 0\n33 99\nTCGETS2 0\nTIOCGPTN -1 ENOTTY\nTIOCOUTQ "
     "0\n"
     "unchanged 0\nTCSADRAIN 0\nunchanged 0\nTCSAFLUSH 0\nbad action -1 EINVAL\ntcflush 0\n"
     "bad tcflush -1 EINVAL\ntcflow 0\ntcdrain 0\ntcsendbreak 0\nTIOCSWINSZ 0\n50\nCSIZE 1\nerrno "
     "1\n",
     "11(0) 2(1) 2(2) 7(2) 8(1) 10(0) 9(0) 3(0) "},
    {"names",
     {"one\n", "two\n"},
     "O_RDWR O_RDWR\n"
     "/dev/tty O_RDONLY O_WRONLY O_RDWR 111 10 -1 EBADF -1 EBADF\n"
     "/dev/rpty/4711 O_RDONLY O_WRONLY O_RDWR 111 10 -1 EBADF -1 EBADF\n"
     "/dev/stdin O_RDONLY O_WRONLY O_RDWR 111 10 -1 EBADF -1 EBADF\n"
     "/dev/stdout O_RDONLY O_WRONLY O_RDWR 111 10 -1 EBADF -1 EBADF\n"
     "/dev/fd/2 O_RDONLY O_WRONLY O_RDWR 111 10 -1 EBADF -1 EBADF\n"
     "/proc/self/fd/0 O_RDONLY O_WRONLY O_RDWR 111 10 -1 EBADF -1 EBADF\n"
     "?\nread 4 one^J\n?\nread 4 two^J\nto descriptor 0\nby a stream\nby a stream for both\n",
     ""},
    {"lines",
     {"one line\n", "and another\n", "@", "more\n"},
     "?\nread 3 one\nread 6  line^J\n?\nread 3 and\nread 9  another^J\n?\nread 0 \n?\nread 5 "
     "more^J\n"
     "read -1 EAGAIN\nnonblocking\n",
     "12(1) "},
    {"raw",
     {"abc", "defg", "x", "pqr"},
     "read 0 \nread 0 \n?\nVTIME set 1\npoll 3 of 5 0\nselect 3 of 5 0\nread 2 ab\n?\npoll 5 of 5 "
     "1\n"
     "poll 1 1\nselect 5 of 5 1\nread 5 cdefg\n?\nread 1 x\n?\nread 3 pqr\n",
     "2(0) 2(0) 2(0) 2(0) 2(0) 2(0) "},
    {"waiting",
     {"abc\n", "@"},
     "poll none 0\npoll out 1\n0 4 0 0\npoll other 1\npoll mixed 1\n?\npoll in 2\n1 1 0\nFIONREAD "
     "0\n4\n"
     "select 3\n1 0 1 1\nread 4 abc^J\n?\npoll eof 1\nread 0 \npoll after 0\n",
     "12(1) "},
    {"watching", {"abc\n"}, "epoll_ctl 0\n?\nepoll_wait 1\nread 4 abc^J\nO_RDWR\nx\nwrite 2\n", ""},
    {"signalling",
     {"one\n", "two\n"},
     "isatty 1\nisatty null 0\nisatty pipe 0\nO_ASYNC 0\n?\nSIGIO 1\nread 4 one^J\n"
     "FIOASYNC 0\n?\nSIGIO 1\nread 4 two^J\nisatty 1\n",
     ""},
    {"patient", {"one\n", "two\n"}, "?\nselect 1\nread 4 one^J\n?\nppoll 1\nread 4 two^J\n", ""},
    {"cancelled",
     {0},
     "cancelled 1\ncancelled 1\ncancelled 1\ncancelled 1\ncancelled 1\ncancelled 1\n",
     ""},
    {"executing",
     {0},
     "isatty 1\ncleared\nisatty 1\ncleared\nisatty 1\ncleared\nisatty 1\ncleared\nisatty "
     "1\ncleared\n"
     "isatty 1\ncleared\nisatty 1\nby system\nsystem 0\nsystem 768\nisatty 1\nby popen\npclose 0\n"
     "isatty 1\ncleared\n",
     ""},
    {"jobs",
     {"line\n"},
     "stopped by SIGTTIN\n?\nread 5 line^J\nexited with 0\nread -1 EIO\nexited with 0\n"
     "read -1 EINTR\nexited with 0\nstopped by SIGTTOU\ntcsetpgrp 0\nset\nexited with 0\n"
     "tcsetattr 0\nexited with 0\nstopped by SIGTTOU\nwritten\nwrite 8\nexited with 0\n"
     "EINVAL -1 EINVAL\nESRCH -1 ESRCH\nread -1 EIO\n",
     NULL},
    {"buffering", {0}, "a line\n", ""},
    {"outside",
     {"line\n"},
     "/dev/tty -1 ENXIO\nby name 1\ntcgetpgrp -1 ENOTTY\ntcgetattr 1\n?\nread 5 line^J\n",
     ""},
    {"interrupted", {"line\n"}, "read -1 EINTR\npoll -1 EINTR\n?\nread 5 line^J\n", ""},
    {"hung_up", {"!"}, "?\nread 0 \ntcgetpgrp -1 EIO\nisatty 0\nwrite -1 EIO\nstdio 1\n", ""},
};

/* glibc alone flushes stdout before it reads a line-buffered stdin. */
static const struct scenario glibc_scenarios[] = {
    {"prompt", {"line\n"}, "?line\n", ""},
};

struct output {
    char text[16384];
    size_t length, asked;
    int questions;
};

static void hang_up(struct fake_slave *slave)
{
    __atomic_or_fetch(&slave->page->flags, RPTY_HUNG_UP, __ATOMIC_SEQ_CST);
    fake_event(slave);
}

/* Some time later, so that the probe is more likely to be waiting: what must hold either way. */
static void type(struct fake_slave *slave, const char *text)
{
    const struct timespec a_while = {0, 20000000};
    nanosleep(&a_while, NULL);
    if (strcmp(text, "@") == 0)
        fake_type_eof(slave);
    else if (strcmp(text, "!") == 0)
        hang_up(slave);
    else
        fake_type(slave, text);
}

/* Takes what there is; false: nothing came. */
static bool take(struct fake_slave *slave, struct output *output, int timeout_ms)
{
    struct pollfd wanted = {slave->output, POLLIN, 0};
    if (poll(&wanted, 1, timeout_ms) <= 0)
        return false;
    ssize_t got = read(slave->output, output->text + output->length,
                       sizeof output->text - 1 - output->length);
    output->length += got > 0 ? (size_t)got : 0;
    return got > 0;
}

static void answer(struct fake_slave *slave, const struct scenario *scenario, struct output *output)
{
    for (; output->asked < output->length; output->asked++) {
        const char *text = scenario->typed[output->questions];
        if (output->text[output->asked] != '?' || text == NULL)
            continue;
        type(slave, text);
        output->questions++;
    }
}

/* -> wait's status, or -1: it did not end */
static int converse(struct fake_slave *slave, const struct scenario *scenario, pid_t pid,
                    struct output *output)
{
    int status;
    for (int quiet = 0; quiet < PATIENCE_MS / 50;) {
        quiet = take(slave, output, 50) ? 0 : quiet + 1;
        answer(slave, scenario, output);
        if (quiet > 0 && waitpid(pid, &status, WNOHANG) == pid)
            return status;
    }
    kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}

static char *requests_of(const struct fake_slave *slave)
{
    char *text = calloc(MAX_REQUESTS, 16);
    for (int i = 0; i < slave->count; i++)
        sprintf(text + strlen(text), "%u(%d) ", slave->requests[i].operation,
                slave->requests[i].argument);
    return text;
}

static void run(const char *program, const struct scenario *scenario)
{
    static struct fake_slave slave;
    struct output output = {0};
    char name[128];
    char *arguments[] = {(char *)program, (char *)scenario->probe, NULL};
    snprintf(name, sizeof name, "%s %s", program, scenario->probe);
    fake_start(&slave, LIBRARY);
    pid_t pid = fake_run(&slave, arguments);
    check_number(name, 0, converse(&slave, scenario, pid, &output));
    check_text(name, scenario->output, strdup(output.text));
    if (scenario->requests)
        check_text(name, scenario->requests, requests_of(&slave));
    fake_stop(&slave);
}

/* `choice`: the probe to run, or, behind a "-", those to leave out, with commas between; NULL: all run */
static bool is_chosen(const char *choice, const char *probe)
{
    char list[128], name[64];
    if (choice == NULL || choice[0] != '-')
        return choice == NULL || strcmp(choice, probe) == 0;
    snprintf(list, sizeof list, ",%s,", choice + 1);
    snprintf(name, sizeof name, ",%s,", probe);
    return strstr(list, name) == NULL;
}

static void run_all(const char *program, const struct scenario *table, size_t count,
                    const char *choice)
{
    for (size_t i = 0; i < count; i++) {
        if (is_chosen(choice, table[i].probe))
            run(program, &table[i]);
    }
}

#define RUN_ALL(program, table, choice)                                                            \
    run_all(program, table, sizeof table / sizeof *table, choice)

static bool build(const char *compiler, const char *program, const char *archive)
{
    char command[512];
    snprintf(command, sizeof command,
             "command -v %s >/dev/null && %s -D_GNU_SOURCE -o %s interpose/testing/probe.c %s",
             compiler, compiler, program, archive);
    return system(command) == 0;
}

static void run_for_musl(const char *choice)
{
    if (!build(MUSL_COMPILER, PROBE "musl", "")) {
        fprintf(stderr, "Not tried with musl: there is no musl-gcc\n");
        return;
    }
    RUN_ALL(PROBE "musl", scenarios, choice);
    check_number("build with the archive", true,
                 build(MUSL_COMPILER " -static", PROBE "static", BUILD "/librpty.a"));
    RUN_ALL(PROBE "static", scenarios, choice);
}

int main(int count, char **arguments)
{
    const char *choice = count > 1 ? arguments[1] : NULL;
    check_number("build for glibc", true, build(GLIBC_COMPILER, PROBE "glibc", ""));
    RUN_ALL(PROBE "glibc", scenarios, choice);
    RUN_ALL(PROBE "glibc", glibc_scenarios, choice);
    run_for_musl(choice);
    return checks_done();
}
