// The C library's calls, by FFI.
//
// Each is looked up by dlsym(RTLD_DEFAULT), or in the program with all that is loaded, not in the library
// itself: so a preloaded library is asked first, and rpty within rpty sees its terminal.

import type { Termios } from "../tty/termios.ts";
import type { Winsize } from "../tty/winsize.ts";
import { PLATFORM, type SignalName } from "./platform.ts";
import { decodeTermios, encodeTermios } from "./termios_codec.ts";

/** A system call that failed. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  readonly errno: number;
  /** Name of the error, such as "EPERM", where we tell it apart, else its number. */
  readonly code: string;

  constructor(call: string, errno: number) {
    super(`Cannot ${call}: ${describeErrno(errno)}`);
    this.errno = errno;
    this.code = Object.entries(PLATFORM.errno).find(([, value]) => value === errno)?.[0] ??
      String(errno);
  }
}

const handle = openLibrary();

function openLibrary() {
  const symbols = {
    dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
  } as const satisfies Deno.ForeignLibraryInterface;
  let failure: unknown;
  for (const name of PLATFORM.libraries) {
    try {
      return Deno.dlopen(name, symbols);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

const encoder = new TextEncoder();

/** A string as C has it. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}

/**
 * The address of a symbol of the C library.
 *
 * @throws {TypeError} if there is none of this name.
 */
export function cSymbol(name: string): Deno.PointerObject {
  const pointer = handle.symbols.dlsym(
    Deno.UnsafePointer.create(PLATFORM.defaultHandle),
    cString(name),
  );
  if (pointer === null) throw new TypeError(`Cannot find ${name} in the C library`);
  return pointer;
}

type Callable<Definition extends Deno.ForeignFunction> = Deno.UnsafeFnPointer<Definition>["call"];

/**
 * A function of the C library.
 *
 * @throws {TypeError} if there is none of this name.
 */
export function cFunction<const Definition extends Deno.ForeignFunction>(
  name: string,
  definition: Definition,
): Callable<Definition> {
  const fn = new Deno.UnsafeFnPointer(cSymbol(name) as Deno.PointerObject<Definition>, definition);
  return fn.call.bind(fn) as Callable<Definition>;
}

/**
 * Functions that are called often, by their names. Where the linker takes the program for a library, with
 * all that is loaded, they are found in that: Deno calls those a microsecond faster. Not for calls whose errno
 * decides: what Deno does behind such a call was seen to change it. For those see {@linkcode quickFunctions}.
 */
export function cFunctions<const Definitions extends Record<string, Deno.ForeignFunction>>(
  definitions: Definitions,
): { readonly [Name in keyof Definitions]: Callable<Definitions[Name]> } {
  const found = PLATFORM.program === undefined
    ? Object.fromEntries(
      Object.entries(definitions).map(([name, definition]) => [name, cFunction(name, definition)]),
    )
    : Deno.dlopen(PLATFORM.program, definitions).symbols;
  return found as { readonly [Name in keyof Definitions]: Callable<Definitions[Name]> };
}

/** The same for those whose errno decides: what has failed is called once more, in the way that leaves us its errno. */
export function quickFunctions<const Definitions extends Record<string, Deno.ForeignFunction>>(
  definitions: Definitions,
): { readonly [Name in keyof Definitions]: Callable<Definitions[Name]> } {
  const found = Object.entries(cFunctions(definitions)).map(([name, quick]) => {
    const slow = lazily(() => cFunction(name, definitions[name]) as AnyCall);
    const call: AnyCall = (...args) => {
      const result = (quick as AnyCall)(...args);
      return result >= 0 ? result : slow(...args);
    };
    return [name, call];
  });
  return Object.fromEntries(found);
}

type AnyCall = (...args: unknown[]) => number | bigint;

/** Looks a function up when it is first called: most programs need few of them. */
function lazily<Args extends unknown[], Result>(
  find: () => (...args: Args) => Result,
): (...args: Args) => Result {
  let found: ((...args: Args) => Result) | undefined;
  return (...args) => (found ??= find())(...args);
}

// Variadic functions. Where variadic arguments go on the stack, the registers before it are filled up.
type Word = number | bigint;
const padding = Array(PLATFORM.variadicPadding).fill(0n) as bigint[];
const paddingTypes = padding.map(() => "u64" as const);

const transfer = { parameters: ["i32", "buffer", "usize"], result: "isize" } as const;
const quick = quickFunctions({
  read: transfer,
  write: transfer,
  ioctl: {
    parameters: ["i32", "u64", ...paddingTypes.slice(2), "buffer"] as ["i32", "u64", "buffer"],
    result: "i32",
  },
  tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
  tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  tcgetpgrp: { parameters: ["i32"], result: "i32" },
});

const call = {
  ...quick,
  ...cFunctions({ close: { parameters: ["i32"], result: "i32" } }),
  strerror: lazily(() => cFunction("strerror", { parameters: ["i32"], result: "pointer" })),
  open: lazily(() => {
    const open = cFunction("open", {
      parameters: ["buffer", "i32", ...paddingTypes.slice(2), "u32"] as ["buffer", "i32", "u32"],
      result: "i32",
    });
    return (path: BufferSource, flags: number, mode: number): number =>
      (open as (...args: unknown[]) => number)(path, flags, ...padding.slice(2), mode);
  }),
  ioctl: (fd: number, request: bigint, argument: BufferSource): number =>
    (quick.ioctl as (...args: unknown[]) => number)(fd, request, ...padding.slice(2), argument),
  fcntl: lazily(() => {
    const fcntl = cFunction("fcntl", {
      parameters: ["i32", "i32", ...paddingTypes.slice(2), "u64"] as ["i32", "i32", "u64"],
      result: "i32",
    });
    return (fd: number, command: number, argument: Word): number =>
      (fcntl as (...args: unknown[]) => number)(fd, command, ...padding.slice(2), BigInt(argument));
  }),
  pipe: lazily(() => cFunction("pipe", { parameters: ["buffer"], result: "i32" })),
  isatty: lazily(() => cFunction("isatty", { parameters: ["i32"], result: "i32" })),
  ttyname: lazily(() => cFunction("ttyname", { parameters: ["i32"], result: "pointer" })),
  tcflush: lazily(() => cFunction("tcflush", { parameters: ["i32", "i32"], result: "i32" })),
  tcflow: lazily(() => cFunction("tcflow", { parameters: ["i32", "i32"], result: "i32" })),
  tcsendbreak: lazily(() =>
    cFunction("tcsendbreak", { parameters: ["i32", "i32"], result: "i32" })
  ),
  tcsetpgrp: lazily(() => cFunction("tcsetpgrp", { parameters: ["i32", "i32"], result: "i32" })),
  setpgid: lazily(() => cFunction("setpgid", { parameters: ["i32", "i32"], result: "i32" })),
  getpgid: lazily(() => cFunction("getpgid", { parameters: ["i32"], result: "i32" })),
  getsid: lazily(() => cFunction("getsid", { parameters: ["i32"], result: "i32" })),
  kill: lazily(() => cFunction("kill", { parameters: ["i32", "i32"], result: "i32" })),
  sigprocmask: lazily(() =>
    cFunction("sigprocmask", { parameters: ["i32", "buffer", "pointer"], result: "i32" })
  ),
  signal: lazily(() => cFunction("signal", { parameters: ["i32", "usize"], result: "usize" })),
  fstat: lazily(() => findFstat()),
  fchmod: lazily(() => cFunction("fchmod", { parameters: ["i32", "u32"], result: "i32" })),
  geteuid: lazily(() => cFunction("geteuid", { parameters: [], result: "u32" })),
};

/** Before glibc 2.33 fstat is __fxstat, whose first argument is the version of the struct. */
function findFstat(): (fd: number, buffer: BufferSource) => number {
  try {
    return cFunction(PLATFORM.fstat, { parameters: ["i32", "buffer"], result: "i32" });
  } catch {
    const version = Deno.build.arch === "aarch64" ? 0 : 1;
    const fxstat = cFunction("__fxstat", {
      parameters: ["i32", "i32", "buffer"],
      result: "i32",
    });
    return (fd, buffer) => fxstat(version, fd, buffer);
  }
}

/** The system's words for an errno. */
export function describeErrno(errno: number): string {
  const text = call.strerror(errno);
  return text === null ? `errno ${errno}` : Deno.UnsafePointerView.getCString(text);
}

/** Where this thread, the one that JavaScript runs on, has its errno. */
const errno = new Deno.UnsafePointerView(
  cFunction(PLATFORM.errnoLocation, { parameters: [], result: "pointer" })() as Deno.PointerObject,
);

/** The errno of the last call that failed on this thread. */
export function lastErrno(): number {
  return errno.getInt32();
}

/** `result`, unless it is -1: then the error. A call cut off by a signal is for the caller to repeat. */
export function checked(name: string, result: number): number {
  if (result === -1) throw new SystemError(name, lastErrno());
  return result;
}

/** The result of a transfer: nothing where it would have blocked. A call cut off by a signal is made again. */
export function transferred(name: string, transfer: () => number | bigint): number | undefined {
  for (;;) {
    const result = Number(transfer());
    if (result >= 0) return result;
    const errno = lastErrno();
    if (errno === PLATFORM.errno.EAGAIN) return undefined;
    if (errno !== PLATFORM.errno.EINTR) throw new SystemError(name, errno);
  }
}

/** The kinds of file in st_mode (inode(7)). */
export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;

/** The state of a file, as far as rpty asks. */
export interface FileStatus {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly mode: number;
  readonly links: number;
  readonly owner: number;
  readonly rdev: bigint;
}

function getStatus(fd: number): FileStatus {
  const layout = PLATFORM.stat;
  const struct = new Uint8Array(layout.size);
  checked("fstat", call.fstat(fd, struct));
  const view = new DataView(struct.buffer);
  const get = (offset: number, width: number) =>
    width === 8
      ? view.getBigUint64(offset, true)
      : BigInt(width === 4 ? view.getUint32(offset, true) : view.getUint16(offset, true));
  return {
    dev: get(layout.dev, layout.devWidth),
    ino: get(layout.ino, 8),
    mode: Number(get(layout.mode, layout.modeWidth)),
    links: Number(get(layout.nlink, layout.nlinkWidth)),
    owner: Number(get(layout.uid, 4)),
    rdev: get(layout.rdev, layout.rdevWidth),
  };
}

function getTermiosStruct(fd: number): Uint8Array<ArrayBuffer> {
  const struct = new Uint8Array(PLATFORM.termios.size);
  checked("tcgetattr", call.tcgetattr(fd, struct));
  return struct;
}

/** A sigset_t with these signals. */
export function signalSet(signals: readonly SignalName[]): Uint8Array<ArrayBuffer> {
  const set = new Uint8Array(PLATFORM.spawn.signalSetSize);
  for (const name of signals) {
    const bit = PLATFORM.signal[name] - 1;
    set[bit >> 3] |= 1 << (bit & 7);
  }
  return set;
}

/** `struct winsize` is four u16: rows, columns, pixels across, pixels down. */
const WINSIZE_WORDS = 4;

function getCount(name: string, request: bigint, fd: number): number {
  const count = new Int32Array(1);
  checked(name, call.ioctl(fd, request, count));
  return count[0];
}

/** signal(2)'s SIG_IGN. */
const SIG_IGN = 1n;

/** System calls, named as in their man pages. All throw {@linkcode SystemError}. */
export const libc = {
  open(path: string, flags: number, mode = 0): number {
    return checked(`open "${path}"`, call.open(cString(path), flags, mode));
  },
  close(fd: number): void {
    checked("close", call.close(fd));
  },
  /** Bytes read, 0 at the end of the file, nothing where it would block. */
  read(fd: number, buffer: Uint8Array<ArrayBuffer>): number | undefined {
    return transferred("read", () => call.read(fd, buffer, BigInt(buffer.length)));
  },
  /** Bytes written, nothing where it would block. */
  write(fd: number, bytes: Uint8Array): number | undefined {
    return transferred(
      "write",
      () => call.write(fd, bytes as Uint8Array<ArrayBuffer>, BigInt(bytes.length)),
    );
  },
  /** A pipe's read and write end, both closed on exec. */
  pipe(): [number, number] {
    const ends = new Int32Array(2);
    checked("pipe", call.pipe(ends));
    for (const fd of ends) libc.fcntl(fd, PLATFORM.fcntl.F_SETFD, PLATFORM.fcntl.FD_CLOEXEC);
    return [ends[0], ends[1]];
  },
  fcntl(fd: number, command: number, argument: number): number {
    return checked("fcntl", call.fcntl(fd, command, argument));
  },
  setNonblocking(fd: number): void {
    const flags = libc.fcntl(fd, PLATFORM.fcntl.F_GETFL, 0);
    libc.fcntl(fd, PLATFORM.fcntl.F_SETFL, flags | PLATFORM.open.O_NONBLOCK);
  },
  fstat: getStatus,
  fchmod(fd: number, mode: number): void {
    checked("fchmod", call.fchmod(fd, mode));
  },
  geteuid(): number {
    return call.geteuid();
  },
  isatty(fd: number): boolean {
    return call.isatty(fd) === 1;
  },
  ttyname(fd: number): string | undefined {
    const name = call.ttyname(fd);
    return name === null ? undefined : Deno.UnsafePointerView.getCString(name);
  },
  tcgetattr(fd: number): Termios {
    return decodeTermios(getTermiosStruct(fd), PLATFORM.termios);
  },
  /** What `termios` does not name stays as it is. */
  tcsetattr(fd: number, action: keyof typeof PLATFORM.tcsetattr, termios: Termios): void {
    const struct = getTermiosStruct(fd);
    encodeTermios(termios, struct, PLATFORM.termios);
    checked("tcsetattr", call.tcsetattr(fd, PLATFORM.tcsetattr[action], struct));
  },
  ioctl(fd: number, request: bigint, argument: BufferSource): void {
    checked("ioctl", call.ioctl(fd, request, argument));
  },
  getWinsize(fd: number): Winsize {
    const words = new Uint16Array(WINSIZE_WORDS);
    checked("get the window size", call.ioctl(fd, PLATFORM.ioctl.TIOCGWINSZ, words));
    const [rows, cols, xpixel, ypixel] = words;
    return { rows, cols, xpixel, ypixel };
  },
  setWinsize(fd: number, { rows, cols, xpixel, ypixel }: Winsize): void {
    const words = new Uint16Array([rows, cols, xpixel, ypixel]);
    checked("set the window size", call.ioctl(fd, PLATFORM.ioctl.TIOCSWINSZ, words));
  },
  /** Bytes that can be read at once. */
  inputQueue(fd: number): number {
    return getCount("FIONREAD", PLATFORM.ioctl.FIONREAD, fd);
  },
  /** Bytes written and not yet sent by the terminal. */
  outputQueue(fd: number): number {
    return getCount("TIOCOUTQ", PLATFORM.ioctl.TIOCOUTQ, fd);
  },
  tcflush(fd: number, queue: keyof typeof PLATFORM.tcflush): void {
    checked("tcflush", call.tcflush(fd, PLATFORM.tcflush[queue]));
  },
  tcflow(fd: number, action: keyof typeof PLATFORM.tcflow): void {
    checked("tcflow", call.tcflow(fd, PLATFORM.tcflow[action]));
  },
  tcsendbreak(fd: number, duration: number): void {
    checked("tcsendbreak", call.tcsendbreak(fd, duration));
  },
  tcgetpgrp(fd: number): number {
    return checked("tcgetpgrp", call.tcgetpgrp(fd));
  },
  tcsetpgrp(fd: number, group: number): void {
    checked("tcsetpgrp", call.tcsetpgrp(fd, group));
  },
  setpgid(pid: number, group: number): void {
    checked("setpgid", call.setpgid(pid, group));
  },
  /** The process group of a process, or with 0 our own. */
  getpgid(pid: number): number {
    return checked("getpgid", call.getpgid(pid));
  },
  getpgrp(): number {
    return call.getpgid(0);
  },
  getsid(pid: number): number {
    return checked("getsid", call.getsid(pid));
  },
  /** A negative `pid` means a process group. */
  kill(pid: number, signal: SignalName): void {
    checked("kill", call.kill(pid, PLATFORM.signal[signal]));
  },
  /** Whether any process is in a process group, zombies included. */
  groupExists(group: number): boolean {
    return call.kill(-group, 0) === 0 || lastErrno() !== PLATFORM.errno.ESRCH;
  },
  /** Lets this thread have a signal that was blocked when the program was started. */
  unblockSignal(signal: SignalName): void {
    const set = signalSet([signal]);
    checked("sigprocmask", call.sigprocmask(PLATFORM.signalMask.SIG_UNBLOCK, set, null));
  },
  /** Children inherit this; sys/spawn.ts undoes it for them. */
  ignoreSignal(signal: SignalName): void {
    call.signal(PLATFORM.signal[signal], SIG_IGN);
  },
};
