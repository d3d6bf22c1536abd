// A kernel pty, seen from the side of the terminal emulator.
//
//   type, resize ──> master │ kernel │ slave <── the program under test
//   onOutput     <── master │  tty   │ slave <── kept open here too, so that its settings can be read

import {
  cString,
  F_SETFL,
  libc,
  must,
  O_CLOEXEC,
  O_NOCTTY,
  O_NONBLOCK,
  O_RDWR,
  POLLIN,
  POLLOUT,
  TCGETS,
  TIOCGPGRP,
  TIOCGWINSZ,
  TIOCSWINSZ,
} from "./libc.ts";

/** Columns and rows of a terminal. */
export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** Bytes of `struct termios` that the kernel fills: four flag words, the line, nineteen characters. */
const TERMIOS_LENGTH = 36;
/** A pty returns at most 4 KiB for each read. The screen is faster with more at once. */
const READ_LENGTH = 1 << 16;
/** Local flags, as Linux numbers them. */
const ICANON = 2;
const ECHO = 8;

/** A pseudoterminal of the kernel's. */
export class Pty {
  /** The slave's path, for the program under test. */
  readonly path: string;
  readonly #master: number;
  readonly #slave: number;
  readonly #wakeRead: number;
  readonly #wakeWrite: number;
  // Fields, since poll(2) writes into them while nothing else holds them.
  readonly #readable: Uint8Array<ArrayBuffer>;
  readonly #writable: Uint8Array<ArrayBuffer>;
  readonly #pump: Promise<void>;
  #writes: Promise<void> = Promise.resolve();
  #closed = false;

  /** Opens a pty. `onOutput` is called with the programs' output; the next read waits for its promise. */
  constructor(size: Size, onOutput: (chunk: Uint8Array) => Promise<void>) {
    this.#master = must(libc.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "open a pty");
    must(libc.fcntl(this.#master, F_SETFL, O_RDWR | O_NONBLOCK), "make the pty non-blocking");
    must(libc.grantpt(this.#master), "grant the pty");
    must(libc.unlockpt(this.#master), "unlock the pty");
    const name = new Uint8Array(64);
    must(-libc.ptsname_r(this.#master, name, BigInt(name.length)), "name the pty");
    this.path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    this.#slave = must(libc.open(cString(this.path), O_RDWR | O_NOCTTY | O_CLOEXEC), this.path);
    const wake = new Int32Array(2);
    must(libc.pipe2(new Uint8Array(wake.buffer), O_CLOEXEC), "make a pipe");
    [this.#wakeRead, this.#wakeWrite] = wake;
    this.#readable = this.#pollfds(POLLIN);
    this.#writable = this.#pollfds(POLLOUT);
    this.resize(size);
    this.#pump = this.#read(onOutput);
  }

  /** Types: the kernel's line discipline takes the bytes, in the order of the calls. */
  write(bytes: Uint8Array): Promise<void> {
    const written = this.#writes.then(() => this.#writeAll(bytes));
    this.#writes = written;
    return written;
  }

  /** Types, and returns when the line discipline has taken all bytes, or has input to be read. */
  async writeThrough(bytes: Uint8Array): Promise<void> {
    await this.write(bytes);
    // Polling a terminal without input makes the kernel deliver what is on its way.
    const wanted = new DataView(new ArrayBuffer(8));
    wanted.setInt32(0, this.#slave, true);
    wanted.setInt16(4, POLLIN, true);
    libc.pollNow(new Uint8Array(wanted.buffer), 1n, 0);
  }

  /** Changes the window's size; the foreground group gets SIGWINCH. */
  resize(size: Size): void {
    const winsize = new Uint16Array([size.rows, size.cols, 0, 0]);
    must(libc.ioctl(this.#master, TIOCSWINSZ, new Uint8Array(winsize.buffer)), "resize the pty");
  }

  /** The window's size as the kernel has it. */
  get size(): Size {
    const winsize = new Uint16Array(4);
    must(libc.ioctl(this.#slave, TIOCGWINSZ, new Uint8Array(winsize.buffer)), "read the size");
    return { rows: winsize[0], cols: winsize[1] };
  }

  /** The settings as the kernel has them, in hexadecimal: for comparing. */
  get settings(): string {
    return this.#termios.toHex();
  }

  /** Whether the terminal shows what is typed. */
  get echoes(): boolean {
    return (this.#localFlags & ECHO) !== 0;
  }

  /** Whether the terminal is in canonical mode. */
  get canonical(): boolean {
    return (this.#localFlags & ICANON) !== 0;
  }

  /** The foreground process group; 0 if there is none. */
  get foreground(): number {
    const group = new Int32Array(1);
    must(libc.ioctl(this.#master, TIOCGPGRP, new Uint8Array(group.buffer)), "read the group");
    return group[0];
  }

  /** Hangs up. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    libc.write(this.#wakeWrite, new Uint8Array(1), 1n);
    await this.#pump;
    await this.#writes;
    for (const fd of [this.#master, this.#slave, this.#wakeRead, this.#wakeWrite]) libc.close(fd);
  }

  get #termios(): Uint8Array<ArrayBuffer> {
    const termios = new Uint8Array(TERMIOS_LENGTH);
    must(libc.ioctl(this.#slave, TCGETS, termios), "read the settings");
    return termios;
  }

  get #localFlags(): number {
    return new DataView(this.#termios.buffer).getUint32(12, true);
  }

  async #read(onOutput: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    while (await this.#ready(this.#readable)) {
      const chunk = this.#readWhatIsThere();
      if (chunk.length > 0) await onOutput(chunk);
    }
  }

  #readWhatIsThere(): Uint8Array {
    const buffer = new Uint8Array(READ_LENGTH);
    let length = 0;
    while (length < READ_LENGTH) {
      const count = libc.read(this.#master, buffer.subarray(length), BigInt(READ_LENGTH - length));
      if (count <= 0n) break;
      length += Number(count);
    }
    return buffer.subarray(0, length);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let rest = bytes.slice();
    while (rest.length > 0 && await this.#ready(this.#writable)) {
      const count = Number(libc.write(this.#master, rest, BigInt(rest.length)));
      if (count > 0) rest = rest.slice(count);
    }
  }

  /** Waits for the master; false when the pty is closed meanwhile. */
  async #ready(wanted: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (!this.#closed) await libc.poll(wanted, 2n, -1);
    return !this.#closed;
  }

  /** What poll(2) takes to wait for the master, or for the pty's end. */
  #pollfds(events: number): Uint8Array<ArrayBuffer> {
    const wanted = new DataView(new ArrayBuffer(16));
    wanted.setInt32(0, this.#master, true);
    wanted.setInt16(4, events, true);
    wanted.setInt32(8, this.#wakeRead, true);
    wanted.setInt16(12, POLLIN, true);
    return new Uint8Array(wanted.buffer);
  }
}
