// The line between the two sides: build/bench/relay carries, delays, slows down and counts.

import { HELPERS } from "./terminal.ts";

/** The properties of a line. */
export interface Line {
  /** The round trip, in milliseconds. */
  readonly roundTrip: number;
  /** Bytes a second each way; 0: no limit. */
  readonly rate: number;
}

/** Bytes carried so far. */
export interface Carried {
  readonly toServer: number;
  readonly toClient: number;
}

/** The queue before the bottleneck, in seconds at its rate: as in a well-configured home router. */
const QUEUE_SECONDS = 0.05;
/** How long a line must be silent to count as quiet, in ms, in addition to a round trip. */
const QUIET = 150;

/** A running relay. */
export class Relay implements AsyncDisposable {
  readonly port: number;
  readonly #line: Line;
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  /** Starts one to a port of this machine. */
  static async start(protocol: "tcp" | "udp", target: number, line: Line): Promise<Relay> {
    const { roundTrip, rate } = line;
    const numbers = [target, roundTrip * 500, rate, rate * QUEUE_SECONDS].map(String);
    const process = new Deno.Command(`${HELPERS}/relay`, {
      args: [protocol, ...numbers],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    return new Relay(process, lines, Number((await lines.read()).value), line);
  }

  private constructor(
    process: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
    port: number,
    line: Line,
  ) {
    this.port = port;
    this.#line = line;
    this.#process = process;
    this.#lines = lines;
    this.#writer = process.stdin.getWriter();
  }

  /** Payload carried so far. */
  async carried(): Promise<Carried> {
    await this.#writer.write(new TextEncoder().encode("\n"));
    const [toServer, toClient] = ((await this.#lines.read()).value ?? "").split(" ").map(Number);
    return { toServer, toClient };
  }

  /** Payload carried when nothing passes any more. */
  async carriedAtRest(): Promise<Carried> {
    let before = await this.carried();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, QUIET + this.#line.roundTrip));
      const now = await this.carried();
      if (now.toServer === before.toServer && now.toClient === before.toClient) return now;
      before = now;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#lines.cancel();
    await this.#process.status;
  }
}
