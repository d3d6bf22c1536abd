// The remote host's side, from byte streams to the session.

import { LinkLostError, ProtocolError } from "../protocol/errors.ts";
import type { FrameFrom } from "../protocol/frames.ts";
import { decodeMasterHello, encodeSlaveHello } from "../protocol/hello.ts";
import type { ByteStreams, Connection } from "../protocol/connection.ts";
import { DEFAULT_TIMEOUT, INPUT_WINDOW } from "../protocol/limits.ts";
import { Link } from "../protocol/link.ts";
import type { Trace } from "../protocol/trace.ts";
import { Poller } from "../sys/poller.ts";
import {
  candidateDirectories,
  makeRuntimeDirectory,
  type Programs,
  type RuntimeDirectory,
} from "./runtime_directory.ts";
import type { Reach } from "./keeper.ts";
import { CommandSession } from "./command_session.ts";

/** Options of {@linkcode runSlave}. */
export interface SlaveOptions {
  /** What to run, with its arguments. */
  readonly command: readonly string[];
  /** The environment of the command. The master's variables are added to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The interposer and the keeper. */
  readonly programs: Programs;
  /** Milliseconds in which the master has to say hello; default 60,000. */
  readonly timeout?: number;
  readonly trace?: Trace | undefined;
  /** The poller to use, if the program has one already. */
  readonly poller?: Poller;
  /** How programs that make system calls themselves are reached; default "auto". */
  readonly reach?: Reach;
  /** Is called with what a user who wants details should know. */
  readonly notice?: (text: string) => void;
}

/**
 * How many timeouts a master may be silent after its hello. One that sleeps with its user's laptop comes back, and
 * the transport tells when the network is gone.
 */
const PATIENCE_FACTOR = 10;

/** Milliseconds that the master has to close the link after the exit frame. */
const CLOSING_GRACE = 2_000;

/**
 * Runs a command on the terminal of the master at the other end of `streams`.
 *
 * Settles when the command has ended and the link is closed. Linux only.
 *
 * @throws {ProtocolError} if the peer is not an rpty master.
 * @throws {LinkLostError} if the link was lost. The command and its jobs have got SIGHUP by then.
 * @throws {RuntimeDirectoryError} if no directory is suitable for the session's files.
 */
export async function runSlave(
  streams: ByteStreams | Connection,
  options: SlaveOptions,
): Promise<void> {
  const slave = new Slave(streams, options);
  await slave.run();
}

class Slave {
  readonly #options: SlaveOptions;
  readonly #link: Link<"slave">;
  readonly #poller: Poller;
  readonly #ended = Promise.withResolvers<void>();
  #directory: RuntimeDirectory | undefined;
  #session: CommandSession | undefined;
  #closing: Promise<void> | undefined;
  #keeperLost = false;

  constructor(streams: ByteStreams | Connection, options: SlaveOptions) {
    this.#options = options;
    this.#poller = options.poller ?? new Poller();
    const timeout = options.timeout ?? DEFAULT_TIMEOUT;
    this.#link = new Link("slave", streams, {
      timeout,
      patience: PATIENCE_FACTOR * timeout,
      trace: options.trace,
    });
  }

  async run(): Promise<void> {
    try {
      this.#link.send(encodeSlaveHello({ inputLimit: INPUT_WINDOW }));
      await this.#link.run((frame) => this.#take(frame));
      await this.#closing;
      if (this.#keeperLost) throw new LinkLostError("the keeper of the session was killed");
    } catch (error) {
      await this.#fail(error);
      throw error;
    } finally {
      this.#session?.close();
      if (this.#options.poller === undefined) await this.#poller.close();
      // In a session the keeper removes it. It may have to leave the library.
      if (this.#session === undefined) this.#directory?.remove();
    }
  }

  #take(frame: FrameFrom<"master">): void {
    if (frame.type === "hello") this.#start(frame);
    else if (this.#session === undefined) {
      throw new ProtocolError(`Cannot take ${frame.type}: there was no hello`);
    } else if (frame.type === "suspend") this.#link.expectSilence();
    else if (frame.type !== "ping" && frame.type !== "pong" && frame.type !== "error") {
      this.#session.take(frame);
    }
  }

  #start(frame: FrameFrom<"master"> & { type: "hello" }): void {
    if (this.#session !== undefined) throw new ProtocolError("Cannot take hello: there was one");
    const hello = decodeMasterHello(frame);
    // Not earlier: without a session there is no keeper to remove it if we are killed.
    this.#directory = makeRuntimeDirectory(
      candidateDirectories(this.#options.environment),
      this.#options.programs,
    );
    this.#session = new CommandSession({
      poller: this.#poller,
      directory: this.#directory,
      hello,
      command: this.#options.command,
      environment: this.#options.environment,
      reach: this.#options.reach ?? "auto",
      send: (frame) => this.#link.send(frame),
      onEnd: () => this.#end(),
      onLost: () => this.#loseKeeper(),
      onNotice: (text) => this.#options.notice?.(text),
    });
  }

  #end(): void {
    this.#ended.resolve();
    this.#closing ??= this.#link.close(CLOSING_GRACE);
  }

  #loseKeeper(): void {
    this.#keeperLost = true;
    this.#session?.hangUp();
    this.#directory?.remove();
    this.#link.send({ type: "error", message: "the keeper of the session was killed" });
    this.#end();
  }

  /** Tells the peer, if the link still works, and hangs up. Then waits for the command's end. */
  async #fail(error: unknown): Promise<void> {
    if (!(error instanceof LinkLostError)) {
      const message = error instanceof Error ? error.message : String(error);
      this.#link.send({ type: "error", message });
    }
    const closed = this.#link.close();
    if (this.#session !== undefined && !this.#keeperLost) {
      this.#session.hangUp();
      await this.#ended.promise;
    }
    await closed;
  }
}
