/* Job control: what the kernel does to a background process that reads or changes its terminal. */
#ifndef RPTY_JOB_H
#define RPTY_JOB_H

#include "terminal/page.h"

/* Checks as the kernel's __tty_check_change. Sends `signal` (SIGTTIN, SIGTTOU) to the caller's group where
 * it is due, and comes back once the caller may go on.
 * -> 0: go on; -EIO: orphaned group, or SIGTTIN ignored or blocked; -EINTR: a handler ran without SA_RESTART */
long job_check(const struct rpty_page *page, int signal);

#endif
