/* Shared by the families of the oracle. A case makes calls and reports their results in one line. It runs in a
 * separate process, so that a crash or a hang is reported as such, and on a terminal in its initial
 * state. */
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

/* Adds text to the case's line. Children made by fork or vfork may do so, too. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* " what=3", or " what=EBADF" where the result is -1. */
long say_result(const char *what, long result);

/* The same for functions that return an errno. */
int say_error(const char *what, int error);

void say_bytes(const char *what, const void *bytes, long count);

/* Reads once and reports what came. */
long say_read(const char *what, int fd, size_t size);

/* Opens, and reports the result and the access mode that fcntl returns. */
int say_open(const char *what, const char *path, int flags);

/* Reports what poll returns within `timeout_ms` for these events: " what=IN|OUT". */
void say_poll(const char *what, int fd, short events, int timeout_ms);

/* The result of ttyname or, if it has none, the target of the link in /proc. */
const char *name_of_terminal(void);

/* Reports the bits of the settings that programs see. */
void say_termios(const char *what, const struct termios *termios);

/* Types: asks the driver for keys, and returns when the terminal has taken them. Under rpty they may still be
 * on their way then. */
void type(const char *keys);
void type_bytes(const void *keys, size_t count);

/* Types, or signals the caller, once the caller sleeps. */
void type_later(const char *keys);
void signal_later(int number);

/* Waits until so many bytes can be read. */
bool await_input(int fd, int count);

/* Waits until poll gives one of the events. */
bool await_events(int fd, short events);

/* Waits for a child, and reports how it ended. */
void say_status(const char *what, int status);
void await_child(const char *what, pid_t child);

/* Settings. */
void set_flags(tcflag_t off, tcflag_t on); /* of c_lflag */
void set_raw(int min, int time);           /* ICANON, ECHO, ISIG, ICRNL off */
void set_nonblocking(int fd, bool on);

/* Invalid pointers that the compiler does not recognise. */
extern void *volatile bad_pointer;
extern void *volatile null_pointer;
void *read_only_memory(void);
void *mmap_two_pages(void); /* the second is not accessible */

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
