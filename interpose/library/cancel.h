/* A thread that waits for the terminal can be cancelled, as in the C library's own calls. */
#ifndef RPTY_CANCEL_H
#define RPTY_CANCEL_H

/* Alike in both C libraries; glibc before 2.34 lacks it where the program has no threads. */
extern int pthread_setcanceltype(int type, int *old) __attribute__((weak));

#define CANCEL_AT_ONCE 1 /* PTHREAD_CANCEL_ASYNCHRONOUS, alike in both */

/* Around a system call that sleeps. -> what cancel_forbid takes */
static inline int cancel_allow(void)
{
    int old = 0;
    if (pthread_setcanceltype)
        pthread_setcanceltype(CANCEL_AT_ONCE, &old);
    return old;
}

static inline void cancel_forbid(int old)
{
    if (pthread_setcanceltype)
        pthread_setcanceltype(old, &old);
}

#endif
