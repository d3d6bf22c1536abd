// One end of the link: preamble, frames both ways, keepalive.
//
//   send ──> pending ── one write for all that came together ──> writable
//   readable ──> preamble, then frames ──> onFrame, one at a time, in order

import { LinkLostError, ProtocolError } from "./errors.ts";
import { encodeFrame, FrameDecoder } from "./frame_codec.ts";
import type { Frame, FrameFrom } from "./frames.ts";
import { PendingBytes } from "./pending_bytes.ts";
import { preamble, PreambleFinder } from "./preamble.ts";
import type { Trace } from "./trace.ts";

/** The side of the link that one is on. */
export type Role = "master" | "slave";

/** The side that sits opposite. */
export type Peer<Self extends Role> = Self extends "master" ? "slave" : "master";

/** A pair of byte streams. */
export interface ByteStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Options of a {@linkcode Link}. */
export interface LinkOptions {
  /** Milliseconds of silence before the peer's preamble after which the link counts as lost. */
  timeout: number;
  /** The same after the preamble, while the peer answers pings. */
  patience: number;
  /** Is told each frame by name. */
  trace?: Trace | undefined;
}

/** Pings sent while the patience lasts, so that two may be lost to a passing stall. */
const PINGS_PER_PATIENCE = 3;

/** Milliseconds that pending frames get to leave when the link is closed: a peer that is gone takes none. */
const FLUSH_TIME = 2_000;

/**
 * Bytes that wait for a peer which sends and doesn't read: its questions would fill our memory with
 * answers. The largest window of output is less, even in frames of one byte, 20 bytes long each.
 */
const MAX_PENDING_LENGTH = 32 << 20;

/** One end of the link between master and slave. */
export class Link<Self extends Role> {
  readonly #self: Self;
  readonly #options: LinkOptions;
  readonly #trace: Trace | undefined;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #pending = new PendingBytes();
  #writing: Promise<void> | undefined;
  #silence: SilenceWatch | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(self: Self, streams: ByteStreams, options: LinkOptions) {
    this.#self = self;
    this.#options = options;
    this.#trace = options.trace;
    this.#reader = streams.readable.getReader();
    this.#writer = streams.writable.getWriter();
    this.#write(preamble(self));
  }

  /** Sends a frame. What is sent before the last write has ended leaves together in the next. */
  send(frame: Frame): void {
    if (this.#closed) return;
    this.#trace?.(`> ${frame.type}`, frame);
    this.#write(encodeFrame(frame));
  }

  /**
   * Gives each frame of the peer to `onFrame`, until the link is closed from this side.
   *
   * @throws {ProtocolError} if the peer doesn't keep to the protocol, or `onFrame` throws it.
   * @throws {LinkLostError} if the link ends or is silent.
   */
  run(onFrame: (frame: FrameFrom<Peer<Self>>) => void): Promise<void> {
    const running = this.#run(onFrame);
    this.#running = running.catch(() => {});
    return running;
  }

  async #run(onFrame: (frame: FrameFrom<Peer<Self>>) => void): Promise<void> {
    const silence = new SilenceWatch(this.#options, {
      ask: () => this.send({ type: "ping", id: 0 }),
      lost: () => this.#reader.cancel().catch(() => {}),
    });
    this.#silence = silence;
    try {
      const rest = await this.#findPreamble(silence);
      silence.keepAlive();
      await this.#takeFrames(rest, silence, onFrame);
    } finally {
      silence.end();
    }
  }

  /** Settles when what was sent so far has been written. */
  get flushed(): Promise<void> {
    return this.#writing ?? Promise.resolve();
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
    await within(FLUSH_TIME, (this.#writing ?? Promise.resolve()).then(() => this.#writer.close()));
    const timer = setTimeout(() => this.#reader.cancel().catch(() => {}), grace);
    await this.#running;
    clearTimeout(timer);
    // After an error nobody reads any more.
    this.#reader.cancel().catch(() => {});
  }

  async #takeFrames(
    rest: Uint8Array,
    silence: SilenceWatch,
    onFrame: (frame: FrameFrom<Peer<Self>>) => void,
  ): Promise<void> {
    const decoder = new FrameDecoder(this.#peer);
    for (let chunk: Uint8Array | undefined = rest; chunk; chunk = await this.#read(silence)) {
      for (const frame of decoder.decode(chunk)) {
        if (!this.#closed) this.#take(frame as FrameFrom<Peer<Self>>, onFrame);
      }
    }
    if (this.#closed) return;
    if (decoder.unfinished) throw new ProtocolError("Cannot read frame: the link ended within it");
    throw new LinkLostError("the link was closed by the other side");
  }

  get #peer(): Peer<Self> {
    return (this.#self === "master" ? "slave" : "master") as Peer<Self>;
  }

  #take(frame: FrameFrom<Peer<Self>>, onFrame: (frame: FrameFrom<Peer<Self>>) => void): void {
    this.#trace?.(`< ${frame.type}`, frame);
    if (this.#pending.length > MAX_PENDING_LENGTH) {
      throw new ProtocolError("Cannot answer the other side: it sends, and reads nothing");
    }
    if (frame.type === "ping") this.send({ type: "pong", id: frame.id });
    else if (frame.type === "error") {
      throw new ProtocolError(`The other side said: ${frame.message}`);
    } else if (frame.type !== "pong") onFrame(frame);
  }

  async #findPreamble(silence: SilenceWatch): Promise<Uint8Array> {
    const finder = new PreambleFinder(this.#peer);
    try {
      for (;;) {
        const chunk = await this.#read(silence);
        if (chunk === undefined) throw new LinkLostError("the link ended before the handshake");
        const rest = finder.push(chunk);
        if (rest !== undefined) return rest;
      }
    } catch (error) {
      if (!(error instanceof LinkLostError) || finder.noise === "") throw error;
      throw new ProtocolError(
        `Cannot talk to the peer: it does not speak rpty, it said ${finder.noise}`,
        { cause: error },
      );
    }
  }

  /** The next bytes, or nothing at the end of the stream. */
  async #read(silence: SilenceWatch): Promise<Uint8Array | undefined> {
    const read = this.#reader.read().catch((error) => {
      throw new LinkLostError(`the link broke: ${error instanceof Error ? error.message : error}`);
    });
    const { value, done } = await read;
    if (silence.lost) {
      throw new LinkLostError(
        `nothing came from the other side for ${silence.limit / 1000} seconds`,
      );
    }
    silence.heard();
    return done ? undefined : value;
  }

  #write(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#writing ??= this.#flush();
  }

  async #flush(): Promise<void> {
    try {
      // One microtask, so that what is sent in one go leaves in one write.
      await undefined;
      while (this.#pending.length > 0) {
        await this.#writer.write(this.#pending.take());
      }
    } catch {
      // A broken pipe: the reading side tells how the link ended.
      this.#pending.take();
    } finally {
      this.#writing = undefined;
    }
  }
}

/** Waits for `done`, however it ends, but no longer than `time` milliseconds. */
async function within(time: number, done: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, time);
  await Promise.race([done.catch(() => {}), late]);
  clearTimeout(timer);
}

/** Notices when the peer has been silent for too long, and asks before it comes to that. */
class SilenceWatch {
  /** Milliseconds of silence that are borne now. */
  limit: number;
  /** Whether the silence has lasted longer. */
  lost = false;
  readonly #patience: number;
  readonly #on: { ask: () => void; lost: () => void };
  #timer: number;
  #lastHeard = performance.now();
  #lastLook = performance.now();

  constructor(options: LinkOptions, on: { ask: () => void; lost: () => void }) {
    this.limit = options.timeout;
    this.#patience = options.patience;
    this.#on = on;
    this.#timer = setInterval(() => this.#checkLost(), this.limit / PINGS_PER_PATIENCE);
  }

  heard(): void {
    this.#lastHeard = performance.now();
  }

  /** From now on the peer answers pings. */
  keepAlive(): void {
    clearInterval(this.#timer);
    this.limit = this.#patience;
    const interval = this.limit / PINGS_PER_PATIENCE;
    this.#timer = setInterval(() => {
      this.#checkLost();
      if (performance.now() - this.#lastHeard >= interval / 2) this.#on.ask();
    }, interval);
  }

  /** Counts no silence until the peer is heard again. */
  suspend(): void {
    this.#lastHeard = Infinity;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #checkLost(): void {
    const now = performance.now();
    // Much too late: we were stopped ourselves, by ^Z or a virtual machine's pause. The peer may have
    // spoken, and gets another chance.
    if (now - this.#lastLook > 2 * this.limit / PINGS_PER_PATIENCE) {
      this.#lastHeard = Math.max(this.#lastHeard, now);
    }
    this.#lastLook = now;
    if (now - this.#lastHeard < this.limit) return;
    this.lost = true;
    this.#on.lost();
  }
}
