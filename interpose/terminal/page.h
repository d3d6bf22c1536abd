/* What the slave and the programs share: the runtime directory, the state page, the control socket.
 *
 *   slave (TypeScript) ── writes ──> own/page ── mapped read-only ──> librpty.so in each program
 *                      <── one request, one reply, a fresh connection each ── own/ctl
 *                      ── input ──> own/in      own/out <── output ──
 *
 * Only the session's user may enter own/. Programs of other users in the session make the same requests to the
 * door, which lies beside the library (keeper/door.c).
 *
 * slave/page_layout.ts mirrors this file; slave/page_layout_test.ts compiles it and compares. */
#ifndef RPTY_PAGE_H
#define RPTY_PAGE_H

#include <stdint.h>

/* Names in the runtime directory (place.h). The library finds it by its own entry in LD_PRELOAD. */
#define RPTY_OWN_DIRECTORY "own"
#define RPTY_FILE_LIBRARY "librpty.so"
#define RPTY_FILE_DOOR "door" /* socket: as the control socket, for all who know its name */
#define RPTY_FILE_PAGE "page"
#define RPTY_FILE_CONTROL "ctl"
#define RPTY_FILE_INPUT "in"   /* FIFO: the slave writes, programs read */
#define RPTY_FILE_OUTPUT "out" /* FIFO: programs write, the slave reads */
#define RPTY_FILE_DATA "data"  /* FIFO: the same, where the user's standard output is no terminal */
#define RPTY_FILE_KEEPER "keeper"
#define RPTY_FILE_REACH "reach" /* socket: the keeper takes listeners (keeper/supervise.h) */

#define RPTY_PAGE_MAGIC 0x59545052u /* "RPTY" in little-endian memory */
#define RPTY_PAGE_VERSION 2u
#define RPTY_PAGE_SIZE 4096u

/* struct termios as glibc and musl have it on Linux (c_cc of 32, speeds as B… codes). */
struct rpty_termios {
    uint32_t c_iflag, c_oflag, c_cflag, c_lflag;
    uint8_t c_line;
    uint8_t c_cc[32];
    uint32_t c_ispeed, c_ospeed;
};

struct rpty_winsize {
    uint16_t rows, cols, xpixel, ypixel;
};

/* Signal numbers that F_SETSIG gives to the terminal's descriptions (fcntl(2)). They mean nothing, while
 * O_ASYNC is off, and stay through dup, fork, exec and passing: so one fcntl knows the terminal, at the
 * price of the kernel's own isatty. A description without a mark is looked at by fstat. From each of the two
 * is taken what is to be known of one that was opened by name: from 49 to 64 all numbers are marks. */
#define RPTY_MARK_INPUT 63
#define RPTY_MARK_OUTPUT 64
#define RPTY_MARK_ONE_WAY 2 /* for just one of reading and writing */
#define RPTY_MARK_DEV_TTY 4 /* by the name /dev/tty */
#define RPTY_MARK_BY_NAME 8 /* by any name */
#define RPTY_MARK_FIRST 49

enum rpty_flag {
    RPTY_HUNG_UP = 1,   /* the terminal is gone: reads give 0, all else EIO */
    RPTY_STOPPED = 2,   /* a program has stopped output (TCOOFF): writes wait */
    RPTY_EXCLUSIVE = 4, /* TIOCEXCL: only those with CAP_SYS_ADMIN may open it */
    RPTY_REACHES =
        256, /* programs that the preload can't reach are started by way of the library */
};

/* `event`, `flags`, `session`, `foreground`, `eof` and `held` are single words, read atomically by
 * themselves. `winsize` and `termios` are read under `sequence`: odd while the slave writes, and
 * changed when it has. */
struct rpty_page {
    uint32_t magic;
    uint32_t version;
    uint32_t sequence;
    uint32_t event;     /* futex word: changes and is woken at each delivery of input, EOF, flush,
                            change of termios, of foreground group or session, start of output,
                            and hangup */
    uint32_t flags;     /* enum rpty_flag */
    int32_t session;    /* session whose controlling terminal this is; 0: none */
    int32_t foreground; /* foreground process group; 0: none */
    uint32_t eof;   /* number of the EOF that is next in the input once the FIFO is empty; 0: none.
                            Whoever gets RPTY_TAKE_EOF granted for it returns 0 from read */
    uint32_t held;  /* readable bytes that the slave holds behind those in the FIFO */
    uint32_t minor; /* of the device number that stat shows; the major is 136 */
    uint64_t input_dev, input_ino, output_dev, output_ino; /* the FIFOs' identity by fstat */
    struct rpty_winsize winsize;
    struct rpty_termios termios;
    char name[44];           /* the terminal's name, such as "/dev/rpty/4711", ended by NUL */
    uint64_t user_namespace; /* the slave's, by its inode in /proc/PID/ns */
    uint64_t pid_namespace;  /* the same, for `session` and `foreground`; 0: not known */
};

/* One request per connection to own/ctl or the door (SOCK_STREAM). It carries, by SCM_RIGHTS, the descriptor that
 * the call is made on. Whoever has one that was opened to be read or written possesses the terminal. RPTY_OPEN,
 * RPTY_OPEN_PAGE and RPTY_GET_JOB may come without one: then the caller's session must be the terminal's. The reply
 * to the first two carries the descriptor opened. */
enum rpty_operation {
    RPTY_GET_STATE = 1,      /* -> termios, winsize, value: foreground */
    RPTY_SET_TERMIOS = 2,    /* termios, argument: TCSANOW 0, TCSADRAIN 1, TCSAFLUSH 2 */
    RPTY_SET_WINSIZE = 3,    /* winsize */
    RPTY_SET_FOREGROUND = 4, /* argument: process group, as the caller's PID namespace numbers it */
    RPTY_SET_SESSION = 5,    /* TIOCSCTTY; argument: its argument */
    RPTY_LEAVE_SESSION = 6,  /* TIOCNOTTY by a session leader */
    RPTY_FLUSH = 7,          /* argument: TCIFLUSH 0, TCOFLUSH 1, TCIOFLUSH 2 */
    RPTY_FLOW = 8,           /* argument: TCOOFF 0, TCOON 1, TCIOFF 2, TCION 3 */
    RPTY_BREAK = 9,          /* argument: tcsendbreak's duration */
    RPTY_DRAIN = 10,         /* replied to when the user has been shown all output written before */
    RPTY_OUTPUT_QUEUE = 11,  /* -> value: bytes not yet shown */
    RPTY_TAKE_EOF = 12,      /* argument: page.eof; -> value: 1 if the caller has it, else 0 */
    RPTY_OPEN = 13,          /* argument: O_RDONLY, O_WRONLY or O_RDWR; -> a descriptor */
    RPTY_SET_EXCLUSIVE = 14, /* argument: 1, or 0 */
    RPTY_GET_JOB = 15,       /* argument: enum rpty_job; for the terminal's session alone */
    RPTY_OPEN_PAGE = 16,     /* -> a descriptor of the page, to be read */
    RPTY_NOTE = 17,          /* argument: enum rpty_note; for who wants to know more */
};

/* What the user is told once, if he wants to know more. */
enum rpty_note {
    RPTY_NOTE_STDIO =
        1, /* a sandbox keeps the library from what the C library reads and writes by itself */
};

/* How long a connection may be silent: a program sends its request as soon as it is connected. One that was stopped
 * for longer connects anew (control.c). */
#define RPTY_SILENCE_LIMIT_MS 5000

/* By whom a request comes. */
enum rpty_via {
    RPTY_VIA_ITSELF = 0, /* the program that it is for */
    RPTY_VIA_KEEPER = 1, /* the keeper, for a program that makes system calls itself */
    RPTY_VIA_DOOR = 2,   /* the door, for a program of another user's */
};

/* What those ask to whose PID namespace the page's numbers mean nothing. */
enum rpty_job {
    RPTY_JOB_FOREGROUND = 0,  /* -> the foreground process group's number there; 0: not seen */
    RPTY_JOB_IS_IN_FRONT = 1, /* -> 1 if the caller is of that group, else 0 */
};

struct rpty_request {
    uint32_t magic;     /* RPTY_PAGE_MAGIC */
    uint32_t operation; /* enum rpty_operation */
    int32_t argument;
    struct rpty_winsize winsize;
    struct rpty_termios termios;
    int32_t process; /* from the keeper and the door: the process they ask for */
    uint32_t via;    /* enum rpty_via */
};

struct rpty_reply {
    int32_t error; /* an errno, or 0 */
    int32_t value;
    struct rpty_winsize winsize;
    struct rpty_termios termios;
};

#endif
