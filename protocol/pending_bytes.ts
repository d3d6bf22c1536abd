import { joined } from "../tty/bytes.ts";

/** Chunks that are joined as soon as so many wait: a small frame costs more as an object than as bytes. */
const JOINED_CHUNKS = 1024;

/** Byte strings that wait to be written, in order, and leave together. */
export class PendingBytes {
  #chunks: Uint8Array[] = [];
  /** Chunks at the end that were not joined yet. */
  #single = 0;
  #length = 0;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (++this.#single < JOINED_CHUNKS) return;
    this.#chunks.push(joined(this.#chunks.splice(-JOINED_CHUNKS)));
    this.#single = 0;
  }

  /** All that waits, which then doesn't any more. */
  take(): Uint8Array {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#single = 0;
    this.#length = 0;
    return chunks.length === 1 ? chunks[0] : joined(chunks);
  }
}
