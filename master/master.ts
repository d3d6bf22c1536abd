// The user's side of a session.
//
//   terminal ── TerminalSide ──┐
//   stdin ── sendPlainInput ───┼── Link ══ transport ══ slave
//   stdout ── PlainOutput ─────┘

import { ProtocolError } from "../protocol/errors.ts";
import type { FrameFrom, FrameOf } from "../protocol/frames.ts";
import { crossingEnvironment, decodeSlaveHello, encodeMasterHello } from "../protocol/hello.ts";
import { DEFAULT_TIMEOUT, OUTPUT_LIMIT } from "../protocol/limits.ts";
import type { ByteStreams, Connection } from "../protocol/connection.ts";
import { Link } from "../protocol/link.ts";
import type { Trace } from "../protocol/trace.ts";
import { settlesWithin } from "./deadline.ts";
import { SendWindow } from "./send_window.ts";
import { sendPlainInput } from "./plain_input.ts";
import { PlainOutput } from "./plain_output.ts";
import type { Terminal } from "./terminal.ts";
import { TerminalSide } from "./terminal_side.ts";

/** What the user has: a terminal, plain streams, or a terminal whose output is redirected. */
export interface LocalEnds {
  /** The terminal that input comes from. */
  readonly terminal?: Terminal | undefined;
  /** Where input comes from without a terminal. */
  readonly input?: ReadableStream<Uint8Array> | undefined;
  /** Where output goes that doesn't go to the terminal. */
  readonly output?: WritableStream<Uint8Array> | undefined;
}

/** Options of {@linkcode runMaster}. */
export interface MasterOptions {
  /**
   * Milliseconds in which the slave has to say hello, and of silence after which it counts as lost.
   *
   * @default {60_000}
   */
  readonly timeout?: number;
  /**
   * Whether `streams` are a serial line. It loses what is sent before its far end is open, so we say nothing before
   * the slave has spoken.
   */
  readonly serial?: boolean;
  /** The user's environment. TERM, COLORTERM, LANG and LC_* are sent to the slave. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Ends the session when it is aborted. Its reason becomes the error. */
  readonly signal?: AbortSignal;
  /** Is called when the slave has answered, before the terminal is taken over. */
  readonly onConnected?: () => void;
  /** Is called with each frame and change of state. */
  readonly trace?: Trace | undefined;
}

/** How the remote program ended: `code` is its exit status, or the number of the signal that killed it. */
export type ExitStatus = Omit<FrameOf<"exit">, "type">;

/** The user has left the session by an escape key. */
export class DisconnectedError extends Error {
  override readonly name = "DisconnectedError";
  constructor() {
    super("disconnected");
  }
}

/** An exit status is a byte. Linux numbers signals up to 64. */
const EXIT_CODES = { status: [0, 255], signal: [1, 64] } as const;

/** Milliseconds between acknowledgements while output waits: a fraction of the time that a full window lasts. */
const ACK_INTERVAL = 4;

/** Milliseconds for the link to take the last frames. */
const CLOSE_GRACE = 200;

/** Milliseconds for a stream to take output that came before the link was lost. */
const FLUSH_GRACE = 1000;

/**
 * Runs a session with the slave at the other end of `streams`, until the remote program has ended and all its output
 * was written. The terminal is then as it was found, also after an error.
 *
 * @throws {ProtocolError} if the slave breaks the protocol, or reports an error.
 * @throws {LinkLostError} if the link ends or is silent.
 * @throws {DisconnectedError} if the user disconnects.
 */
export async function runMaster(
  streams: ByteStreams | Connection,
  ends: LocalEnds,
  options: MasterOptions = {},
): Promise<ExitStatus> {
  return await new MasterSession(streams, ends, options).run();
}

/** One of the two streams of output: offsets must increase, and frames must not be empty. */
class Received {
  #end = 0;

  /** Where `frame` ends. */
  take(frame: FrameOf<"output"> | FrameOf<"data">): number {
    if (frame.bytes.length === 0) {
      throw new ProtocolError(`Cannot take ${frame.type}: it is empty`);
    }
    if (frame.offset < this.#end) {
      throw new ProtocolError(
        `Cannot take ${frame.type}: offset ${frame.offset} is before ${this.#end}`,
      );
    }
    return this.#end = frame.offset + frame.bytes.length;
  }
}

class MasterSession {
  readonly #options: MasterOptions;
  readonly #ends: LocalEnds;
  readonly #link: Link<"master">;
  readonly #window: SendWindow;
  readonly #side: TerminalSide | undefined;
  readonly #plain: PlainOutput | undefined;
  readonly #outcome = Promise.withResolvers<ExitStatus>();
  readonly #received = { output: new Received(), data: new Received() };
  #acknowledged = { output: 0, data: 0, change: 0 };
  #acknowledgedAt = 0;
  #acknowledging = false;
  #connected = false;
  #exit: ExitStatus | undefined;

  constructor(streams: ByteStreams | Connection, ends: LocalEnds, options: MasterOptions) {
    this.#options = options;
    this.#ends = ends;
    const timeout = options.timeout ?? DEFAULT_TIMEOUT;
    const { trace, serial: speaksSecond } = options;
    this.#link = new Link("master", streams, { timeout, patience: timeout, speaksSecond, trace });
    this.#window = new SendWindow((frame) => this.#link.send(frame));
    const on = {
      progress: () => this.#progress(),
      failed: (error: unknown) => this.#outcome.reject(error),
    };
    if (ends.terminal !== undefined) this.#side = this.#terminalSide(ends.terminal, on);
    if (ends.output !== undefined) this.#plain = new PlainOutput(ends.output, OUTPUT_LIMIT, on);
  }

  #terminalSide(
    terminal: Terminal,
    on: { progress: () => void; failed: (error: unknown) => void },
  ): TerminalSide {
    return new TerminalSide({
      ...on,
      terminal,
      window: this.#window,
      outputLimit: OUTPUT_LIMIT,
      send: (frame) => this.#link.send(frame),
      disconnect: () => this.#disconnect(),
      beforeSuspend: () => this.#beforeSuspend(),
      trace: this.#options.trace,
    });
  }

  async run(): Promise<ExitStatus> {
    const { signal } = this.#options;
    const abort = () => this.#outcome.reject(signal?.reason);
    let cut = true;
    try {
      signal?.throwIfAborted();
      signal?.addEventListener("abort", abort);
      this.#sayHello();
      this.#runLink();
      const status = await this.#outcome.promise;
      cut = false;
      return status;
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#link.send({ type: "error", message: error.message });
      }
      throw error;
    } finally {
      signal?.removeEventListener("abort", abort);
      await this.#end(cut);
    }
  }

  #runLink(): void {
    this.#link.run((frame) => this.#take(frame)).catch((error) => {
      // After the exit frame the slave owes us nothing, and the link may end.
      if (this.#exit === undefined) this.#outcome.reject(error);
    });
  }

  async #end(cut: boolean): Promise<void> {
    this.#options.trace?.("end", { cut });
    this.#side?.end(cut);
    if (cut && this.#plain) await settlesWithin(this.#plain.flushed, FLUSH_GRACE);
    await settlesWithin(this.#link.close(), CLOSE_GRACE);
    this.#plain?.release();
  }

  #sayHello(): void {
    this.#link.send(encodeMasterHello({
      ...(this.#side === undefined ? {} : { terminal: this.#side.state }),
      environment: crossingEnvironment(this.#options.environment ?? {}),
      outputLimit: OUTPUT_LIMIT,
    }));
  }

  #take(frame: FrameFrom<"slave">): void {
    if (frame.type === "hello") return this.#takeHello(frame);
    if (!this.#connected) {
      throw new ProtocolError(`Cannot take ${frame.type}: the slave has not said hello`);
    }
    if (this.#exit !== undefined) {
      throw new ProtocolError(`Cannot take ${frame.type}: the program has ended`);
    }
    switch (frame.type) {
      case "output":
        return this.#takeOutput(frame);
      case "data":
        return this.#takeData(frame);
      case "window":
        return this.#takeWindow(frame);
      case "drain":
        return this.#takeDrain(frame);
      case "exit":
        return this.#takeExit(frame);
      case "ping":
      case "pong":
      case "error":
        return; // The link's own.
      default:
        if (this.#side === undefined) {
          throw new ProtocolError(`Cannot take ${frame.type}: there is no terminal here`);
        }
        this.#side.take(frame);
    }
  }

  #takeHello(frame: FrameOf<"hello">): void {
    if (this.#connected) {
      throw new ProtocolError("Cannot take hello: the slave has said it already");
    }
    const { inputLimit } = decodeSlaveHello(frame);
    this.#connected = true;
    this.#options.onConnected?.();
    this.#window.extend(inputLimit);
    this.#side?.start().catch(this.#outcome.reject);
    if (this.#side === undefined && this.#ends.input !== undefined) {
      sendPlainInput(this.#ends.input, this.#window).catch(this.#outcome.reject);
    }
  }

  /** Without a terminal all output goes to the stream. */
  #takeOutput(frame: FrameOf<"output">): void {
    const end = this.#received.output.take(frame);
    if (this.#side !== undefined) this.#side.takeOutput(frame.bytes, end);
    else this.#plain?.push(frame.bytes, end);
  }

  #takeData(frame: FrameOf<"data">): void {
    if (this.#side === undefined || this.#plain === undefined) {
      throw new ProtocolError("Cannot take data: there is no stream beside the output");
    }
    this.#plain.push(frame.bytes, this.#received.data.take(frame));
  }

  #takeWindow({ limit }: FrameOf<"window">): void {
    this.#window.extend(limit);
    this.#side?.roomy(this.#window.received);
  }

  #takeDrain({ id }: FrameOf<"drain">): void {
    const reply = (queue: number) => this.#link.send({ type: "drained", id, queue });
    if (this.#side !== undefined) this.#side.drain(reply);
    else this.#plain?.then(() => reply(0));
  }

  #takeExit({ kind, code }: FrameOf<"exit">): void {
    const [least, most] = EXIT_CODES[kind];
    if (code < least || code > most) {
      throw new ProtocolError(`Cannot take exit: ${kind} ${code} is not from ${least} to ${most}`);
    }
    const status = { kind, code };
    this.#exit = status;
    const finish = async () => {
      await this.#plain?.flushed;
      this.#outcome.resolve(status);
    };
    if (this.#side === undefined) void finish();
    else this.#side.finish(() => void finish());
  }

  #disconnect(): void {
    if (this.#exit === undefined) this.#outcome.reject(new DisconnectedError());
    else this.#outcome.resolve(this.#exit);
  }

  async #beforeSuspend(): Promise<void> {
    this.#link.send({ type: "suspend" });
    await this.#link.flushed;
  }

  /** Acknowledges at the end of this turn if all was written by then, or if it is time. */
  #progress(): void {
    if (this.#acknowledging) return;
    this.#acknowledging = true;
    queueMicrotask(() => {
      this.#acknowledging = false;
      this.#acknowledge();
    });
  }

  #acknowledge(): void {
    const now = this.#progressMade;
    const last = this.#acknowledged;
    const news = now.output - last.output + now.data - last.data;
    if (news === 0 && now.change === last.change) return;
    const idle = (this.#side?.idle ?? true) && (this.#plain?.empty ?? true);
    const time = performance.now();
    if (!idle && time - this.#acknowledgedAt < ACK_INTERVAL) return;
    this.#acknowledged = now;
    this.#acknowledgedAt = time;
    this.#link.send({ type: "ack", ...now });
  }

  get #progressMade(): { output: number; data: number; change: number } {
    const plain = this.#plain?.written ?? 0;
    if (this.#side === undefined) return { output: plain, data: 0, change: 0 };
    return { output: this.#side.written, data: plain, change: this.#side.change };
  }
}
