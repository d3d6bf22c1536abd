/* VMIN and VTIME: what a read waits for, and when poll calls the terminal readable. */
#include <termios.h>

#include "testing/check.h"
#include "terminal/read_plan.c"

static struct rpty_termios raw(uint8_t minimum, uint8_t time)
{
    struct rpty_termios termios = {0};
    termios.c_cc[VMIN] = minimum;
    termios.c_cc[VTIME] = time;
    return termios;
}

static void plans(const char *name, struct rpty_termios termios, struct read_plan expected)
{
    struct read_plan plan = read_plan_for(&termios);
    check_number(name, expected.canonical, plan.canonical);
    check_number(name, (long)expected.minimum, (long)plan.minimum);
    check_number(name, expected.first_ms, plan.first_ms);
    check_number(name, expected.between_ms, plan.between_ms);
}

static void polls(const char *name, struct rpty_termios termios, size_t available, bool expected)
{
    check_number(name, expected, read_plan_polls_ready(&termios, available));
}

int main(void)
{
    struct rpty_termios lines = raw(4, 1);
    lines.c_lflag = ICANON;
    plans("lines", lines, (struct read_plan){true, 1, FOREVER, FOREVER});
    plans("VMIN 1", raw(1, 0), (struct read_plan){false, 1, FOREVER, FOREVER});
    plans("VMIN 5", raw(5, 0), (struct read_plan){false, 5, FOREVER, FOREVER});
    plans("VMIN 5 VTIME 2", raw(5, 2), (struct read_plan){false, 5, FOREVER, 200});
    plans("VTIME 2", raw(0, 2), (struct read_plan){false, 1, 200, FOREVER});
    plans("neither", raw(0, 0), (struct read_plan){false, 1, 0, FOREVER});

    struct read_plan five = {false, 5, FOREVER, FOREVER};
    check_number("3 of 10", false, read_plan_is_met(&five, 3, 10));
    check_number("5 of 10", true, read_plan_is_met(&five, 5, 10));
    check_number("3 of 3", true, read_plan_is_met(&five, 3, 3));

    polls("lines, one byte", lines, 1, true);
    polls("lines, none", lines, 0, false);
    polls("VMIN 5, 3 bytes", raw(5, 0), 3, false);
    polls("VMIN 5, 5 bytes", raw(5, 0), 5, true);
    polls("VMIN 5 VTIME 2, 1 byte", raw(5, 2), 1, true);
    polls("VMIN 0, none", raw(0, 0), 0, false);
    polls("VMIN 0, 1 byte", raw(0, 0), 1, true);
    return checks_done();
}
