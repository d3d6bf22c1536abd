import { ProtocolError } from "../protocol/errors.ts";
import { type FrameOf, inputLength } from "../protocol/frames.ts";
import { INPUT_WINDOW, MAX_SIGNALS_AHEAD } from "../protocol/limits.ts";

/** Counts input from the master, and lets it send more when programs have read some. */
export class ReceiveWindow {
  readonly #send: (frame: FrameOf<"window">) => void;
  #seen = 0;
  #consumed = 0;
  #limit = INPUT_WINDOW;

  constructor(send: (frame: FrameOf<"window">) => void) {
    this.#send = send;
  }

  /** Units of input that have come. */
  get seen(): number {
    return this.#seen;
  }

  /**
   * Counts a frame. A full window does not hold signals back, but only so many may be untaken.
   *
   * @throws {ProtocolError} if it does not follow the last one, names a change after `lastChange`, or goes beyond the
   * window.
   */
  take(frame: FrameOf<"input"> | FrameOf<"signal">, lastChange: number): void {
    const end = frame.offset + inputLength(frame);
    const unread = this.#consumed + INPUT_WINDOW;
    const limit = frame.type === "signal" ? unread + MAX_SIGNALS_AHEAD : this.#limit;
    if (frame.offset !== this.#seen || end > limit || frame.change > lastChange) {
      throw new ProtocolError(
        `Cannot take ${frame.type}: offset ${frame.offset} and change ${frame.change} ` +
          `do not follow ${this.#seen} and ${lastChange}, or exceed the window of ${limit}`,
      );
    }
    this.#seen = end;
  }

  /**
   * Programs have read so many units, or they were dropped. The master is told when that makes half a window: that
   * takes few frames, and the master never waits for long.
   */
  consumed(units: number): void {
    this.#consumed += units;
    const limit = this.#consumed + INPUT_WINDOW;
    if (limit - this.#limit < INPUT_WINDOW / 2) return;
    this.#limit = limit;
    this.#send({ type: "window", limit });
  }
}
