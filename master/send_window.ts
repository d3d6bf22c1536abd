import { ProtocolError } from "../protocol/errors.ts";
import { type FrameOf, type InputKind, inputLength } from "../protocol/frames.ts";
import { MAX_INPUT_AHEAD, MAX_SIGNALS_AHEAD } from "../protocol/limits.ts";
import type { KeySignal } from "../tty/key_signals.ts";

/** Sends input, counts it, and knows how much of it the slave takes. */
export class SendWindow {
  readonly #send: (frame: FrameOf<"input"> | FrameOf<"signal">) => void;
  #offset = 0;
  #limit = 0;
  #size = 0;
  #roomy = Promise.withResolvers<void>();
  /** Offsets of signals that the slave has not taken. */
  readonly #untaken = new Set<number>();

  constructor(send: (frame: FrameOf<"input"> | FrameOf<"signal">) => void) {
    this.#send = send;
  }

  /** Offset of the next input: how far the input that was sent goes. */
  get offset(): number {
    return this.#offset;
  }

  /** How far input may still go. Signals may go beyond it. */
  get room(): number {
    return Math.max(0, this.#limit - this.#offset);
  }

  /** Offset before which the slave has surely received all. */
  get received(): number {
    return this.#limit - this.#size;
  }

  /** Settles when there is room. */
  get roomy(): Promise<void> {
    return this.room > 0 ? Promise.resolve() : this.#roomy.promise;
  }

  /**
   * Takes the offset up to which the slave takes input.
   *
   * @throws {ProtocolError} if it takes back what it had offered, or offers far more than a slave of ours does.
   */
  extend(limit: number): void {
    if (limit < this.#limit) {
      throw new ProtocolError(`Cannot shrink the input window: from ${this.#limit} to ${limit}`);
    }
    if (limit > this.#offset + MAX_INPUT_AHEAD) {
      throw new ProtocolError(
        `Cannot widen the input window to ${limit}: that is more than ${MAX_INPUT_AHEAD} beyond ${this.#offset}`,
      );
    }
    // The first is for what has not been received: later ones tell what has been.
    if (this.#size === 0) this.#size = limit;
    this.#limit = limit;
    if (this.room === 0) return;
    this.#roomy.resolve();
    this.#roomy = Promise.withResolvers();
  }

  /** Sends input that came while the change of the number `change` was in force. */
  sendInput(kind: InputKind, bytes: Uint8Array, change: number): void {
    this.#sendFrame({ type: "input", offset: this.#offset, change, kind, bytes });
  }

  /** Sends a key's signal. Whether it did: too many that the slave has not taken are ignored. */
  sendSignal(signal: KeySignal, change: number): boolean {
    if (this.#untaken.size >= MAX_SIGNALS_AHEAD) return false;
    this.#untaken.add(this.#offset);
    this.#sendFrame({ type: "signal", offset: this.#offset, change, signal });
    return true;
  }

  /**
   * The slave has taken the signal at `offset`.
   *
   * @throws {ProtocolError} if there is none.
   */
  taken(offset: number): void {
    if (this.#untaken.delete(offset)) return;
    throw new ProtocolError(`Cannot take "taken": there was no signal at offset ${offset}`);
  }

  #sendFrame(frame: FrameOf<"input"> | FrameOf<"signal">): void {
    this.#offset += inputLength(frame);
    this.#send(frame);
  }
}
