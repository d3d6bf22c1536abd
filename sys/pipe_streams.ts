// Reads and writes pipes without a thread for each.
//
//   descriptor ── poller ── PipeSource, PipeSink ──> a link's ends, or web streams

import type { ByteSink, ByteSource, SourceCallbacks } from "../protocol/connection.ts";
import type { Poller, Watch } from "./poller.ts";

/** Bytes of one read: as much as a pipe holds. */
const READ_LENGTH = 64 * 1024;

/** Calls on a nonblocking descriptor: libc's, or others like them. */
export interface PipeCalls {
  /** Returns the bytes read: 0 at the end, undefined where it would block. */
  read(fd: number, buffer: Uint8Array<ArrayBuffer>): number | undefined;
  /** Returns the bytes written, or undefined where it would block. */
  write(fd: number, bytes: Uint8Array): number | undefined;
  close(fd: number): void;
}

/** A nonblocking end of a pipe, with its calls. */
export interface PipeEnd {
  readonly fd: number;
  readonly calls: PipeCalls;
}

/** Reads a pipe's end, and closes it at the end of file. */
export class PipeSource implements ByteSource {
  readonly #end: PipeEnd;
  readonly #watch: Watch;
  readonly #buffer = new Uint8Array(READ_LENGTH);
  #on: SourceCallbacks | undefined;
  #closed = false;

  constructor(poller: Poller, end: PipeEnd) {
    this.#end = end;
    // One read a turn, so that keys get a turn during a flood.
    this.#watch = poller.watch(end.fd, { readable: () => this.#read() });
  }

  start(on: SourceCallbacks): void {
    this.#on = on;
    this.resume();
  }

  /** Stops calling back until `resume`. */
  pause(): void {
    this.#watch.readable = false;
  }

  resume(): void {
    if (!this.#closed) this.#watch.readable = true;
  }

  cancel(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.close();
    this.#end.calls.close(this.#end.fd);
  }

  #read(): void {
    let length: number | undefined;
    try {
      length = this.#end.calls.read(this.#end.fd, this.#buffer);
    } catch (error) {
      this.cancel();
      return this.#on?.broke(error);
    }
    if (length === undefined) return;
    if (length > 0) return this.#on?.data(this.#buffer.subarray(0, length));
    this.cancel();
    this.#on?.end();
  }
}

/** Writes to a pipe's end, and closes it. */
export class PipeSink implements ByteSink {
  readonly #end: PipeEnd;
  readonly #watch: Watch;
  #roomy: () => void = () => {};

  constructor(poller: Poller, end: PipeEnd) {
    this.#end = end;
    this.#watch = poller.watch(end.fd, {
      writable: () => {
        this.#watch.writable = false;
        this.#roomy();
      },
    });
  }

  write(bytes: Uint8Array): Promise<void> | void {
    const rest = this.#put(bytes);
    if (rest.length > 0) return this.#putLater(rest);
  }

  close(): void {
    this.#watch.close();
    this.#end.calls.close(this.#end.fd);
  }

  /** Returns what was not written. */
  #put(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    while (rest.length > 0) {
      const written = this.#end.calls.write(this.#end.fd, rest);
      if (written === undefined) break;
      rest = rest.subarray(written);
    }
    return rest;
  }

  async #putLater(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0; rest = this.#put(rest)) {
      await new Promise<void>((resolve) => {
        this.#roomy = resolve;
        this.#watch.writable = true;
      });
    }
  }
}

/** A source as a web stream. */
export function readableFrom(source: PipeSource): ReadableStream<Uint8Array> {
  let pulled = Promise.withResolvers<void>();
  let started = false;
  return new ReadableStream({
    pull(controller) {
      pulled = Promise.withResolvers();
      if (started) source.resume();
      else {
        started = true;
        source.start({
          data(bytes) {
            source.pause();
            controller.enqueue(bytes.slice());
            pulled.resolve();
          },
          end() {
            controller.close();
            pulled.resolve();
          },
          broke: (reason) => pulled.reject(reason),
        });
      }
      return pulled.promise;
    },
    cancel: () => source.cancel(),
  }, { highWaterMark: 0 });
}

/** A sink as a web stream. */
export function writableTo(sink: ByteSink): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (bytes) => sink.write(bytes) ?? undefined,
    close: () => sink.close() ?? undefined,
    abort: () => sink.close() ?? undefined,
  });
}
