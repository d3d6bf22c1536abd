// The calls of the C library that rpty makes, with their errors.

import type { Termios } from "../tty/termios.ts";
import type { Winsize } from "../tty/winsize.ts";
import { cCalls, cFunction, cString, lazily } from "./c_functions.ts";
import { PLATFORM, type SignalName } from "./platform.ts";
import { decodeTermios, encodeTermios } from "./termios_codec.ts";

/** A system call that failed. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  readonly errno: number;
  /** The error's name, such as "EPERM", if rpty knows it, else its number. */
  readonly code: string;

  constructor(call: string, errno: number) {
    super(`Cannot ${call}: ${describeErrno(errno)}`);
    this.errno = errno;
    this.code = Object.entries(PLATFORM.errno).find(([, value]) => value === errno)?.[0] ??
      String(errno);
  }
}

const call = {
  ...cCalls({
    // For each key and each piece of output.
    read: { parameters: ["i32", "buffer", "usize"], result: "isize", way: "repeated" },
    write: { parameters: ["i32", "buffer", "usize"], result: "isize", way: "repeated" },
    ioctl: { parameters: ["i32", "u64", "buffer"], fixed: 2, result: "i32", way: "repeated" },
    tcgetattr: { parameters: ["i32", "buffer"], result: "i32", way: "repeated" },
    tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32", way: "repeated" },
    tcgetpgrp: { parameters: ["i32"], result: "i32", way: "repeated" },
    // Not repeated: a close that fails may have closed the descriptor, and another file may have its number by now.
    close: { parameters: ["i32"], result: "i32", way: "quick" },
    // Less often.
    open: { parameters: ["buffer", "i32", "u32"], fixed: 2, result: "i32", way: "exact" },
    fcntl: { parameters: ["i32", "i32", "u64"], fixed: 2, result: "i32", way: "exact" },
    pipe: { parameters: ["buffer"], result: "i32", way: "exact" },
    fchmod: { parameters: ["i32", "u32"], result: "i32", way: "exact" },
    isatty: { parameters: ["i32"], result: "i32", way: "exact" },
    ttyname: { parameters: ["i32"], result: "pointer", way: "exact" },
    tcflush: { parameters: ["i32", "i32"], result: "i32", way: "exact" },
    tcflow: { parameters: ["i32", "i32"], result: "i32", way: "exact" },
    tcsendbreak: { parameters: ["i32", "i32"], result: "i32", way: "exact" },
    tcsetpgrp: { parameters: ["i32", "i32"], result: "i32", way: "exact" },
    setpgid: { parameters: ["i32", "i32"], result: "i32", way: "exact" },
    getpgid: { parameters: ["i32"], result: "i32", way: "exact" },
    getsid: { parameters: ["i32"], result: "i32", way: "exact" },
    geteuid: { parameters: [], result: "u32", way: "exact" },
    kill: { parameters: ["i32", "i32"], result: "i32", way: "exact" },
    sigprocmask: { parameters: ["i32", "buffer", "pointer"], result: "i32", way: "exact" },
    signal: { parameters: ["i32", "usize"], result: "usize", way: "exact" },
    strerror: { parameters: ["i32"], result: "pointer", way: "exact" },
  }),
  fstat: lazily(() => findFstat()),
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

/** The place of errno for this thread, on which JavaScript runs. */
const errno = new Deno.UnsafePointerView(
  cFunction(PLATFORM.errnoLocation, { parameters: [], result: "pointer" })() as Deno.PointerObject,
);

/** The errno of the last call that failed on this thread. */
export function lastErrno(): number {
  return errno.getInt32();
}

/** Returns `result`, or throws the error if it is -1. The caller repeats a call that a signal has interrupted. */
export function checked(name: string, result: number): number {
  if (result === -1) throw new SystemError(name, lastErrno());
  return result;
}

/** The result of a transfer; undefined where it would block. A call that a signal has interrupted is repeated. */
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

/** The state of a file, as far as rpty needs it. */
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
  /** Returns the bytes read: 0 at the end of the file, undefined where it would block. */
  read(fd: number, buffer: Uint8Array<ArrayBuffer>): number | undefined {
    return transferred("read", () => call.read(fd, buffer, BigInt(buffer.length)));
  },
  /** Returns the bytes written, or undefined where it would block. */
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
    return checked("fcntl", call.fcntl(fd, command, BigInt(argument)));
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
  /** The process group of a process; of ourselves for 0. */
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
  /** Unblocks a signal for this thread. It may have been blocked when the program was started. */
  unblockSignal(signal: SignalName): void {
    const set = signalSet([signal]);
    checked("sigprocmask", call.sigprocmask(PLATFORM.signalMask.SIG_UNBLOCK, set, null));
  },
  /** Children inherit this; sys/spawn.ts undoes it for them. */
  ignoreSignal(signal: SignalName): void {
    call.signal(PLATFORM.signal[signal], SIG_IGN);
  },
};
