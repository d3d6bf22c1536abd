// Puts input into the FIFO that programs read: one line at a time in canonical mode, else as much as fits.
//
//   push ──> waiting ── the FIFO is empty, or takes bytes ──> FIFO ──> whoever reads
//                    ── an end of file, and the FIFO is empty ──> page.eof, write end closed
//
// When a reader empties a pipe of one page it wakes us, which takes ten times as long as the read itself. So the FIFO
// is made wide for raw input that comes faster than programs read it, and we look from time to time whether it has
// room.

import { libc, SystemError } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Poller, Watch } from "../sys/poller.ts";
import { setPipeSize } from "./pipes.ts";

/** Input that can be read: bytes (in canonical mode a line), or an end of file. */
export type InputPiece = Uint8Array | "eof";

/** What the pump tells the rest of the terminal. */
export interface InputObserver {
  /**
   * How far reading has come. `held` bytes wait behind those in the FIFO. `eof` is the number of the end of file that
   * is shown, or 0. With `wake`, programs that sleep in a read may find something.
   */
  changed(held: number, eof: number, wake: boolean): void;
  /** Whether a program sleeps in a read that the interposer can't see. */
  isReadDirectly(): boolean;
  /** So many units have been read by programs, or were dropped. */
  consumed(units: number): void;
}

/** Bytes of one page, the smallest pipe: POLLOUT then means that it is empty. */
const NARROW = 4096;

/** Bytes of sixteen pages, a pipe's default size: programs that read from it wake nobody. */
const WIDE = 64 * 1024;

/**
 * Milliseconds. If a wide FIFO has not been read for so long we wait until poll(2) says that there is room. Where the
 * wide FIFO has to be empty, which poll(2) can't tell, it is the time between looks.
 */
const READER_PAUSE = 10;

const { O_RDONLY, O_WRONLY, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;

/**
 * Milliseconds that an end of file waits for its reader when more has been typed behind it. A reader with the
 * interposer is awake by then and takes far less.
 */
const TAKING_GRACE = 100;

/** The input side of a terminal. */
export class InputPump {
  readonly #poller: Poller;
  readonly #path: string;
  readonly #observer: InputObserver;
  /** Our own read end. It keeps what is in the FIFO, tells how much that is, and discards it. */
  readonly #readEnd: number;
  #writeEnd: { fd: number; watch: Watch } | undefined;
  #waiting: InputPiece[] = [];
  #canonical = true;
  /** Bytes that the FIFO holds. */
  #size = NARROW;
  /** Whether a look at the room in the FIFO is due, and its timer if it has one. */
  #glances = false;
  #glanceTimer: ReturnType<typeof setTimeout> | undefined;
  /** When the FIFO was made wide or last had room again, by performance.now(). */
  #readAt = 0;
  #eofs = 0;
  #shownEof = 0;
  /** Whether a reader without the interposer waited when the EOF was shown. */
  #bypassed = false;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(poller: Poller, path: string, observer: InputObserver) {
    this.#poller = poller;
    this.#path = path;
    this.#observer = observer;
    this.#readEnd = libc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    setPipeSize(this.#readEnd, NARROW);
    this.#openWriteEnd();
  }

  /** Whether a read returns one line (ICANON). Raw bytes can be read as they come. */
  set canonical(on: boolean) {
    if (on === this.#canonical) return;
    this.#canonical = on;
    // For a raw reader n_tty turns a pending end of file into a NUL. One that is shown may have been read already.
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

  /** Drops all input that no program has read (tcflush(3), TCIFLUSH). */
  flush(): void {
    const buffer = new Uint8Array(WIDE);
    while ((libc.read(this.#readEnd, buffer) ?? 0) > 0) continue;
    const dropped = this.#waiting;
    this.#waiting = [];
    if (this.#shownEof !== 0) dropped.push("eof");
    this.#endEof();
    // Nobody needs to wake up. A signal often follows a flush, and would not interrupt the read of a program that is
    // awake just then, between its look and its sleep.
    this.#report({ wake: false });
    this.#observer.consumed(dropped.reduce((units, piece) => units + unitsOf(piece), 0));
  }

  /** Grants the end of file of this number to the first program that asks for it. */
  takeEof(number: number): boolean {
    if (number === 0 || number !== this.#shownEof) return false;
    this.#endEof();
    this.#observer.consumed(1);
    this.#deliver();
    return true;
  }

  /**
   * A program went on after an end of file was shown. If a reader without the interposer waited for input, it has
   * read the end of file, because the write end was closed.
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

  /** No more input will come: from now on every read is at the end of file. */
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

  /** Puts into the FIFO what may go there. With `wake`, programs that sleep look again even if nothing does. */
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

  /** Puts the first piece, or its start, into the FIFO if it may be read now. Returns how many units. */
  #giveFirst(piece: InputPiece): number {
    if (this.#needsEmpty(piece)) {
      const { readable } = this;
      if (readable <= NARROW) this.#resize(NARROW);
      if (readable > 0) return 0;
    }
    if (piece === "eof") {
      this.#waiting.shift();
      this.#showEof();
      // It counts as consumed when a program has taken it.
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
      // A write that does not fit is partial; one of a page or less happens only if the pipe is empty.
      return libc.write((this.#writeEnd as { fd: number }).fd, bytes.subarray(0, this.#size)) ?? 0;
    } catch (error) {
      if (error instanceof SystemError && error.code === "EPIPE") return bytes.length;
      throw error;
    }
  }

  /** Whether the FIFO got another size. It may hold too much for it, or the user may have too many large pipes. */
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
    // First, because a program that finds the FIFO at its end must also find the reason.
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
