/* Which descriptors are the terminal, and the way from each to the terminal's other end. */
#ifndef RPTY_TERMINAL_H
#define RPTY_TERMINAL_H

#include <stdbool.h>
#include <sys/stat.h>

#include "terminal/page.h"
#include "terminal/state.h"

enum terminal_end { NO_TERMINAL = 0, INPUT_END, OUTPUT_END };

struct terminal {
    const struct rpty_page *page;
    int fd;
    enum terminal_end end;
};

/* A descriptor for one call: `owned` if it was opened for it. */
struct borrowed {
    int fd;
    bool owned;
};

/* Which end of the terminal a file is that fstat described so. */
enum terminal_end terminal_end_of(const struct stat *status);

/* Which end a descriptor is that shows possession of the terminal: one that was opened to be read or written. */
enum terminal_end terminal_end_shown(int fd);

/* Whether a descriptor is the terminal. */
bool terminal_find(int fd, struct terminal *terminal);

/* Whether any of a process's standard streams is a FIFO, so that it may be the terminal. */
bool terminal_likely(void);

/* 0, 1 or 2 if one is the terminal, else -1. */
int terminal_possessed(void);

/* The same where the page is not known yet: by the mark alone. */
int terminal_marked(void);

/* Opens an end of the terminal: O_RDONLY the input, else the output. `flags` are open's: O_NONBLOCK,
 * O_CLOEXEC. `on` is a descriptor by which the process possesses the terminal, or -1. -> fd or -errno */
long terminal_open_end(int on, int access, int flags);

/* The input as seen from any of the terminal's descriptors, for one call. fd: a descriptor or -errno */
struct borrowed terminal_input(const struct terminal *terminal);
struct borrowed terminal_output(const struct terminal *terminal);
void terminal_give_back(struct borrowed borrowed);

/* What is to be known of a descriptor that was just opened: `how` of RPTY_MARK_ONE_WAY, RPTY_MARK_DEV_TTY and
 * RPTY_MARK_BY_NAME. */
void terminal_mark(int fd, enum terminal_end end, int how);

/* Whether the descriptor was opened by name, with just one of reading and writing. */
bool terminal_is_one_way(int fd);

/* Whether it was opened by a name, and is so an open file of its own. */
bool terminal_is_by_name(int fd);

/* Whether it was opened as /dev/tty, and is so to be shown as that. */
bool terminal_is_dev_tty(int fd);

/* What F_GETSIG tells of it, but for a mark. */
long terminal_signal(int fd);

/* Takes the mark off a descriptor that is to send signals (O_ASYNC): it would be their number. */
void terminal_unmark(int fd);

/* The terminal's state, from the page, or asked for. -> 0 or -errno */
long terminal_state(const struct terminal *terminal, struct state *state);

/* Whether the terminal controls the caller's session, and the caller has not left it. */
bool terminal_controls_us(const struct rpty_page *page);

/* What the terminal is to the caller's session. From an outer PID namespace, where the session's leader is, it
 * may control the caller: the page's numbers mean nothing here, and the slave has to be asked (RPTY_GET_JOB). */
enum terminal_tie { TIE_NONE, TIE_OF_SESSION, TIE_FROM_OUTSIDE };

enum terminal_tie terminal_tie(const struct rpty_page *page);

/* -EIO if the terminal is gone, else `otherwise`. */
long terminal_gone_or(const struct terminal *terminal, long otherwise);

#endif
