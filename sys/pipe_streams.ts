// Pipes, read and written without a thread of their own.
//
//   descriptor ── poller ── PipeSource, PipeSink ──> a link's ends, or web streams

import type { ByteSink, ByteSource, SourceCallbacks } from "../protocol/connection.ts";
import type { Poller, Watch } from "./poller.ts";

/** Bytes of one read: what a pipe holds. */
const READ_LENGTH = 64 * 1024;

/** The calls on a descriptor that doesn't block; those of libc, or others like them. */
export interface PipeCalls {
  /** Bytes read, 0 at the end, nothing where it would block. */
  read(fd: number, buffer: Uint8Array<ArrayBuffer>): number | undefined;
  /** Bytes written, nothing where it would block. */
  write(fd: number, bytes: Uint8Array): number | undefined;
  close(fd: number): void;
}

/** A pipe's end that doesn't block, with its calls. */
export interface PipeEnd {
  readonly fd: number;
  readonly calls: PipeCalls;
}

/** What is read from a pipe's end, which is closed at the end of it all. */
export class PipeSource implements ByteSource {
  readonly #end: PipeEnd;
  readonly #watch: Watch;
  readonly #buffer = new Uint8Array(READ_LENGTH);
  #on: SourceCallbacks | undefined;
  #closed = false;

  constructor(poller: Poller, end: PipeEnd) {
    this.#end = end;
    // One read a turn, so that a flood leaves time for keys.
    this.#watch = poller.watch(end.fd, { readable: () => this.#read() });
  }

  start(on: SourceCallbacks): void {
    this.#on = on;
    this.resume();
  }

  /** Calls back no more until it is resumed. */
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

/** What is written goes into a pipe's end, which is closed with it. */
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

  /** What was not taken. */
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
