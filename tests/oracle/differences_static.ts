// Further differences from a kernel pty in static programs, which load no library and are answered by the keeper, and why.
// `undefined` marks a case that differs only in dynamic programs, because its cause is in the library.

import type { Reasons } from "./reasons.ts";

const PATHS =
  "a path is the kernel's to follow, to a FIFO: if stat were told, each would cost tenfold";
const NAMES =
  "a name is known by its text: to see where each leads would double what an open costs";
const FLAGS =
  "F_GETFL is not told: the library knows the terminal by an fcntl, which a filter would make dearer";
const SHARED = "a change of flags is not told either, and input and output are two open files";
const NUMBERS = "a duplicate has a number of its own, by which the filter doesn't know it";
const STREAMS = "a duplicate of descriptor 0 is the input, which the kernel doesn't write to";
const POLLS =
  "what a poll asks about lies in memory, where no filter looks: the kernel polls FIFOs";
const SELECTS = "a select that asks about output or other files, too, is the kernel's, of FIFOs";
const FIFO_BELOW = "calls that no program makes on a terminal find the FIFO";
const GONE = "what goes on untold finds the FIFO, which is there until its last user has gone";

/** The same reason for each. */
function all(reason: string | undefined, ...names: readonly string[]): Reasons[string] {
  return Object.fromEntries(names.map((name) => [name, reason]));
}

/** In those of both C libraries. */
export const STATIC_DIFFERENCES: Reasons = {
  data: all(
    FIFO_BELOW,
    "pwritev2 without an offset",
    "sendfile to the input",
    "sendfile to /dev/tty",
    "sendfile from the output",
    "splice to the input",
    "splice to /dev/tty",
    "splice from the output",
    "splice with files",
    "tee",
    "vmsplice",
  ),
  hangup: {
    ...all(
      GONE,
      "write",
      "writev",
      "ioctl",
      "poll",
      "poll for nothing",
      "select",
      "fstat",
      "sendfile and splice",
      "stdio",
    ),
    "ioctl and fcntl of any file": FLAGS,
  },
  identity: all(
    PATHS,
    "own by stat",
    "own by lstat",
    "dev_stdin by stat",
    "dev_stdout by stat",
    "dev_stdout by realpath",
    "dev_stderr by stat",
    "dev_stderr by realpath",
    "dev_fd_0 by stat",
    "dev_fd_0 by lstat",
    "proc_fd_0 by stat",
    "proc_fd_0 by lstat",
    "proc_fd_1 by stat",
    "proc_fd_1 by lstat",
    "proc_fd_1 by readlink",
    "proc_fd_1 by realpath",
    "fstat of an O_PATH descriptor",
    "one identity everywhere",
    "readlink into little room",
    "readlink of /proc/PID/fd/1",
    "readlink of a descriptor of /dev/tty",
  ),
  open: {
    ...all(
      PATHS,
      "ttyname and ttyname_r agree",
      "ttyname of own",
      "ttyname of dev_stdin",
      "ttyname of dev_stdout",
      "ttyname of dev_stderr",
      "ttyname of dev_fd_0",
      "ttyname of dev_fd_1",
      "ttyname of proc_fd_0",
      "ttyname of proc_fd_2",
      "ttyname of thread_fd_0",
    ),
    ...all(
      NAMES,
      "tty in /dev",
      "/dev/../dev//tty",
      "a symlink to /dev/tty",
      "openat in /dev",
      "openat in /proc/self/fd",
    ),
    ...all(
      FLAGS,
      "duplicates",
      "flags of dev_tty",
      "flags of own",
      "flags of dev_stdin",
      "flags of dev_stdout",
      "flags of dev_stderr",
      "flags of dev_fd_0",
      "flags of dev_fd_1",
      "flags of proc_fd_0",
      "flags of proc_fd_2",
      "flags of thread_fd_0",
      "flags of the standard streams",
      "F_SETFL of the input",
      "F_SETFL of the output",
      "F_SETFL of /dev/tty",
    ),
    ...all(
      SHARED,
      "O_NONBLOCK is shared by the standard streams",
      "O_NONBLOCK by the output",
      "O_NONBLOCK by FIONBIO",
      "O_NONBLOCK by a child that has the output alone",
      "O_NONBLOCK of a stream that is closed",
      "O_APPEND is shared by the standard streams",
      "O_ASYNC and F_SETOWN by the output",
      "O_ASYNC by FIOASYNC",
    ),
    "O_ASYNC of /dev/tty for reading": undefined,
    "/dev/tty in place of closed streams": STREAMS,
    "other fcntls": FIFO_BELOW,
  },
  raw: {
    "fcntl": FLAGS,
    "fstat and newfstatat": PATHS,
    "poll and ppoll": POLLS,
    "sendfile": FIFO_BELOW,
  },
  raw_input: all(
    POLLS,
    "VMIN 255",
    "VMIN 2: poll, then read",
    "VMIN changes while bytes wait",
  ),
  stdio: {
    ...all(
      NUMBERS,
      "fdopen input w",
      "fdopen input r+",
      "fdopen output r",
      "fdopen output r+",
      "two streams on one descriptor",
    ),
    ...all(FLAGS, "fdopen output w", "flags of streams"),
    "a stream that does not wait": SHARED,
    "standard streams for both ways": STREAMS,
    "the input in the output's place": STREAMS,
  },
  termios: all(undefined, "seven bits and parity"),
  wait: {
    ...all(
      POLLS,
      "poll the idle input",
      "poll the idle /dev/tty",
      "poll with a line",
      "poll with half a line",
      "poll with the rest of a line",
      "poll with a second line",
      "poll with an end of file",
      "poll with an end of file after a line",
      "poll many descriptors",
      "poll of the output wakes for input",
      "poll wakes at an end of file",
      "poll with VMIN",
      "poll with VMIN and VTIME",
      "poll with neither",
      "poll with VTIME",
      "poll after a flush",
      "epoll of the output for input",
      "epoll of /dev/tty",
      "epoll changes of /dev/tty",
    ),
    ...all(
      SELECTS,
      "select the idle terminal",
      "select with a line",
      "select with an end of file",
      "select with half a line",
      "select looks below the count",
    ),
  },
};

/** In glibc's. */
export const STATIC_GLIBC_DIFFERENCES: Reasons = {
  data: { "checked forms": PATHS },
  stdio: all(FLAGS, "fdopen tty_both w", "fdopen tty_both r+"),
  termios: { "success leaves errno alone": PATHS },
};

/** In musl's. */
export const STATIC_MUSL_DIFFERENCES: Reasons = {
  open: {
    "O_ACCMODE": undefined,
    "ttyname of /dev/tty": PATHS,
    "ttyname of dev_tty": PATHS,
  },
};
