/* What the families of the oracle share. A case makes calls and says what came of them; each becomes one
 * line. It runs in a process of its own, so that one that crashes or hangs is told as that, and on a
 * terminal in its first state. */
#ifndef RPTY_ORACLE_H
#define RPTY_ORACLE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#ifndef __GLIBC__
#include "missing.h"
#endif

struct oracle_case {
    const char *name;
    void (*run)(void);
};

/* Adds to the case's line. Children may, too, by fork or vfork. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* " what=3", or " what=EBADF" where the result is -1. */
long say_result(const char *what, long result);

/* The same for functions that return an errno. */
int say_error(const char *what, int error);

void say_bytes(const char *what, const void *bytes, long count);

/* Reads once and says what came. */
long say_read(const char *what, int fd, size_t size);

/* Opens, says whether it could, and how: the access mode that fcntl tells. */
int say_open(const char *what, const char *path, int flags);

/* What poll gives within `timeout_ms` for these events: " what=IN|OUT". */
void say_poll(const char *what, int fd, short events, int timeout_ms);

/* What ttyname gives; where it has nothing, what the link in /proc shows. */
const char *name_of_terminal(void);

/* The bits of settings that programs see. */
void say_termios(const char *what, const struct termios *termios);

/* Types: asks the driver for keys, and comes back when the terminal has taken them. Under rpty they may be
 * on their way then. */
void type(const char *keys);
void type_bytes(const void *keys, size_t count);

/* Types, or signals the caller, when the caller sleeps. */
void type_later(const char *keys);
void signal_later(int number);

/* Waits until so many bytes can be read. */
bool await_input(int fd, int count);

/* Waits until poll gives one of the events. */
bool await_events(int fd, short events);

/* Waits for a child, and says how it ended. */
void say_status(const char *what, int status);
void await_child(const char *what, pid_t child);

/* Settings. */
void set_flags(tcflag_t off, tcflag_t on); /* of c_lflag */
void set_raw(int min, int time);           /* ICANON, ECHO, ISIG, ICRNL off */
void set_nonblocking(int fd, bool on);

/* Pointers that are none, which the compiler doesn't see through. */
extern void *volatile bad_pointer;
extern void *volatile null_pointer;
void *read_only_memory(void);
void *mmap_two_pages(void); /* of which the second can't be touched */

/* The path of this program, and arguments by which a case starts it again: `role` of the family. */
extern const char *oracle_path;

struct oracle_role {
    const char *name;
    int (*run)(int count, char **arguments);
};

/* A family may ask for the terminal to be hung up before its first case, and do something before that. */
extern bool oracle_hangs_up;
void oracle_before(void);

/* The family's tables; both end with a NULL. */
extern const struct oracle_case oracle_cases[];
extern const struct oracle_role oracle_roles[];

#endif
