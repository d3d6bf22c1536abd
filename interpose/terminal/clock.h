/* Deadlines on the monotonic clock. */
#ifndef RPTY_CLOCK_H
#define RPTY_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "terminal/user_memory.h"

#define NEVER INT64_MAX /* a deadline that does not come */
#define NS_PER_MS 1000000L
#define NS_PER_S 1000000000L
#define CENTURY_S 3155760000L

/* Nanoseconds on the monotonic clock. */
int64_t clock_now(void);

/* The deadline `duration_ns` from now; NEVER if it is negative. */
int64_t clock_deadline(int64_t duration_ns);

/* What is left until a deadline, 0 if it has passed; -1 for NEVER. */
int64_t clock_left(int64_t deadline);

static inline struct timespec clock_timespec(int64_t ns)
{
    return (struct timespec){ns / NS_PER_S, ns % NS_PER_S};
}

/* Whether the kernel would wait by it; NULL: for ever. */
static inline bool clock_is_timeout(const struct timespec *time)
{
    if (time == NULL)
        return true;
    return !user_is_nowhere(time) && time->tv_sec >= 0 && time->tv_nsec >= 0 &&
           time->tv_nsec < NS_PER_S;
}

/* What is longer waits a century: so that sums of times do not overflow. */
static inline int64_t clock_from_timespec(const struct timespec *time)
{
    if (time->tv_sec > CENTURY_S)
        return CENTURY_S * NS_PER_S;
    return (int64_t)time->tv_sec * NS_PER_S + time->tv_nsec;
}

#endif
