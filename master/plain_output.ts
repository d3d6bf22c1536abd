import { ProtocolError } from "../protocol/errors.ts";

/** Output that goes to a stream, not to a terminal. */
export class PlainOutput {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #limit: number;
  readonly #progress: () => void;
  readonly #failed: (error: unknown) => void;
  #queued = 0;
  #written = 0;
  #last: Promise<void> = Promise.resolve();

  /** At most `limit` bytes are queued. `progress` is called when there are fewer, `failed` when the stream did. */
  constructor(
    writable: WritableStream<Uint8Array>,
    limit: number,
    on: { progress: () => void; failed: (error: unknown) => void },
  ) {
    this.#writer = writable.getWriter();
    this.#limit = limit;
    this.#progress = on.progress;
    this.#failed = on.failed;
  }

  /** Offset up to which output was written. */
  get written(): number {
    return this.#written;
  }

  /** Whether nothing waits. */
  get empty(): boolean {
    return this.#queued === 0;
  }

  /** Settles when what was pushed so far has been written, or can't be. */
  get flushed(): Promise<void> {
    return this.#last;
  }

  /**
   * Queues a copy of output that ends at the offset `end`.
   *
   * @throws {ProtocolError} if the slave sent more than it may.
   */
  push(bytes: Uint8Array, end: number): void {
    if (this.#queued + bytes.length > this.#limit) {
      throw new ProtocolError(
        `Cannot take data: ${this.#queued + bytes.length} bytes wait, the limit is ${this.#limit}`,
      );
    }
    this.#queued += bytes.length;
    this.#last = this.#writer.write(bytes.slice()).then(() => {
      this.#queued -= bytes.length;
      this.#written = end;
      this.#progress();
    }, this.#failed);
  }

  /** Lets go of the stream. */
  release(): void {
    this.#writer.releaseLock();
  }
}
