// Standard input and output through the poller. Deno's own streams would wait while the poller does.
//
//   FIFO, terminal, device ── opened once more, not blocking ──┐
//   socket ── recv, send with MSG_DONTWAIT ────────────────────┼── poller ── source, sink, web stream
//   file ── read, write: they never wait long ─────────────────┘

import {
  type ByteSink,
  type ByteSource,
  StreamSink,
  StreamSource,
} from "../protocol/connection.ts";
import { cCalls } from "./c_functions.ts";
import { libc, S_IFMT, S_IFREG, S_IFSOCK, transferred } from "./libc.ts";
import {
  type PipeCalls,
  type PipeEnd,
  PipeSink,
  PipeSource,
  readableFrom,
  writableTo,
} from "./pipe_streams.ts";
import { PLATFORM } from "./platform.ts";
import type { Poller } from "./poller.ts";

/** Descriptors of the standard streams. */
export const STDIN = 0;
export const STDOUT = 1;

/** Reads standard input. */
export function standardInput(poller: Poller): ByteSource {
  const end = openPrivately(STDIN, "O_RDONLY");
  return end === undefined ? new StreamSource(Deno.stdin.readable) : new PipeSource(poller, end);
}

/** The same as a web stream. */
export function standardInputStream(poller: Poller): ReadableStream<Uint8Array> {
  const end = openPrivately(STDIN, "O_RDONLY");
  return end === undefined ? Deno.stdin.readable : readableFrom(new PipeSource(poller, end));
}

/** Writes to standard output. */
export function standardOutput(poller: Poller): ByteSink {
  const end = openPrivately(STDOUT, "O_WRONLY");
  return end === undefined ? new StreamSink(Deno.stdout.writable) : new PipeSink(poller, end);
}

/** The same as a web stream. */
export function standardOutputStream(poller: Poller): WritableStream<Uint8Array> {
  const end = openPrivately(STDOUT, "O_WRONLY");
  return end === undefined ? Deno.stdout.writable : writableTo(new PipeSink(poller, end));
}

/**
 * A descriptor that can be polled, without a change to the flags of `fd`, which other processes share. Undefined if
 * that is not possible.
 */
function openPrivately(
  fd: number,
  mode: "O_RDONLY" | "O_WRONLY",
): PipeEnd | undefined {
  const { O_NONBLOCK, O_NOCTTY, O_CLOEXEC } = PLATFORM.open;
  try {
    const kind = libc.fstat(fd).mode & S_IFMT;
    if (kind === S_IFSOCK) return { fd, calls: socketCalls() };
    if (kind === S_IFREG) return { fd, calls: libc };
    const flags = PLATFORM.open[mode] | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    return { fd: libc.open(`${PLATFORM.descriptors}/${fd}`, flags), calls: libc };
  } catch {
    return undefined;
  }
}

/** The calls on a socket, which is not opened once more: its flags stay as they are. */
export function socketCalls(): PipeCalls {
  const signature = {
    parameters: ["i32", "buffer", "usize", "i32"],
    result: "isize",
    // Not repeated: the first call that fails takes the socket's error, and the next would give an end.
    way: "exact",
  } as const;
  const { recv, send } = cCalls({ recv: signature, send: signature });
  const { MSG_DONTWAIT } = PLATFORM.message;
  return {
    read: (fd, buffer) =>
      transferred("read", () => recv(fd, buffer, BigInt(buffer.length), MSG_DONTWAIT)),
    write: (fd, bytes) =>
      transferred(
        "write",
        () => send(fd, bytes as Uint8Array<ArrayBuffer>, BigInt(bytes.length), MSG_DONTWAIT),
      ),
    close: libc.close,
  };
}
