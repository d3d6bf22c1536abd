// interpose/terminal/page.h, mirrored. page_layout_test.ts compiles that header and compares.

/** The directory, within the runtime directory, that only the session's user may enter. */
export const OWN_DIRECTORY = "own";

/** Names of files in the runtime directory. */
export const FILES = {
  library: "librpty.so",
  page: "page",
  control: "ctl",
  input: "in",
  output: "out",
  data: "data",
  keeper: "keeper",
  reach: "reach",
  door: "door",
} as const;

/** "RPTY" in little-endian memory: begins the page and each request. */
export const PAGE_MAGIC = 0x59545052;
/** Changes when the layout does. */
export const PAGE_VERSION = 2;
/** Bytes of the page's file. */
export const PAGE_SIZE = 4096;

/** Offsets in `struct rpty_page`. */
export const PAGE = {
  magic: 0,
  version: 4,
  sequence: 8,
  event: 12,
  flags: 16,
  session: 20,
  foreground: 24,
  eof: 28,
  held: 32,
  minor: 36,
  input_dev: 40,
  input_ino: 48,
  output_dev: 56,
  output_ino: 64,
  winsize: 72,
  termios: 80,
  name: 140,
  user_namespace: 184,
  pid_namespace: 192,
} as const;

/** Bytes of the terminal's name, its NUL included. */
export const NAME_SIZE = 44;

/** Bits of `flags`. */
export const PAGE_FLAGS = { HUNG_UP: 1, STOPPED: 2, EXCLUSIVE: 4 } as const;

/** Offsets in `struct rpty_request`, and its size. */
export const REQUEST = {
  magic: 0,
  operation: 4,
  argument: 8,
  winsize: 12,
  termios: 20,
  process: 80,
  via: 84,
  size: 88,
} as const;

/** Milliseconds that a connection may be silent. */
export const SILENCE_LIMIT = 5000;

/** `enum rpty_via`: by whom a request for another process comes. */
export const VIA = { ITSELF: 0, KEEPER: 1, DOOR: 2 } as const;

/** Offsets in `struct rpty_reply`, and its size. */
export const REPLY = { error: 0, value: 4, winsize: 8, termios: 16, size: 76 } as const;

/** `enum rpty_operation`. */
export const OPERATIONS = {
  GET_STATE: 1,
  SET_TERMIOS: 2,
  SET_WINSIZE: 3,
  SET_FOREGROUND: 4,
  SET_SESSION: 5,
  LEAVE_SESSION: 6,
  FLUSH: 7,
  FLOW: 8,
  BREAK: 9,
  DRAIN: 10,
  OUTPUT_QUEUE: 11,
  TAKE_EOF: 12,
  OPEN: 13,
  SET_EXCLUSIVE: 14,
  GET_JOB: 15,
  OPEN_PAGE: 16,
  NOTE: 17,
} as const;

/** Bytes of `struct rpty_termios`, which is Linux's `struct termios`. */
export const TERMIOS_SIZE = 60;

/** `enum rpty_note`. */
export const NOTE = { STDIO: 1 } as const;

/** What GET_JOB asks. */
export const JOB = { FOREGROUND: 0, IS_IN_FRONT: 1 } as const;
