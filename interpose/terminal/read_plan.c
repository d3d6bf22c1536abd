#include "terminal/read_plan.h"

#include <termios.h>

#define TENTH_MS 100L /* VTIME's unit */

/* As n_tty_read: VTIME with VMIN runs from the first byte on, alone from the start. */
struct read_plan read_plan_for(const struct rpty_termios *termios)
{
    size_t minimum = termios->c_cc[VMIN];
    long time = termios->c_cc[VTIME] * TENTH_MS;
    if (termios->c_lflag & ICANON)
        return (struct read_plan){true, 1, FOREVER, FOREVER};
    if (minimum == 0)
        return (struct read_plan){false, 1, time, FOREVER};
    return (struct read_plan){false, minimum, FOREVER, time ? time : FOREVER};
}

bool read_plan_is_met(const struct read_plan *plan, size_t got, size_t wanted)
{
    return got >= wanted || got >= plan->minimum;
}

/* As n_tty's input_available_p. */
bool read_plan_polls_ready(const struct rpty_termios *termios, size_t available)
{
    size_t minimum = termios->c_cc[VMIN];
    bool counts = !(termios->c_lflag & ICANON) && termios->c_cc[VTIME] == 0 && minimum > 0;
    return available >= (counts ? minimum : 1);
}
