/* What the unit tests share: a comparison that reports, and a verdict. */
#ifndef RPTY_CHECK_H
#define RPTY_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks_failed, checks_made;

static inline void check_number(const char *name, long expected, long found)
{
    checks_made++;
    if (expected == found)
        return;
    checks_failed++;
    fprintf(stderr, "%s: expected %ld, found %ld\n", name, expected, found);
}

/* Takes `found`, which came from malloc. */
static inline void check_text(const char *name, const char *expected, char *found)
{
    checks_made++;
    if (strcmp(expected, found) != 0) {
        checks_failed++;
        fprintf(stderr, "%s:\n  expected: %s\n  found:    %s\n", name, expected, found);
    }
    free(found);
}

static inline int checks_done(void)
{
    fprintf(stderr, "%d checks, %d failed\n", checks_made, checks_failed);
    return checks_failed > 0 || checks_made == 0;
}

#endif
