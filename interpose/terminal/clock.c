#include "terminal/clock.h"

#include "terminal/syscalls.h"

int64_t clock_now(void)
{
    struct timespec now = {0, 0};
    SYS(clock_gettime, CLOCK_MONOTONIC, &now);
    return clock_from_timespec(&now);
}

int64_t clock_deadline(int64_t duration_ns)
{
    return duration_ns < 0 ? NEVER : clock_now() + duration_ns;
}

int64_t clock_left(int64_t deadline)
{
    if (deadline == NEVER)
        return -1;
    int64_t left = deadline - clock_now();
    return left > 0 ? left : 0;
}
