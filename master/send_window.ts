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

  /** Offset of the next input, which is how much has been sent. */
  get offset(): number {
    return this.#offset;
  }

  /** How much input may still be sent. Signals may go beyond it. */
  get room(): number {
    return Math.max(0, this.#limit - this.#offset);
  }

  /** Offset before which the slave has certainly received all input. */
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
   * @throws {ProtocolError} if it is less than before, or far more than our slaves offer.
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
    // The first limit is the size of the window. From later ones follows what has been received.
    if (this.#size === 0) this.#size = limit;
    this.#limit = limit;
    if (this.room === 0) return;
    this.#roomy.resolve();
    this.#roomy = Promise.withResolvers();
  }

  /** Sends input that was typed while the change of the number `change` was in force. */
  sendInput(kind: InputKind, bytes: Uint8Array, change: number): void {
    this.#sendFrame({ type: "input", offset: this.#offset, change, kind, bytes });
  }

  /** Sends the signal of a key. False if it was ignored, because the slave has not taken too many others. */
  sendSignal(signal: KeySignal, change: number): boolean {
    if (this.#untaken.size >= MAX_SIGNALS_AHEAD) return false;
    this.#untaken.add(this.#offset);
    this.#sendFrame({ type: "signal", offset: this.#offset, change, signal });
    return true;
  }

  /**
   * The slave has taken the signal at `offset`.
   *
   * @throws {ProtocolError} if there was none.
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
