// Where rpty cannot be like a kernel pty, and why. A listed case that does not differ fails the suite.

import type { Build } from "./compile.ts";
import {
  STATIC_DIFFERENCES,
  STATIC_GLIBC_DIFFERENCES,
  STATIC_MUSL_DIFFERENCES,
} from "./differences_static.ts";
import type { Reasons } from "./reasons.ts";

/** What the kernel lets but the privileged do. */
const PRIVILEGED = Deno.uid() === 0;
/** Whether the kernel takes TIOCSTI from us. */
const INJECTS = PRIVILEGED || await contentOf("/proc/sys/dev/tty/legacy_tiocsti") !== "0\n";
const DEBIAN = await contentOf("/etc/debian_version") !== undefined;

const NO_NAME = "what has no name in struct termios does not cross to the other system";
const NO_SUCH_SPEED = "speeds are those that have a code";
const KEYS_ARE_THE_USERS = !INJECTS
  ? undefined
  : "as where dev.tty.legacy_tiocsti is off: nobody types but the user";
const NO_LOCKS = !PRIVILEGED ? undefined : "settings cannot be locked";
const KERNEL_WAITS = "the kernel's epoll sees the input's FIFO, which is none of poll's rules";
const OWN_WAY = "where the library takes a C library's part it is glibc's";
const FIFO_BELOW = "calls that no program makes on a terminal find the FIFO";

function contentOf(path: string): Promise<string | undefined> {
  return Deno.readTextFile(path).catch(() => undefined);
}

/** All of them. */
const DIFFERENCES: Reasons = {
  data: {
    "read into bad memory": "the line is not lost by it",
    "readv into memory that is partly bad": "the line is not lost by it",
  },
  identity: {
    "device number": "it is that of no device of the host's",
    "chmod": "who may use the FIFOs is not for programs to change",
    "truncate, fallocate, posix_fadvise": FIFO_BELOW,
  },
  ioctl: {
    "FIGETBSZ into memory": FIFO_BELOW,
    "TCSETS2 with a speed by number": NO_SUCH_SPEED,
    "TCSETS2 with a speed of no code": NO_SUCH_SPEED,
    "TIOCSLCKTRMIOS": NO_LOCKS,
    "TIOCSLCKTRMIOS into memory": NO_LOCKS,
    "TIOCSLCKTRMIOS into read-only memory": NO_LOCKS,
    "TIOCSLCKTRMIOS on other descriptors": NO_LOCKS,
    "TIOCSTI into memory": KEYS_ARE_THE_USERS,
    "TIOCSTI into read-only memory": KEYS_ARE_THE_USERS,
    "TIOCSTI is input": KEYS_ARE_THE_USERS,
    "TIOCSTI on other descriptors": KEYS_ARE_THE_USERS,
  },
  lines: {
    "VEOF alone becomes raw": "a reader that bypasses the interposer may have had the end of file",
    "VEOF in a line becomes raw": "how a line ended is not kept with it",
  },
  open: {
    "F_SETLK of the input for writing": FIFO_BELOW,
    "O_ACCMODE": "a mode that only drivers know",
    "O_ASYNC of /dev/tty for reading": "O_ASYNC takes the mark by which its way is known",
    "ttyname": "the name must not be that of a device of the host's",
  },
  termios: {
    "another c_line": NO_NAME,
    "bits of c_cflag without a name": NO_NAME,
    "bits of c_iflag without a name": NO_NAME,
    "bits of c_lflag without a name": NO_NAME,
    "bits of c_oflag without a name": NO_NAME,
    "characters without a name": NO_NAME,
    "seven bits and parity": DEBIAN
      ? "Debian's C library looks by itself whether all was done"
      : undefined,
  },
  wait: {
    "epoll changes": KERNEL_WAITS,
    "epoll for output": KERNEL_WAITS,
    "epoll of /dev/tty for both ways": KERNEL_WAITS,
    "epoll of the input for both ways": KERNEL_WAITS,
    "epoll with VMIN": KERNEL_WAITS,
    "epoll with an end of file": KERNEL_WAITS,
  },
};

/** What is more in programs of musl's, or not in those. */
const MUSL_DIFFERENCES: Reasons = {
  hangup: { "isatty": OWN_WAY, "ttyname": OWN_WAY },
  open: { "O_ACCMODE": undefined },
  stdio: {
    "bad modes": OWN_WAY,
    "fdopen tty_in r+": OWN_WAY,
    "fdopen tty_in w": OWN_WAY,
    "fdopen tty_out r": OWN_WAY,
    "fdopen tty_out r+": OWN_WAY,
    "getpass at an end of file": OWN_WAY,
    "getpass of much": OWN_WAY,
  },
  termios: { "all characters": OWN_WAY, "seven bits and parity": undefined },
  wait: { "select leaves the time that is left": OWN_WAY },
};

/** What is not in those that have the library within: there it is musl's function, too. */
const ARCHIVE_DIFFERENCES: Reasons = { hangup: { "isatty": undefined } };

/** By build, the later ones first. */
const TABLES: Readonly<Record<Build, readonly Reasons[]>> = {
  "glibc": [DIFFERENCES],
  "musl": [DIFFERENCES, MUSL_DIFFERENCES],
  "static-glibc": [DIFFERENCES, STATIC_DIFFERENCES, STATIC_GLIBC_DIFFERENCES],
  "static-musl": [DIFFERENCES, STATIC_DIFFERENCES, STATIC_MUSL_DIFFERENCES],
  "static-archive": [DIFFERENCES, MUSL_DIFFERENCES, ARCHIVE_DIFFERENCES],
};

/** Why cases of a family may differ, by case. */
export function reasonsFor(family: string, build: Build): Reasons[string] {
  return Object.assign({}, ...TABLES[build].map((table) => table[family]));
}
