// Bytes that wait to be written, in order, and leave together: collected in one buffer while the other is
// being written.

import { enlarged } from "../tty/bytes.ts";

/** Bytes of a buffer at first: some frames of keys and prompts. */
const LEAST_SIZE = 4 * 1024;

/** Bytes of a buffer that is kept when it is empty: a full window of output is dropped with its buffer. */
const KEPT_SIZE = 256 * 1024;

/** Byte strings that wait to be written. */
export class PendingBytes {
  #collecting = new Uint8Array(LEAST_SIZE);
  #leaving = new Uint8Array(LEAST_SIZE);
  #length = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds a copy. */
  push(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#collecting.length) {
      this.#collecting = enlarged(this.#collecting, Math.max(length, 2 * this.#collecting.length));
    }
    this.#collecting.set(bytes, this.#length);
    this.#length = length;
  }

  /** All that waits, which then doesn't any more. It is overwritten after the next call. */
  take(): Uint8Array {
    const taken = this.#collecting.subarray(0, this.#length);
    [this.#collecting, this.#leaving] = [this.#leaving, this.#collecting];
    if (this.#collecting.length > KEPT_SIZE) this.#collecting = new Uint8Array(LEAST_SIZE);
    this.#length = 0;
    return taken;
  }
}
