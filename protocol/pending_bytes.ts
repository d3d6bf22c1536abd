// Bytes that wait to be written, in order: they are collected in one buffer while another is being written.

import { enlarged } from "../tty/bytes.ts";

/** Initial size of a buffer in bytes: some frames of keys and prompts. */
const LEAST_SIZE = 4 * 1024;

/** A larger buffer in bytes is dropped when it is empty, such as one that held a full window of output. */
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

  /** Adds a copy of bytes. */
  push(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#collecting.length) {
      this.#collecting = enlarged(this.#collecting, Math.max(length, 2 * this.#collecting.length));
    }
    this.#collecting.set(bytes, this.#length);
    this.#length = length;
  }

  /** Removes and returns all that waits. It is overwritten after the next call. */
  take(): Uint8Array {
    const taken = this.#collecting.subarray(0, this.#length);
    [this.#collecting, this.#leaving] = [this.#leaving, this.#collecting];
    if (this.#collecting.length > KEPT_SIZE) this.#collecting = new Uint8Array(LEAST_SIZE);
    this.#length = 0;
    return taken;
  }
}
