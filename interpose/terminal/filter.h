/* The seccomp filter that tells the keeper of the terminal calls which no preload sees: for the keeper, and for the
 * library as a program (reach_start.c). */
#ifndef RPTY_FILTER_H
#define RPTY_FILTER_H

#include <stdbool.h>

#include "terminal/bpf.h"

/* Numbers that descriptors of a terminal opened by name get (keeper/open.c), so that the filter knows them: those
 * for one direction, and then those for both, whose writes are told, too. Below the usual limit of 1024, and above
 * what programs use. Each first is a multiple of how many of it and its followers there are. */
#define ONE_WAY_FIRST 896
#define ONE_WAY_COUNT 64
#define BOTH_WAYS_FIRST 960
#define BOTH_WAYS_COUNT 64
#define GIVEN_FIRST ONE_WAY_FIRST
#define GIVEN_COUNT (ONE_WAY_COUNT + BOTH_WAYS_COUNT)

void filter_build(struct filter *filter);

/* Puts the calling thread, and whatever it will start, under the filter. Without CAP_SYS_ADMIN that is
 * allowed only together with no_new_privs, which takes set-uid programs their power: only where
 * `at_that_price`. -> the listener or -errno; EBUSY: somebody listens already */
long filter_install(bool at_that_price);

#endif
