/* The seccomp filter that tells the keeper of the terminal calls which no preload sees: for the keeper, and for the
 * library as a program (reach_start.c). */
#ifndef RPTY_FILTER_H
#define RPTY_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

/* Numbers that descriptors of a /dev/tty opened for both directions get, so that the filter knows a write to
 * one by its number (keeper_open.c). Below the usual limit of 1024, and above what programs use. */
#define BOTH_WAYS_FIRST 960
#define BOTH_WAYS_COUNT 64 /* a power of two that divides the first */

#define FILTER_SIZE 256

struct filter {
    struct sock_filter code[FILTER_SIZE];
    unsigned short length;
};

void filter_build(struct filter *filter);

/* Puts the calling thread, and whatever it will start, under the filter. Without CAP_SYS_ADMIN that is
 * allowed only together with no_new_privs, which takes set-uid programs their power: only where
 * `at_that_price`. -> the listener or -errno; EBUSY: somebody listens already */
long filter_install(bool at_that_price);

#endif
