/* What a function of ours may give instead of a result (0 or more) or -errno. Each has a number of its own, so that none
 * is taken for another, for an errno or for a count, through however many functions it is handed on. */
#ifndef RPTY_OUTCOME_H
#define RPTY_OUTCOME_H

#define MAX_ERRNO 4095 /* system calls give no other errno (the kernel's linux/err.h) */

/* Whether a system call has failed. What mmap gives may look negative, and be an address. */
static inline int is_failure(long result)
{
    return result < 0 && result >= -MAX_ERRNO;
}

enum outcome_number {
    OUTCOME_NOT_OURS,
    OUTCOME_UNREACHABLE,
    OUTCOME_LOOK_AGAIN,
    OUTCOME_NOTHING_YET,
    OUTCOME_GOES_ON,
    OUTCOME_READ_WAITS,
    OUTCOME_NOBODY_WAITS,
    OUTCOME_COUNT
};

/* Below all errnos, and below minus a process group's number (at most 2^22, PID_MAX_LIMIT), which F_GETOWN gives; within
 * an int. */
#define OUTCOME_LAST (-16777216L)
#define OUTCOME(number) (OUTCOME_LAST - (number))

/* The call does not concern the terminal: the C library or the kernel answers it. */
#define NOT_OURS OUTCOME(OUTCOME_NOT_OURS)
/* Nobody answers on the control socket. */
#define CONTROL_UNREACHABLE OUTCOME(OUTCOME_UNREACHABLE)
/* There is no result yet: one has to look again, at once; or to wait first. */
#define LOOK_AGAIN OUTCOME(OUTCOME_LOOK_AGAIN)
#define NOTHING_YET OUTCOME(OUTCOME_NOTHING_YET)
/* The kernel makes the call as if no filter were there. */
#define CALL_GOES_ON OUTCOME(OUTCOME_GOES_ON)
/* The read has to wait, for which it needs a thread. */
#define READ_WAITS OUTCOME(OUTCOME_READ_WAITS)
/* The caller has ended: there is nobody to answer. */
#define NOBODY_WAITS OUTCOME(OUTCOME_NOBODY_WAITS)
/* ERESTARTSYS, the kernel's own: a signal is on its way to the caller. What it does decides between making the call again
 * and EINTR. */
#define CALL_STARTS_AGAIN (-512L)

_Static_assert(OUTCOME_LAST < -MAX_ERRNO, "no outcome is an errno");
_Static_assert(OUTCOME(OUTCOME_COUNT) > -2147483647L, "each fits an int");
_Static_assert(CALL_STARTS_AGAIN < 0 && CALL_STARTS_AGAIN >= -MAX_ERRNO,
               "it goes back as an errno");

#endif
