// What the slave sent for the terminal, in its order, until the terminal takes it.
//
//   output frames ──┐
//   changes ────────┼──> queue ── held while a signal is on its way ──> terminal
//   drains, end ────┘      └── output thrown away if the signal flushed it

import { ProtocolError } from "../protocol/errors.ts";
import { MAX_STEPS } from "../protocol/limits.ts";
import { joined } from "../tty/bytes.ts";
import { BACKSPACE, NEWLINE, RETURN } from "../tty/characters.ts";
import type { PlainText } from "./control_parser.ts";
import { MUCH_TEXT, NewlineMapper } from "./mapped_newlines.ts";
import { ScreenModes } from "./screen_modes.ts";
import type { Terminal } from "./terminal.ts";

/** Something to be done when all output before it has been written. It may take its time. */
export type Step = () => Promise<void> | void;

interface Bytes {
  bytes: Uint8Array;
  /** Bytes of the slave's that are left, at most: mapped text is longer. */
  left: number;
  /** Whether they have a CR before each NL, and if so nothing that changes the screen's modes. */
  mapped?: boolean;
  plain?: PlainText;
  /** Offset in the output of the byte behind the last; absent for text of our own. */
  readonly end: number | undefined;
  /** Bytes at the end of the slave's that follow each other, with no output discarded between them. */
  readonly gapless: number;
  /** It goes before what the slave sent, but behind others like it. */
  readonly first?: boolean;
}

type Item = Bytes | Step;

/** Bytes up to which small pieces of output in the queue are joined, so that each byte doesn't cost an object. */
const JOINED_LENGTH = 4096;

/** The ordered queue of what goes to a terminal. */
export class TerminalOutput {
  readonly #terminal: Terminal;
  readonly #limit: number;
  readonly #progress: () => void;
  readonly #failed: (error: unknown) => void;
  readonly modes: ScreenModes;
  readonly #mapper = new NewlineMapper();
  #items: Item[] = [];
  #queued = 0;
  #steps = 0;
  #written = 0;
  #lastByte = NEWLINE;
  #holds = 0;
  #busy = false;
  #ended = false;

  /** At most `limit` bytes are queued. `progress` is called when there are fewer, `failed` when a step or the terminal did. */
  constructor(
    terminal: Terminal,
    limit: number,
    on: { progress: () => void; failed: (error: unknown) => void },
  ) {
    this.#terminal = terminal;
    const { IUTF8, VERASE } = terminal.getTermios();
    this.modes = new ScreenModes({ utf8: IUTF8, backspace: VERASE === BACKSPACE });
    this.#limit = limit;
    this.#progress = on.progress;
    this.#failed = on.failed;
  }

  /** Offset up to which output was written, or thrown away. */
  get written(): number {
    return this.#written;
  }

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#items.length === 0;
  }

  /** Whether the cursor may be expected at the start of a line. */
  get atLineStart(): boolean {
    return this.#lastByte === NEWLINE;
  }

  /**
   * Shows output of the slave's, or queues a copy of it, that ends at the offset `end`.
   *
   * @throws {ProtocolError} if the slave sent more than it may.
   */
  push(bytes: Uint8Array, end: number): void {
    if (this.#queued + bytes.length > this.#limit) {
      throw new ProtocolError(
        `Cannot take output: ${
          this.#queued + bytes.length
        } bytes wait, the limit is ${this.#limit}`,
      );
    }
    this.#queued += bytes.length;
    this.#append(bytes, end);
    this.pump();
    this.#keepRest(bytes);
  }

  /** What the terminal has not taken of `bytes` waits as a copy: they are a frame's. */
  #keepRest(bytes: Uint8Array): void {
    const rest = this.#items.findLast((item): item is Bytes =>
      typeof item !== "function" && item.bytes.buffer === bytes.buffer
    );
    if (rest !== undefined) rest.bytes = rest.bytes.slice();
  }

  /** Queues a text of our own. */
  say(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#items.push({ bytes, left: 0, gapless: 0, end: undefined });
    this.pump();
  }

  /** Shows what a key does on the screen before all that waits, as the kernel's echo would. */
  insert(bytes: Uint8Array): void {
    const behind = this.#items.findIndex((item) => typeof item === "function" || !item.first);
    const item = { bytes, left: 0, gapless: 0, end: undefined, first: true };
    this.#items.splice(behind === -1 ? this.#items.length : behind, 0, item);
    this.pump();
  }

  /**
   * Queues a step.
   *
   * @throws {ProtocolError} if the slave sent too many.
   */
  then(step: Step): void {
    if (++this.#steps > MAX_STEPS) {
      throw new ProtocolError(`Cannot take a change: ${MAX_STEPS} wait already`);
    }
    this.#items.push(step);
    this.pump();
  }

  /** Shows nothing more until `release` has been called as often. */
  hold(): void {
    this.#holds++;
  }

  /** Ends a hold; with `flush` what waits is not shown, but its steps are done. */
  release(flush: boolean): void {
    // All may have been ended meanwhile.
    this.#holds = Math.max(0, this.#holds - 1);
    if (flush) this.#flush();
    this.pump();
  }

  /** Ends all holds. */
  releaseAll(): void {
    this.#holds = 0;
    this.pump();
  }

  /**
   * The terminal is about to be given back: does and shows what can be at once, and nothing later. A step
   * that takes its time has no turn any more; the output behind it is shown without.
   */
  end(): void {
    this.releaseAll();
    try {
      for (const item of this.#items) {
        if (typeof item !== "function" && !this.#write(item)) break;
      }
    } catch (error) {
      this.#failed(error);
    }
    this.#items = [];
    this.#ended = true;
  }

  /** Does what can be done at once. */
  pump(): void {
    if (this.#ended) return;
    try {
      while (this.#holds === 0 && !this.#busy && this.#items.length > 0) {
        if (!this.#doFirst()) {
          this.#terminal.writing = true;
          return;
        }
      }
      this.#terminal.writing = false;
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Whether the first item is done with. */
  #doFirst(): boolean {
    const item = this.#items[0];
    if (typeof item === "function") this.#takeStep(item);
    else if (this.#write(item)) this.#items.splice(this.#items.indexOf(item), 1);
    else return false;
    return true;
  }

  #takeStep(step: Step): void {
    this.#items.shift();
    this.#steps--;
    const done = step();
    if (done === undefined) return this.#progress();
    this.#busy = true;
    done.then(() => {
      this.#busy = false;
      this.#progress();
      this.pump();
    }).catch(this.#failed);
  }

  /** Writes what the terminal takes; true if that is all. */
  #write(item: Bytes): boolean {
    this.#map(item);
    const { mapped } = this.#terminal;
    const accepted = item.mapped && mapped !== undefined
      ? mapped.write(item.bytes)
      : this.#terminal.write(item.bytes);
    const taken = item.bytes.subarray(0, accepted);
    item.bytes = item.bytes.subarray(accepted);
    this.#lastByte = taken.at(-1) ?? this.#lastByte;
    if (item.mapped && accepted > 0) this.#keepTogether(item);
    if (item.end !== undefined && accepted > 0) {
      this.modes.feed(taken, item.plain);
      const left = Math.min(item.left, item.bytes.length);
      // Before a gap the end of what was written is not known: it counts as far as the last item did.
      const written = left <= item.gapless ? item.end - left : this.#written;
      this.#count(item.left - left, written);
      item.left = left;
    }
    return item.bytes.length === 0;
  }

  /** An NL whose CR has been written is written first of all: the kernel shows both or neither. */
  #keepTogether(item: Bytes): void {
    if (this.#lastByte !== RETURN || item.bytes[0] !== NEWLINE) return;
    item.bytes = item.bytes.subarray(1);
    const bytes = Uint8Array.of(NEWLINE);
    this.#items.unshift({ bytes, left: 0, gapless: 0, mapped: true, end: undefined, first: true });
  }

  /** Much text gets its carriage returns here. It is the first of the slave's, so that one memory will do. */
  #map(item: Bytes): void {
    if (item.mapped !== undefined || item.end === undefined) return;
    if (item.bytes.length < MUCH_TEXT) return;
    const text = this.#terminal.mapped?.applies() ? this.#mapper.map(item.bytes) : undefined;
    item.mapped = text !== undefined;
    if (text !== undefined) Object.assign(item, text);
  }

  #count(length: number, written: number): void {
    this.#queued -= length;
    this.#written = written;
    this.#progress();
  }

  #append(bytes: Uint8Array, end: number): void {
    const last = this.#items.at(-1);
    const joins = last !== undefined && typeof last !== "function" && !last.mapped &&
      last.end !== undefined && last.bytes.length + bytes.length <= JOINED_LENGTH;
    if (!joins) {
      this.#items.push({ bytes, left: bytes.length, gapless: bytes.length, end });
      return;
    }
    const both = joined([last.bytes, bytes]);
    const gapless = bytes.length + (last.end === end - bytes.length ? last.gapless : 0);
    this.#items[this.#items.length - 1] = { bytes: both, left: both.length, gapless, end };
  }

  #flush(): void {
    const isOutput = (item: Item): item is Bytes & { end: number } =>
      typeof item !== "function" && item.end !== undefined;
    const dropped = this.#items.filter(isOutput);
    this.#items = this.#items.filter((item) => !isOutput(item));
    const last = dropped.at(-1);
    if (last !== undefined) {
      this.#count(dropped.reduce((sum, { left }) => sum + left, 0), last.end);
    }
  }
}
