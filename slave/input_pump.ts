// Input on its way to the programs: one line at a time in canonical mode, as much as fits otherwise.
//
//   push ──> waiting ── the FIFO is empty, or takes bytes ──> FIFO ──> whoever reads
//                    ── an end of file, and the FIFO is empty ──> page.eof, write end closed
//
// A reader that empties a pipe of one page wakes us, which takes it ten times as long as the read itself. So the
// FIFO is made wide for raw input that comes faster than it is read, and we look from time to time.

import { libc, SystemError } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Poller, Watch } from "../sys/poller.ts";
import { setPipeSize } from "./pipes.ts";

/** What has been typed and become readable: bytes (in canonical mode a line), or an end of file. */
export type InputPiece = Uint8Array | "eof";

/** What others see of the queue. */
export interface InputObserver {
  /**
   * How far reading has come: `held` bytes wait behind the FIFO's; `eof` is the number of the EOF shown,
   * or 0; `wake` tells whether there may be something for who sleeps.
   */
  changed(held: number, eof: number, wake: boolean): void;
  /** Whether a program sleeps in a read that the interposer doesn't see. */
  isReadDirectly(): boolean;
  /** So many pieces and bytes have left the queue for the programs, or were dropped. */
  consumed(units: number): void;
}

/** One page, the smallest pipe: then POLLOUT says that it has become empty. */
const NARROW = 4096;

/** Sixteen pages, as much as a pipe has that nobody made smaller: what is read of it wakes nobody. */
const WIDE = 64 * 1024;

/**
 * Milliseconds after which nobody seems to read a wide FIFO: we wait until somebody does. And between looks whether one
 * that has to become empty has, which only looks tell.
 */
const READER_PAUSE = 10;

const { O_RDONLY, O_WRONLY, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;

/**
 * Milliseconds that an EOF waits for its taker when more has been typed behind it. A reader with the
 * interposer, which is awake by then, takes far less.
 */
const TAKING_GRACE = 100;

/** The input side of a terminal. */
export class InputPump {
  readonly #poller: Poller;
  readonly #path: string;
  readonly #observer: InputObserver;
  /** Our own read end: it keeps what is in the FIFO, tells how much that is, and discards it. */
  readonly #readEnd: number;
  #writeEnd: { fd: number; watch: Watch } | undefined;
  #waiting: InputPiece[] = [];
  #canonical = true;
  /** Bytes that the FIFO holds. */
  #size = NARROW;
  /** Whether we are going to look whether the FIFO has room, and by which timer, if not soon. */
  #glances = false;
  #glanceTimer: number | undefined;
  /** When the wide FIFO last took something, by performance.now(): it was made wide, or somebody had read. */
  #readAt = 0;
  #eofs = 0;
  #shownEof = 0;
  /** Whether a reader without the interposer waited when the EOF was shown. */
  #bypassed = false;
  #grace: number | undefined;
  #ended = false;

  constructor(poller: Poller, path: string, observer: InputObserver) {
    this.#poller = poller;
    this.#path = path;
    this.#observer = observer;
    this.#readEnd = libc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    setPipeSize(this.#readEnd, NARROW);
    this.#openWriteEnd();
  }

  /** Whether reads give one line each (ICANON). Raw bytes are given as they come. */
  set canonical(on: boolean) {
    if (on === this.#canonical) return;
    this.#canonical = on;
    // n_tty gives a raw reader a NUL for an end of file that was pending. One that was shown may be had already.
    if (!on) {
      this.#dropEof();
      this.#waiting = this.#waiting.map((piece) => piece === "eof" ? new Uint8Array(1) : piece);
    }
    this.#deliver();
  }

  /** Adds what has become readable. */
  push(piece: InputPiece): void {
    this.#waiting.push(piece);
    if (this.#shownEof !== 0) this.#grace ??= setTimeout(() => this.signOfLife(), TAKING_GRACE);
    this.#deliver();
  }

  /** Drops all that no one has read (tcflush(3), TCIFLUSH). */
  flush(): void {
    const buffer = new Uint8Array(WIDE);
    while ((libc.read(this.#readEnd, buffer) ?? 0) > 0) continue;
    const dropped = this.#waiting;
    this.#waiting = [];
    if (this.#shownEof !== 0) dropped.push("eof");
    this.#endEof();
    // Nobody has to wake. A signal often follows a flush, and would not interrupt the read of one who is
    // awake just then, between its look and its sleep.
    this.#report({ wake: false });
    this.#observer.consumed(dropped.reduce((units, piece) => units + unitsOf(piece), 0));
  }

  /** Grants the EOF of this number to the first who asks for it. */
  takeEof(number: number): boolean {
    if (number === 0 || number !== this.#shownEof) return false;
    this.#endEof();
    this.#observer.consumed(1);
    this.#deliver();
    return true;
  }

  /**
   * Programs went on after an EOF was shown: a reader without the interposer that waited for input has
   * had it, since for those the write end was closed.
   */
  signOfLife(): void {
    if (this.#bypassed) this.#dropEof();
  }

  #dropEof(): void {
    if (this.#shownEof !== 0) this.takeEof(this.#shownEof);
  }

  /** Bytes that can be read now. */
  get readable(): number {
    return libc.inputQueue(this.#readEnd);
  }

  /** No more will come: readers get EOF for ever. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#grace);
    clearTimeout(this.#glanceTimer);
    this.#waiting = [];
    this.#closeWriteEnd();
  }

  close(): void {
    this.end();
    libc.close(this.#readEnd);
  }

  #openWriteEnd(): void {
    if (this.#writeEnd !== undefined || this.#ended) return;
    const fd = libc.open(this.#path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    const watch = this.#poller.watch(fd, { writable: () => this.#deliver() });
    this.#writeEnd = { fd, watch };
  }

  #closeWriteEnd(): void {
    if (this.#writeEnd === undefined) return;
    this.#writeEnd.watch.close();
    libc.close(this.#writeEnd.fd);
    this.#writeEnd = undefined;
  }

  #endEof(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#shownEof = 0;
    this.#openWriteEnd();
  }

  /** Gives what can be given. `wake`: also where nothing can, who sleeps looks again. */
  #deliver({ wake = true } = {}): void {
    if (this.#writeEnd === undefined) return;
    let units = 0;
    while (this.#waiting.length > 0) {
      const given = this.#giveFirst(this.#waiting[0]);
      units += given;
      if (given === 0 || this.#shownEof !== 0) break;
    }
    if (units > 0 && this.#size === WIDE) this.#readAt = performance.now();
    if (this.#shownEof === 0) this.#report({ wake: wake || units > 0 });
    if (units > 0) this.#observer.consumed(units);
  }

  /** Whether a piece may go into the FIFO only when that is empty. */
  #needsEmpty(piece: InputPiece): boolean {
    return this.#canonical || piece === "eof";
  }

  /** Gives the first piece, or the start of it, if that may be read now. How many units it gave. */
  #giveFirst(piece: InputPiece): number {
    if (this.#needsEmpty(piece)) {
      const { readable } = this;
      if (readable <= NARROW) this.#resize(NARROW);
      if (readable > 0) return 0;
    }
    if (piece === "eof") {
      this.#waiting.shift();
      this.#showEof();
      // It counts as consumed when it has been taken.
      return 0;
    }
    let written = this.#write(piece);
    if (written < piece.length && !this.#canonical && this.#resize(WIDE)) {
      written += this.#write(piece.subarray(written));
    }
    if (written === piece.length) this.#waiting.shift();
    else if (written > 0) this.#waiting[0] = piece.subarray(written);
    return written;
  }

  #write(bytes: Uint8Array): number {
    try {
      // A write that does not fit goes in part, but of one page and less only into an empty pipe.
      return libc.write((this.#writeEnd as { fd: number }).fd, bytes.subarray(0, this.#size)) ?? 0;
    } catch (error) {
      if (error instanceof SystemError && error.code === "EPIPE") return bytes.length;
      throw error;
    }
  }

  /** Whether the FIFO has become another size. It may hold too much, or a user's pipes be too many. */
  #resize(size: number): boolean {
    if (size === this.#size) return false;
    try {
      setPipeSize(this.#readEnd, size);
      this.#size = size;
      return true;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return false;
    }
  }

  #awaitRoom(): void {
    if (this.#writeEnd === undefined) return;
    const [first] = this.#waiting;
    const isWide = first !== undefined && this.#size === WIDE;
    const needsEmpty = isWide && this.#needsEmpty(first);
    const isRead = isWide && performance.now() < this.#readAt + READER_PAUSE;
    this.#writeEnd.watch.writable = first !== undefined && !needsEmpty && !isRead;
    if (this.#glances || !needsEmpty && !isRead) return;
    this.#glances = true;
    if (needsEmpty) this.#glanceTimer = setTimeout(() => this.#glance(), READER_PAUSE);
    else this.#poller.soon(() => this.#glance());
  }

  #glance(): void {
    this.#glances = false;
    if (this.#waiting.length > 0) this.#deliver({ wake: false });
  }

  #showEof(): void {
    this.#shownEof = ++this.#eofs;
    this.#bypassed = this.#observer.isReadDirectly();
    // First: whoever finds the FIFO at its end must find the reason, too.
    this.#report();
    this.#closeWriteEnd();
  }

  #report({ wake = true } = {}): void {
    this.#awaitRoom();
    let held = 0;
    for (const piece of this.#waiting) {
      if (piece === "eof") break;
      held += piece.length;
    }
    this.#observer.changed(held, this.#shownEof, wake);
  }
}

/** How far a piece moves the count of consumed input. */
export function unitsOf(piece: InputPiece): number {
  return piece === "eof" ? 1 : piece.length;
}
