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

/** The side of the link that one is on. */
export type Role = "master" | "slave";

/** The side that sits opposite. */
export type Peer<Self extends Role> = Self extends "master" ? "slave" : "master";

/** Options of a {@linkcode Link}. */
export interface LinkOptions extends Patience {
  /** Whether to say nothing before the peer does: what a serial line carries before both ends are open and raw is lost. */
  speaksSecond?: boolean | undefined;
  /** Is told each frame by name. */
  trace?: Trace | undefined;
}

/** Milliseconds that pending frames get to leave when the link is closed: a peer that is gone takes none. */
const FLUSH_TIME = 2_000;

/** One end of the link between master and slave. */
export class Link<Self extends Role> {
  readonly #self: Self;
  readonly #options: LinkOptions;
  readonly #trace: Trace | undefined;
  readonly #source: ByteSource;
  readonly #sink: ByteSink;
  readonly #pending = new PendingBytes();
  /** Whether all that is sent waits for the peer's first word. */
  #holding: boolean;
  /** Whether a write is about to be made, or waits. */
  #writing = false;
  #whenFlushed: PromiseWithResolvers<void> | undefined;
  readonly #finder: PreambleFinder;
  /** There is none before the peer's preamble. */
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
    // Who runs the link is told; who has not begun to need not be.
    this.#over.promise.catch(() => {});
    this.#holding = options.speaksSecond ?? false;
    this.#write(preamble(self));
  }

  /** Sends a frame. What is sent before the last write has ended leaves together in the next. */
  send(frame: Frame): void {
    if (this.#closed) return;
    this.#trace?.(`> ${frame.type}`, frame);
    this.#write(encodeInPlace(frame));
  }

  /**
   * Gives each frame of the peer to `onFrame`, until the link is closed from this side. A frame's byte
   * strings are overwritten when that returns.
   *
   * @throws {ProtocolError} if the peer doesn't keep to the protocol, or `onFrame` throws it.
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

  /** Until the peer is heard again its silence means nothing: it said that it would be stopped. */
  expectSilence(): void {
    this.#silence?.suspend();
  }

  /**
   * Sends what is pending and closes the writable side; then waits up to `grace` milliseconds for the
   * peer to close its own, since a socket that is closed with bytes unread takes back what it sent.
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
    // Whatever becomes of a link that we have closed.
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
      throw new ProtocolError("Cannot answer the other side: it sends, and reads nothing");
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

  /** The link is lost; where nothing came but what isn't ours, that tells more. */
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
    // A microtask later, so that what is sent in one go leaves in one write.
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

  /** A broken pipe: the reading side tells how the link ended. */
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

/** Waits for `done`, however it ends, but no longer than `time` milliseconds. */
async function within(time: number, done: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, time);
  await Promise.race([done.catch(() => {}), late]);
  clearTimeout(timer);
}
