// Queues what the slave sent for the terminal, in order, until the terminal takes it.
//
//   output frames ──┐
//   changes ────────┼──> queue ── held while a signal is on its way ──> terminal
//   drains, end ────┘      └── output thrown away if the signal flushed it

import { ProtocolError } from "../protocol/errors.ts";
import { MAX_STEPS } from "../protocol/limits.ts";
import { joined } from "../tty/bytes.ts";
import { BACKSPACE, NEWLINE, RETURN } from "../tty/characters.ts";
import { type MappedText, MUCH_TEXT, NewlineMapper } from "./mapped_newlines.ts";
import { ScreenModes } from "./screen_modes.ts";
import type { Terminal } from "./terminal.ts";

/** Something to do when all output before it has been written. It may take time. */
export type Step = () => Promise<void> | void;

/** A message of ours. It goes after all that waits. */
interface OwnMessage {
  readonly kind: "message";
  bytes: Uint8Array;
}

/** What a key shows. It goes before what the slave sent, and after others like it. */
interface EchoedKey {
  readonly kind: "echo";
  bytes: Uint8Array;
}

/** An NL whose CR has been written. It goes before everything else. */
interface SplitNewline {
  readonly kind: "newline";
  bytes: Uint8Array;
}

/** Output from the slave. */
interface SlaveOutput {
  readonly kind: "output";
  bytes: Uint8Array;
  /** The text that we have put a CR before each NL of; or that we will not, or have not decided yet. */
  form: "undecided" | "as sent" | MappedText;
  /** How many bytes of the slave's are left, at most: mapped text is longer. */
  left: number;
  /** Offset in the output of the end of `bytes`. */
  readonly end: number;
  /** How many bytes at the end are consecutive, without discarded output between them. */
  readonly gapless: number;
}

type Shown = OwnMessage | EchoedKey | SplitNewline | SlaveOutput;
/** A step is a function, without an object around it: a peer may make us hold many. */
type Item = Shown | Step;

/**
 * Bytes. Pieces of output up to this size are joined in the queue, so that single bytes don't cost an object each.
 */
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

  /**
   * At most `limit` bytes are queued. `progress` is called when there are fewer, `failed` when a step or the terminal
   * has failed.
   */
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

  /** Offset up to which output was written or dropped. */
  get written(): number {
    return this.#written;
  }

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#items.length === 0;
  }

  /** Whether the cursor is probably at the start of a line. */
  get atLineStart(): boolean {
    return this.#lastByte === NEWLINE;
  }

  /**
   * Shows output from the slave that ends at the offset `end`, or queues a copy.
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

  /** Copies what the terminal has not taken of `bytes`: they belong to a frame. */
  #keepRest(bytes: Uint8Array): void {
    const rest = this.#items.findLast((item): item is Shown =>
      typeof item !== "function" && item.bytes.buffer === bytes.buffer
    );
    if (rest !== undefined) rest.bytes = rest.bytes.slice();
  }

  /** Queues a message of ours. */
  say(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#items.push({ kind: "message", bytes });
    this.pump();
  }

  /** Shows what a key does on the screen before all that waits, as the kernel's echo would. */
  insert(bytes: Uint8Array): void {
    const behind = this.#items.findIndex((item) =>
      typeof item === "function" || item.kind !== "echo" && item.kind !== "newline"
    );
    this.#items.splice(behind === -1 ? this.#items.length : behind, 0, { kind: "echo", bytes });
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

  /** Ends a hold. With `flush` the output that waits is dropped, but its steps are done. */
  release(flush: boolean): void {
    // `releaseAll` may have ended all holds meanwhile.
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
   * The terminal is about to be given back: does and shows what is possible at once, and nothing later. If a step takes
   * time, the steps behind it are skipped and the output behind it is shown.
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

  /** Whether the first item is finished. */
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

  /** Writes what the terminal takes. True if that is all of the item. */
  #write(item: Shown): boolean {
    if (item.kind === "output" && item.form === "undecided") this.#decideForm(item);
    const isMapped = item.kind === "newline" || item.kind === "output" && isMappedText(item.form);
    const { mapped } = this.#terminal;
    const accepted = isMapped && mapped !== undefined
      ? mapped.write(item.bytes)
      : this.#terminal.write(item.bytes);
    const taken = item.bytes.subarray(0, accepted);
    item.bytes = item.bytes.subarray(accepted);
    this.#lastByte = taken.at(-1) ?? this.#lastByte;
    if (isMapped && accepted > 0) this.#keepTogether(item);
    if (item.kind === "output" && accepted > 0) this.#countWritten(item, taken);
    return item.bytes.length === 0;
  }

  #countWritten(item: SlaveOutput, taken: Uint8Array): void {
    this.modes.feed(taken, isMappedText(item.form) ? item.form.plain : undefined);
    const left = Math.min(item.left, item.bytes.length);
    // Before a gap the end of what was written is not known: it counts as where the last item ended.
    const written = left <= item.gapless ? item.end - left : this.#written;
    this.#count(item.left - left, written);
    item.left = left;
  }

  /** If the CR of an NL has been written, the NL is written next: the kernel shows both or neither. */
  #keepTogether(item: Shown): void {
    if (this.#lastByte !== RETURN || item.bytes[0] !== NEWLINE) return;
    item.bytes = item.bytes.subarray(1);
    this.#items.unshift({ kind: "newline", bytes: Uint8Array.of(NEWLINE) });
  }

  /** Much text gets its carriage returns here. Only the first output that waits is mapped, so one buffer is enough. */
  #decideForm(item: SlaveOutput): void {
    if (item.bytes.length < MUCH_TEXT) return;
    const text = this.#terminal.mapped?.applies() ? this.#mapper.map(item.bytes) : undefined;
    item.form = text ?? "as sent";
    if (text !== undefined) item.bytes = text.bytes;
  }

  #count(length: number, written: number): void {
    this.#queued -= length;
    this.#written = written;
    this.#progress();
  }

  #append(bytes: Uint8Array, end: number): void {
    const last = this.#items.at(-1);
    const joins = last !== undefined && isOutput(last) && !isMappedText(last.form) &&
      last.bytes.length + bytes.length <= JOINED_LENGTH;
    if (!joins) {
      this.#items.push(outputOf(bytes, end, bytes.length));
      return;
    }
    const gapless = bytes.length + (last.end === end - bytes.length ? last.gapless : 0);
    this.#items[this.#items.length - 1] = outputOf(joined([last.bytes, bytes]), end, gapless);
  }

  #flush(): void {
    const dropped = this.#items.filter(isOutput);
    this.#items = this.#items.filter((item) => !isOutput(item));
    const last = dropped.at(-1);
    if (last !== undefined) {
      this.#count(dropped.reduce((sum, { left }) => sum + left, 0), last.end);
    }
  }
}

function isOutput(item: Item): item is SlaveOutput {
  return typeof item !== "function" && item.kind === "output";
}

function isMappedText(form: SlaveOutput["form"]): form is MappedText {
  return typeof form === "object";
}

function outputOf(bytes: Uint8Array, end: number, gapless: number): SlaveOutput {
  return {
    kind: "output",
    bytes,
    form: "undecided",
    left: bytes.length,
    end,
    gapless,
  };
}
