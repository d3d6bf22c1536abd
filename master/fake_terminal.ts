// For tests: a terminal that does as it is told and logs it.

import { SANE_TERMIOS, type Termios } from "../tty/termios.ts";
import type { Winsize } from "../tty/winsize.ts";
import type { KeySignal } from "../tty/key_signals.ts";
import type { Terminal, TerminalEvents } from "./terminal.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A terminal without a kernel. */
export class FakeTerminal implements Terminal {
  outputIsTerminal = true;
  /** The calls, in order. */
  readonly log: string[] = [];
  /** Bytes that it takes until output counts as stopped. */
  room = Infinity;
  /** What FIONREAD returns for a half-typed line once ICANON is off. */
  halfTyped = "";
  /** Whether it puts a CR before each NL. */
  mapping = false;
  readonly mapped = {
    applies: () => this.mapping,
    write: (bytes: Uint8Array) => this.write(bytes, "mapped"),
  };
  /** What TIOCOUTQ returns. */
  unshown = 0;
  suspend?: (termios: Termios) => Promise<void>;
  signalsTold?: () => Promise<void>;
  #termios: Termios = SANE_TERMIOS;
  #winsize: Winsize = { rows: 24, cols: 80, xpixel: 0, ypixel: 0 };
  #events: TerminalEvents | undefined;
  #input: Uint8Array<ArrayBuffer>[] = [];
  #reading = false;
  #writing = false;

  get reading(): boolean {
    return this.#reading;
  }

  set reading(on: boolean) {
    this.#reading = on;
    if (on && this.#input.length > 0) queueMicrotask(() => this.#tellReadable());
  }

  get writing(): boolean {
    return this.#writing;
  }

  set writing(on: boolean) {
    this.#writing = on;
  }

  /** Types what one read will return. */
  type(text: string): void {
    this.#input.push(encoder.encode(text));
    this.#tellReadable();
  }

  press(signal: KeySignal): void {
    this.#events?.signal(signal);
  }

  resize(winsize: Winsize = this.#winsize): void {
    this.#winsize = winsize;
    this.#events?.resized();
  }

  /** Lets output go on, after `room` had stopped it. */
  goOn(): void {
    this.room = Infinity;
    if (this.#writing) this.#events?.writable();
  }

  #tellReadable(): void {
    if (this.#reading && this.#input.length > 0) this.#events?.readable();
  }

  getTermios(): Termios {
    return this.#termios;
  }

  setTermios(termios: Termios): void {
    if (this.#termios.ICANON && !termios.ICANON && this.halfTyped !== "") {
      this.#input.push(encoder.encode(this.halfTyped));
      this.halfTyped = "";
    }
    this.#termios = termios;
    const { ICANON, ECHO } = termios;
    this.log.push(`termios${ICANON ? " ICANON" : ""}${ECHO ? " ECHO" : ""}`);
  }

  getWinsize(): Winsize {
    return this.#winsize;
  }

  setWinsize(winsize: Winsize): void {
    this.#winsize = winsize;
    this.log.push(`winsize ${winsize.rows} ${winsize.cols}`);
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | undefined {
    const first = this.#input.shift();
    if (first === undefined) return undefined;
    const part = first.subarray(0, buffer.length);
    buffer.set(part);
    if (part.length < first.length) this.#input.unshift(first.subarray(part.length));
    return part.length;
  }

  write(bytes: Uint8Array, how = "write"): number {
    const part = bytes.subarray(0, Math.min(bytes.length, this.room));
    this.room -= part.length;
    if (part.length > 0) this.log.push(`${how} ${decoder.decode(part)}`);
    return part.length;
  }

  inputQueue(): number {
    return this.#input.reduce((sum, { length }) => sum + length, 0);
  }

  outputQueue(): number {
    return this.unshown;
  }

  flush(queue: string): void {
    this.log.push(`flush ${queue}`);
    if (queue !== "output") this.#input = [];
  }

  flow(action: string): void {
    this.log.push(`flow ${action}`);
  }

  sendBreak(duration: number): void {
    this.log.push(`break ${duration}`);
  }

  takeOver(events: TerminalEvents): Promise<void> {
    this.#events = events;
    this.log.push("take over");
    return Promise.resolve();
  }

  giveBack(termios: Termios): void {
    this.log.push(`give back${termios.ICANON ? " ICANON" : ""}${termios.ECHO ? " ECHO" : ""}`);
  }
}
