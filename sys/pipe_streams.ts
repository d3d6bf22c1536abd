// Pipes as web streams, read and written without a thread of their own.

import { libc, SystemError } from "./libc.ts";
import { PLATFORM } from "./platform.ts";
import type { Poller } from "./poller.ts";

/** Bytes of one read: what a pipe holds. */
const READ_LENGTH = 64 * 1024;

/**
 * A descriptor of our own on the pipe that `fd` is one end of, so that it can be set not to block
 * without others, who share `fd`, noticing. Nothing if it can't be had: `fd` may be a socket.
 */
export function reopen(fd: number, mode: "O_RDONLY" | "O_WRONLY"): number | undefined {
  try {
    const { O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;
    return libc.open(`/dev/fd/${fd}`, PLATFORM.open[mode] | O_NONBLOCK | O_CLOEXEC);
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** What is read from a pipe's end, which is closed at the end of it all. */
export function readableFrom(fd: number, poller: Poller): ReadableStream<Uint8Array> {
  libc.setNonblocking(fd);
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
    libc.close(fd);
  };
  const read = ({ resolve }: PromiseWithResolvers<void>) => {
    const length = libc.read(fd, buffer);
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

/** What is written goes into a pipe's end, which is closed with the stream. */
export function writableTo(fd: number, poller: Poller): WritableStream<Uint8Array> {
  libc.setNonblocking(fd);
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
    libc.close(fd);
  };
  return new WritableStream({
    async write(chunk) {
      for (let rest = chunk; rest.length > 0;) {
        const written = libc.write(fd, rest);
        if (written === undefined) await room();
        else rest = rest.subarray(written);
      }
    },
    close,
    abort: close,
  });
}
