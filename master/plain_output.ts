// Output that goes to a stream and not to a terminal.
//
//   push ──> pending, in one buffer ── one write at a time ──> stream

import { ProtocolError } from "../protocol/errors.ts";
import { MAX_STEPS } from "../protocol/limits.ts";
import { PendingBytes } from "../protocol/pending_bytes.ts";

/** Something to do when output has been written up to an offset. */
interface StreamStep {
  readonly end: number;
  readonly run: () => void;
}

/** Writes output to a stream. What comes during a write is collected for the next one. */
export class PlainOutput {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #limit: number;
  readonly #progress: () => void;
  readonly #failed: (error: unknown) => void;
  readonly #pending = new PendingBytes();
  /** Bytes of the write in progress. */
  #leaving = 0;
  #pushed = 0;
  #written = 0;
  #steps: StreamStep[] = [];

  /**
   * At most `limit` bytes are queued. `progress` is called when there are fewer, `failed` when the stream has failed.
   */
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
    return this.#leaving === 0 && this.#pending.length === 0;
  }

  /** Settles when what was pushed so far has been written, or the stream has failed. */
  get flushed(): Promise<void> {
    return new Promise((resolve) => this.then(resolve));
  }

  /**
   * Queues a copy of output that ends at the offset `end`.
   *
   * @throws {ProtocolError} if the slave sent more than it may.
   */
  push(bytes: Uint8Array, end: number): void {
    const waiting = this.#leaving + this.#pending.length + bytes.length;
    if (waiting > this.#limit) {
      throw new ProtocolError(
        `Cannot take data: ${waiting} bytes wait, the limit is ${this.#limit}`,
      );
    }
    this.#pending.push(bytes);
    this.#pushed = end;
    if (this.#leaving === 0) void this.#write();
  }

  /**
   * Runs `run` when what was pushed so far has been written, or the stream has failed.
   *
   * @throws {ProtocolError} if the slave asks for too many.
   */
  then(run: () => void): void {
    if (this.empty) return run();
    if (this.#steps.length >= MAX_STEPS) {
      throw new ProtocolError(`Cannot take a drain: ${MAX_STEPS} wait already`);
    }
    this.#steps.push({ end: this.#pushed, run });
  }

  /** Releases the stream. */
  release(): void {
    this.#writer.releaseLock();
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        // A stream may keep what it is given.
        const bytes = this.#pending.take().slice();
        const end = this.#pushed;
        this.#leaving = bytes.length;
        await this.#writer.write(bytes);
        this.#leaving = 0;
        this.#written = end;
        this.#runSteps(end);
        this.#progress();
      }
    } catch (error) {
      this.#leaving = 0;
      this.#pending.take();
      this.#failed(error);
      this.#runSteps(Infinity);
    }
  }

  #runSteps(written: number): void {
    while (this.#steps.length > 0 && this.#steps[0].end <= written) {
      (this.#steps.shift() as StreamStep).run();
    }
  }
}
