// Calls of the C library that the harness makes.

const library = Deno.dlopen("libc.so.6", {
  posix_openpt: { parameters: ["i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  pollNow: { name: "poll", parameters: ["buffer", "usize", "i32"], result: "i32" },
});

/**
 * The calls, as libc has them. `poll` returns a promise and waits in another thread: its buffer must be
 * kept alive until then.
 */
export const libc = library.symbols;

export const O_RDWR = 0o2;
export const O_NOCTTY = 0o400;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
export const POLLIN = 1;
export const POLLOUT = 4;
export const F_SETFL = 4;
export const TCGETS = 0x5401n;
export const TIOCGWINSZ = 0x5413n;
export const TIOCSWINSZ = 0x5414n;
export const TIOCGPGRP = 0x540fn;

/** A path as a C string. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** The result of a call, unless it failed. */
export function must(result: number | bigint, call: string): number {
  if (Number(result) < 0) throw new Error(`Cannot ${call}: it returned ${result}`);
  return Number(result);
}
