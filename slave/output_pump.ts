// Sends output to the master, and runs what must happen at a certain place in it.
//
//   programs ──> FIFO ── while the window is open ──> onBytes(offset, bytes)
//   mark(run) ── waits until the output has got to where the FIFO ended at the call ──> run()

import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Poller, Watch } from "../sys/poller.ts";
import { OutputWindow } from "./output_window.ts";

/** Bytes of one read and one frame: such a frame just fits into the pipe to the transport, which holds 64 KiB. */
const CHUNK_SIZE = 64 * 1024 - 64;

/** Reads in one turn of the event loop, so that input and signals get a turn. */
const READS_PER_TURN = 4;

/** Something to do when the output has reached a position. */
export interface Mark {
  readonly position: number;
  readonly run: () => void;
}

/** The output side of a terminal. */
export class OutputPump {
  readonly #fd: number;
  readonly #watch: Watch;
  #onBytes: (offset: number, bytes: Uint8Array<ArrayBuffer>) => void;
  readonly #window: OutputWindow;
  #abandoned = false;
  readonly #buffer = new Uint8Array(CHUNK_SIZE);
  #marks: Mark[] = [];
  #read = 0;
  #acknowledged = 0;
  /** Stretches of output that were dropped. The master never hears of them. */
  readonly #gaps: { readonly from: number; readonly to: number }[] = [];

  /** `limit`: bytes that the master takes unacknowledged. `onBytes` may use the bytes until it returns. */
  constructor(
    poller: Poller,
    path: string,
    limit: number,
    onBytes: (offset: number, bytes: Uint8Array<ArrayBuffer>) => void,
  ) {
    const { O_RDWR, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;
    // With a write end of our own there is no end of file when the last program closes its end.
    this.#fd = libc.open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    this.#onBytes = onBytes;
    this.#window = new OutputWindow(limit, performance.now());
    this.#watch = poller.watch(this.#fd, { readable: () => this.#pump() });
    this.#watch.readable = true;
  }

  /** Bytes that programs have written and the user has not seen. */
  get queued(): number {
    return this.#unacknowledged + libc.inputQueue(this.#fd);
  }

  /** Position of the next byte that a program writes. */
  get end(): number {
    return this.#read + libc.inputQueue(this.#fd);
  }

  /** Bytes sent so far. */
  get offset(): number {
    return this.#read;
  }

  /**
   * Runs `run` when all output up to `position` has been sent. By default that is all that was written before the
   * call.
   */
  mark(run: () => void, position = this.end): void {
    this.#marks.push({ position, run });
    this.#runMarks();
  }

  /**
   * The master has shown output up to `offset`.
   *
   * @returns false if so much was never sent.
   */
  acknowledge(offset: number): boolean {
    if (offset > this.#read) return false;
    this.#window.acknowledged(offset, performance.now());
    this.#acknowledged = Math.max(this.#acknowledged, offset);
    this.#passGaps();
    this.#openOrClose();
    return true;
  }

  /**
   * Drops what programs wrote up to the position `to` and was not sent. It counts as acknowledged, and marks within
   * it run. With `onItsWay` the master also drops what was sent and not shown: that counts as acknowledged, too.
   */
  discard(to = this.end, { onItsWay = false } = {}): void {
    const from = this.#read;
    if (onItsWay) this.#acknowledged = from;
    while (this.#read < to) {
      const most = this.#room(Math.min(CHUNK_SIZE, to - this.#read));
      // If somebody else reads the FIFO nothing may be left. That counts as dropped, too.
      this.#read += libc.read(this.#fd, this.#buffer.subarray(0, most)) || to - this.#read;
      this.#runMarks();
    }
    this.#window.forget(this.#read);
    if (to > from) this.#gaps.push({ from, to });
    this.#passGaps();
    this.#openOrClose();
  }

  /**
   * Adds bytes behind what programs have written, as the kernel does with echo. Bytes for which there is no room are
   * lost.
   */
  write(bytes: Uint8Array): void {
    libc.write(this.#fd, bytes);
  }

  /** From now on reads what programs write and drops it. */
  abandon(): void {
    this.#onBytes = () => {};
    this.#abandoned = true;
    this.#openOrClose();
  }

  close(): void {
    this.#watch.close();
    libc.close(this.#fd);
  }

  #passGaps(): void {
    while (this.#gaps.length > 0 && this.#gaps[0].from <= this.#acknowledged) {
      this.#acknowledged = Math.max(this.#acknowledged, this.#gaps[0].to);
      this.#gaps.shift();
    }
  }

  /** Bytes that were sent and that the master has not shown. */
  get #unacknowledged(): number {
    const dropped = this.#gaps.reduce((bytes, { from, to }) => bytes + to - from, 0);
    return this.#read - this.#acknowledged - dropped;
  }

  /** Bytes to read at once, up to the next mark. */
  #room(most: number): number {
    const [next] = this.#marks;
    return next === undefined ? most : Math.min(most, next.position - this.#read);
  }

  #pump(): void {
    for (let reads = 0; reads < READS_PER_TURN && this.#windowLeft > 0; reads++) {
      const most = this.#room(Math.min(CHUNK_SIZE, this.#windowLeft));
      const length = libc.read(this.#fd, this.#buffer.subarray(0, most));
      if (length === undefined) break;
      const offset = this.#read;
      this.#read += length;
      this.#window.sent(this.#read, performance.now());
      this.#onBytes(offset, this.#buffer.subarray(0, length));
      this.#runMarks();
      // There was no more. What has come since is for the next turn.
      if (length < most) break;
    }
    this.#openOrClose();
  }

  #runMarks(): void {
    while (this.#marks.length > 0 && this.#marks[0].position <= this.#read) {
      (this.#marks.shift() as Mark).run();
    }
  }

  get #windowLeft(): number {
    return this.#abandoned ? Infinity : this.#window.size - this.#unacknowledged;
  }

  #openOrClose(): void {
    this.#watch.readable = this.#windowLeft > 0;
  }
}
