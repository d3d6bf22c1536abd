// One end of the link: preamble, frames both ways, keepalive.
//
//   send ──> pending ── one write for all that came together ──> sink
//   source ──> preamble, then frames ──> onFrame, one at a time, in order

import {
  type ByteSink,
  type ByteSource,
  type ByteStreams,
  type Connection,
  connectionOf,
} from "./connection.ts";
import { LinkLostError, ProtocolError } from "./errors.ts";
import { encodeInPlace, FrameDecoder } from "./frame_codec.ts";
import type { Frame, FrameFrom } from "./frames.ts";
import { harmless } from "./harmless.ts";
import { MAX_PENDING_LENGTH } from "./limits.ts";
import { PendingBytes } from "./pending_bytes.ts";
import { preamble, PreambleFinder } from "./preamble.ts";
import { type Patience, SilenceWatch } from "./silence.ts";
import type { Trace } from "./trace.ts";

/** The side that this end of the link is on. */
export type Role = "master" | "slave";

/** The other side. */
export type Peer<Self extends Role> = Self extends "master" ? "slave" : "master";

/** Options of a {@linkcode Link}. */
export interface LinkOptions extends Patience {
  /**
   * Whether to send nothing before the peer does. A serial line loses what is sent before both ends are open and raw.
   */
  speaksSecond?: boolean | undefined;
  /** Is called with the name of each frame. */
  trace?: Trace | undefined;
}

/** Milliseconds to send pending frames when the link is closed. A peer that is gone takes none. */
const FLUSH_TIME = 2_000;

/** One end of the link between master and slave. */
export class Link<Self extends Role> {
  readonly #self: Self;
  readonly #options: LinkOptions;
  readonly #trace: Trace | undefined;
  readonly #source: ByteSource;
  readonly #sink: ByteSink;
  readonly #pending = new PendingBytes();
  /** Whether to wait for the peer's first bytes before sending. */
  #holding: boolean;
  /** Whether a write is about to start or in progress. */
  #writing = false;
  #whenFlushed: PromiseWithResolvers<void> | undefined;
  readonly #finder: PreambleFinder;
  /** Undefined before the peer's preamble. */
  #decoder: FrameDecoder<Peer<Self>> | undefined;
  #onFrame: (frame: FrameFrom<Peer<Self>>) => void = () => {};
  #silence: SilenceWatch | undefined;
  readonly #over = Promise.withResolvers<void>();
  #closed = false;

  constructor(self: Self, streams: ByteStreams | Connection, options: LinkOptions) {
    this.#self = self;
    this.#options = options;
    this.#trace = options.trace;
    this.#finder = new PreambleFinder(this.#peer);
    ({ source: this.#source, sink: this.#sink } = connectionOf(streams));
    // The caller of `run()` gets the error; before `run()` there is nobody to tell.
    this.#over.promise.catch(() => {});
    this.#holding = options.speaksSecond ?? false;
    this.#write(preamble(self));
  }

  /** Sends a frame. All frames that come before the last write has ended are sent together in the next one. */
  send(frame: Frame): void {
    if (this.#closed) return;
    this.#trace?.(`> ${frame.type}`, frame);
    this.#write(encodeInPlace(frame));
  }

  /**
   * Calls `onFrame` with each frame from the peer, until the link is closed from this side. A frame's byte strings
   * are overwritten when that returns.
   *
   * @throws {ProtocolError} if the peer breaks the protocol, or `onFrame` throws it.
   * @throws {LinkLostError} if the link ends or is silent.
   */
  run(onFrame: (frame: FrameFrom<Peer<Self>>) => void): Promise<void> {
    this.#onFrame = onFrame;
    this.#silence = new SilenceWatch(this.#options, {
      ask: () => this.send({ type: "ping", id: 0 }),
      lost: (reason) => this.#lose(reason),
    });
    this.#source.start({
      data: (bytes) => this.#receive(bytes),
      end: () => this.#takeEnd(),
      broke: (reason) =>
        this.#lose(`the link broke: ${reason instanceof Error ? reason.message : reason}`),
    });
    return this.#over.promise;
  }

  /** Settles when what was sent so far has been written. */
  get flushed(): Promise<void> {
    if (!this.#writing) return Promise.resolve();
    this.#whenFlushed ??= Promise.withResolvers();
    return this.#whenFlushed.promise;
  }

  /** The peer has said that it will be stopped. Until it is heard again, its silence is not counted. */
  expectSilence(): void {
    this.#silence?.suspend();
  }

  /**
   * Sends what is pending and closes the writable side. Then waits up to `grace` milliseconds for the peer to close
   * its side: a socket that is closed with unread bytes drops what it has sent.
   */
  async close(grace = 0): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await within(FLUSH_TIME, this.flushed.then(() => this.#sink.close()));
    if (this.#silence !== undefined) await within(grace, this.#over.promise);
    this.#end();
    this.#source.cancel();
  }

  get #peer(): Peer<Self> {
    return (this.#self === "master" ? "slave" : "master") as Peer<Self>;
  }

  #end(): void {
    this.#silence?.end();
    this.#over.resolve();
  }

  #fail(error: unknown): void {
    // Errors of a link that we have closed don't matter.
    if (this.#closed) return this.#end();
    this.#silence?.end();
    this.#over.reject(error);
    this.#source.pause();
  }

  #receive(bytes: Uint8Array): void {
    this.#silence?.heard();
    try {
      const rest = this.#decoder === undefined ? this.#findPreamble(bytes) : bytes;
      for (const frame of this.#decoder?.decode(rest) ?? []) {
        if (!this.#closed) this.#take(frame as FrameFrom<Peer<Self>>);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What follows the preamble, if that has come. */
  #findPreamble(bytes: Uint8Array): Uint8Array {
    const rest = this.#finder.push(bytes);
    if (rest === undefined) return new Uint8Array();
    this.#decoder = new FrameDecoder(this.#peer);
    this.#holding = false;
    if (!this.#closed) this.#flushSoon();
    return rest;
  }

  #take(frame: FrameFrom<Peer<Self>>): void {
    this.#trace?.(`< ${frame.type}`, frame);
    if (this.#pending.length > MAX_PENDING_LENGTH) {
      throw new ProtocolError("Cannot answer the other side: it sends but does not read");
    }
    if (frame.type === "hello") this.#silence?.keepAlive();
    if (frame.type === "ping") this.send({ type: "pong", id: frame.id });
    else if (frame.type === "error") {
      throw new ProtocolError(`The other side said: ${harmless(frame.message)}`);
    } else if (frame.type !== "pong") this.#onFrame(frame);
  }

  #takeEnd(): void {
    if (this.#closed) this.#end();
    else if (this.#decoder === undefined) this.#lose("the link ended before the handshake");
    else if (this.#decoder.unfinished) {
      this.#fail(new ProtocolError("Cannot read frame: the link ended within it"));
    } else this.#lose("the link was closed by the other side");
  }

  /** The link is lost. If only noise has come, the noise says more than the error. */
  #lose(why: string): void {
    const lost = new LinkLostError(why);
    const { noise } = this.#finder;
    if (this.#decoder !== undefined || noise === "") return this.#fail(lost);
    const message = `Cannot talk to the peer: it does not speak rpty, it said ${noise}`;
    this.#fail(new ProtocolError(message, { cause: lost }));
  }

  #write(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    if (!this.#holding) this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#writing) return;
    this.#writing = true;
    // In a microtask, so that all frames of one turn are sent in one write.
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    try {
      while (this.#pending.length > 0) {
        const waiting = this.#sink.write(this.#pending.take());
        if (waiting instanceof Promise) {
          waiting.then(() => this.#flush(), () => this.#giveUp());
          return;
        }
      }
    } catch {
      return this.#giveUp();
    }
    this.#finishWriting();
  }

  /** A broken pipe. The reading side tells how the link ended. */
  #giveUp(): void {
    this.#pending.take();
    this.#finishWriting();
  }

  #finishWriting(): void {
    this.#writing = false;
    this.#whenFlushed?.resolve();
    this.#whenFlushed = undefined;
  }
}

/** Waits until `done` has settled, but no longer than `time` milliseconds. */
async function within(time: number, done: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, time);
  await Promise.race([done.catch(() => {}), late]);
  clearTimeout(timer);
}
