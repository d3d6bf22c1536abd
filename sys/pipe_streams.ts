// Pipes as web streams, read and written without a thread of their own.

import { libc } from "./libc.ts";
import type { Poller } from "./poller.ts";

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

/** What is read from a pipe's end that doesn't block, which is closed at the end of it all. */
export function readableFrom(
  fd: number,
  poller: Poller,
  calls: PipeCalls = libc,
): ReadableStream<Uint8Array> {
  const buffer = new Uint8Array(READ_LENGTH);
  let pulled: PromiseWithResolvers<void> | undefined;
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const watch = poller.watch(fd, {
    readable() {
      // One read a turn, so that a flood leaves time for keys.
      if (pulled === undefined) watch.readable = false;
      else read(pulled);
    },
  });
  const close = () => {
    watch.close();
    calls.close(fd);
  };
  const read = ({ resolve }: PromiseWithResolvers<void>) => {
    const length = calls.read(fd, buffer);
    if (length === undefined) return;
    pulled = undefined;
    if (length > 0) controller.enqueue(buffer.slice(0, length));
    else {
      close();
      controller.close();
    }
    resolve();
  };
  return new ReadableStream({
    start: (started) => void (controller = started),
    pull() {
      pulled = Promise.withResolvers();
      watch.readable = true;
      return pulled.promise;
    },
    cancel: close,
  }, { highWaterMark: 0 });
}

/** What is written goes into a pipe's end that doesn't block, which is closed with the stream. */
export function writableTo(
  fd: number,
  poller: Poller,
  calls: PipeCalls = libc,
): WritableStream<Uint8Array> {
  let roomy: (() => void) | undefined;
  const watch = poller.watch(fd, {
    writable() {
      watch.writable = false;
      roomy?.();
    },
  });
  const room = () =>
    new Promise<void>((resolve) => {
      roomy = resolve;
      watch.writable = true;
    });
  const close = () => {
    watch.close();
    calls.close(fd);
  };
  return new WritableStream({
    async write(chunk) {
      for (let rest = chunk; rest.length > 0;) {
        const written = calls.write(fd, rest);
        if (written === undefined) await room();
        else rest = rest.subarray(written);
      }
    },
    close,
    abort: close,
  });
}
