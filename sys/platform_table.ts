// The table of numbers and names that each platform has.

import type { CharacterName, FlagName } from "../tty/termios.ts";

/** A field of several bits: its mask, and the bits of each choice, from 0. For CSIZE choice 0 is CS5. */
export interface BitField {
  readonly mask: number;
  readonly choices: readonly number[];
}

/** A platform's `struct termios` and the bits in it. */
export interface TermiosLayout {
  /** Bytes of the whole. */
  readonly size: number;
  /** Bytes of each of the four flag words, which come first: 4 or 8. */
  readonly flagSize: 4 | 8;
  /** Offset of c_cc, and how many characters it holds. */
  readonly characters: { readonly offset: number; readonly length: number };
  /** Offset of c_ispeed; c_ospeed follows it. As wide as the flag words. */
  readonly speedOffset: number;
  /** Value of a character that is switched off. */
  readonly disabled: number;
  /** Index in c_cc; absent if the platform has no such character. */
  readonly characterIndex: Readonly<Partial<Record<CharacterName, number>>>;
  /** Bits in each of the four words; absent if the platform has no such flag. */
  readonly iflag: Readonly<Partial<Record<FlagName, number>>>;
  readonly oflag: Readonly<Partial<Record<FlagName, number>>>;
  readonly cflag: Readonly<Partial<Record<FlagName, number>>>;
  readonly lflag: Readonly<Partial<Record<FlagName, number>>>;
  /** CSIZE in c_cflag. */
  readonly csize: BitField;
  /** The delays in c_oflag. */
  readonly delays: Readonly<
    Partial<Record<"NLDLY" | "CRDLY" | "TABDLY" | "BSDLY" | "VTDLY" | "FFDLY", BitField>>
  >;
  /** Bits per second by the code in the struct; absent if the struct holds bits per second. */
  readonly speeds?: ReadonlyMap<number, number>;
  /** Bits of c_cflag that repeat the speed's code. */
  readonly speedMask: number;
}

/** Names of signals that rpty sends, listens for or shows. */
export type SignalName =
  | "SIGHUP"
  | "SIGINT"
  | "SIGQUIT"
  | "SIGKILL"
  | "SIGPIPE"
  | "SIGTERM"
  | "SIGCHLD"
  | "SIGCONT"
  | "SIGSTOP"
  | "SIGTSTP"
  | "SIGTTIN"
  | "SIGTTOU"
  | "SIGURG"
  | "SIGWINCH";

/** One platform's numbers. */
export interface Platform {
  /** File names of the library that has dlsym, most likely first. */
  readonly libraries: readonly string[];
  /** dlsym's RTLD_DEFAULT. */
  readonly defaultHandle: bigint;
  /** dlopen(3)'s name for the program itself, with all that is loaded; undefined if there is none. */
  readonly program: string | undefined;
  /** Name of the function that gives errno's address. */
  readonly errnoLocation: string;
  /**
   * How many argument registers have to be filled so that variadic arguments go to the stack (Darwin on aarch64),
   * else 0.
   */
  readonly variadicPadding: number;
  /** The directory in which a process finds its own descriptors as files. */
  readonly descriptors: string;
  readonly termios: TermiosLayout;
  readonly ioctl: Readonly<
    Record<"TIOCGWINSZ" | "TIOCSWINSZ" | "FIONREAD" | "TIOCOUTQ", bigint>
  >;
  readonly signal: Readonly<Record<SignalName, number>>;
  readonly open: Readonly<
    Record<
      | "O_RDONLY"
      | "O_WRONLY"
      | "O_RDWR"
      | "O_NONBLOCK"
      | "O_NOCTTY"
      | "O_CLOEXEC"
      | "O_CREAT"
      | "O_APPEND"
      | "O_NOFOLLOW",
      number
    >
  >;
  readonly fcntl: Readonly<
    Record<"F_GETFD" | "F_SETFD" | "F_GETFL" | "F_SETFL" | "FD_CLOEXEC", number>
  >;
  readonly poll: Readonly<
    Record<"POLLIN" | "POLLOUT" | "POLLERR" | "POLLHUP" | "POLLNVAL", number>
  >;
  /** Arguments of tcflush by queue, and of tcflow by action. */
  readonly tcflush: Readonly<Record<"input" | "output" | "both", number>>;
  readonly tcflow: Readonly<Record<"TCOOFF" | "TCOON" | "TCIOFF" | "TCION", number>>;
  readonly tcsetattr: Readonly<Record<"TCSANOW" | "TCSADRAIN" | "TCSAFLUSH", number>>;
  /** Flags of recv(2) and send(2). */
  readonly message: Readonly<Record<"MSG_DONTWAIT", number>>;
  /** Name under which the C library exports fstat for the struct described here. */
  readonly fstat: string;
  /** Offsets in `struct stat`, and widths in bytes. */
  readonly stat: Readonly<
    Record<
      | "size"
      | "dev"
      | "devWidth"
      | "ino"
      | "mode"
      | "modeWidth"
      | "nlink"
      | "nlinkWidth"
      | "uid"
      | "rdev"
      | "rdevWidth",
      number
    >
  >;
  /** Of posix_spawn: sizes of its attribute and file action objects and of sigset_t, and flags. */
  readonly spawn: Readonly<
    Record<
      "attributesSize" | "fileActionsSize" | "signalSetSize" | "SETPGROUP" | "SETSIGDEF",
      number
    >
  >;
  /** sigprocmask's action that takes signals out of the mask. */
  readonly signalMask: Readonly<Record<"SIG_UNBLOCK", number>>;
  /** waitid's flag for children that were stopped. */
  readonly wait: Readonly<Record<"WSTOPPED", number>>;
  /** errno numbers that rpty knows by name. */
  readonly errno: Readonly<
    Record<
      | "EPERM"
      | "ENOENT"
      | "ESRCH"
      | "EINTR"
      | "EIO"
      | "ENXIO"
      | "EAGAIN"
      | "EACCES"
      | "EBUSY"
      | "EEXIST"
      | "EINVAL"
      | "ENOTTY"
      | "EPIPE"
      | "ENOSYS",
      number
    >
  >;
}
