// The program rpty-master.

import { LinkLostError, ProtocolError } from "../protocol/errors.ts";
import { VERSION } from "../protocol/hello.ts";
import { SystemError } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import { setNoDelayBelow } from "../sys/no_delay.ts";
import { Poller } from "../sys/poller.ts";
import { standardInputStream, standardOutputStream } from "../sys/standard_streams.ts";
import { BAD_USAGE, FAILED, openTrace, say, UsageError } from "../cli/program.ts";
import type { ExitReport } from "../sys/spawn.ts";
import { type CommandLine, parseCommandLine, USAGE } from "./command_line.ts";
import { KernelTerminal } from "./kernel_terminal.ts";
import { DisconnectedError, type ExitStatus, runMaster } from "./master.ts";
import { HangupError } from "./terminal.ts";
import { TerminalLoan } from "./terminal_loan.ts";
import { Transport } from "./transport.ts";

/** The start of our messages. */
const PROGRAM = "rpty-master";

/** Added to a signal's number in the exit status. */
const SIGNALLED = 128;

/** Milliseconds that a transport which closed its stdout has to end, so that we can tell how it ended. */
const STATUS_GRACE = 200;

/** A signal told us to end. */
class SignalledError extends Error {
  override readonly name = "SignalledError";
  readonly signal: "SIGTERM" | "SIGHUP";
  constructor(signal: "SIGTERM" | "SIGHUP") {
    super(`ended by ${signal}`);
    this.signal = signal;
  }
}

/** The transport's program does not exist. */
class NoCommandError extends Error {
  override readonly name = "NoCommandError";
  constructor(program: string) {
    super(`cannot run "${program}": there is no such command`);
  }
}

/** Errors that explain what is wrong outside. All others are bugs of ours. */
const EXPLAINED = [
  LinkLostError,
  ProtocolError,
  DisconnectedError,
  SignalledError,
  HangupError,
  NoCommandError,
  SystemError,
  UsageError,
];

/** Is aborted by whatever ends us before the remote program ends. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => controller.abort(new SignalledError(signal)));
  }
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    controller.abort(event.reason);
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    controller.abort(event.error);
  });
  return controller.signal;
}

/** One run of the program, from the terminal's opening to its return. */
class Run {
  readonly #line: CommandLine;
  readonly #poller = new Poller();
  #terminal: KernelTerminal | undefined;
  #transport: Transport | undefined;
  #loan: TerminalLoan | undefined;
  #connected = false;

  constructor(line: CommandLine) {
    this.#line = line;
  }

  /** Returns the exit status. */
  async run(): Promise<number> {
    try {
      const status = await this.#runSession();
      await this.#transport?.end();
      return status.kind === "signal" ? SIGNALLED + status.code : status.code;
    } catch (error) {
      const report = await this.#transport?.endsWithin(STATUS_GRACE);
      if (report === undefined) await this.#transport?.end();
      return this.#fail(error, report);
    } finally {
      this.#terminal?.restore();
    }
  }

  async #runSession(): Promise<ExitStatus> {
    const trace = openTrace("master");
    const signal = abortOnSignals();
    const terminal = this.#terminal = KernelTerminal.open(this.#poller, signal);
    await terminal?.waitForForeground();
    const transport = this.#transport = this.#startTransport();
    if (terminal !== undefined) this.#loan = new TerminalLoan(terminal, transport);
    return await runMaster(transport.connection, {
      terminal,
      input: terminal === undefined ? standardInputStream(this.#poller) : undefined,
      output: terminal?.outputIsTerminal ? undefined : standardOutputStream(this.#poller),
    }, {
      timeout: this.#line.timeout,
      serial: this.#line.serial,
      environment: Deno.env.toObject(),
      signal,
      onConnected: () => this.#noteConnected(),
      trace,
    });
  }

  #startTransport(): Transport {
    const { command } = this.#line;
    try {
      return new Transport(command, this.#poller, { grouped: this.#terminal !== undefined });
    } catch (error) {
      if (!(error instanceof SystemError && error.code === "ENOENT")) throw error;
      throw new NoCommandError(command[0]);
    }
  }

  #noteConnected(): void {
    this.#connected = true;
    this.#loan?.end();
    if (this.#transport !== undefined) setNoDelayBelow(this.#transport.pid);
    if (this.#line.verbose) say(PROGRAM, `connected, rpty ${VERSION}`);
  }

  #fail(error: unknown, report: ExitReport | undefined): number {
    // Like a program that writes into a closed pipe: nobody would read a message.
    if (error instanceof SystemError && error.code === "EPIPE") {
      return SIGNALLED + PLATFORM.signal.SIGPIPE;
    }
    if (!this.#line.quiet) say(PROGRAM, this.#explain(error, report));
    if (this.#line.verbose && !isExplained(error)) sayStack(error);
    if (error instanceof SignalledError) return SIGNALLED + PLATFORM.signal[error.signal];
    if (error instanceof HangupError) return SIGNALLED + PLATFORM.signal.SIGHUP;
    return error instanceof UsageError ? BAD_USAGE : FAILED;
  }

  #explain(error: unknown, report: ExitReport | undefined): string {
    const [program] = this.#line.command;
    if (error instanceof LinkLostError && report !== undefined) {
      const when = this.#connected ? "" : " before the handshake";
      return `"${program}" ended${when} ${describeReport(report)}`;
    }
    if (error instanceof LinkLostError) return `the connection was lost: ${error.message}`;
    const message = error instanceof Error ? error.message : String(error);
    return isExplained(error) ? message : `internal error: ${message}`;
  }
}

function isExplained(error: unknown): boolean {
  return EXPLAINED.some((kind) => error instanceof kind);
}

/** Shows where a bug of ours was met, a line for each call. */
function sayStack(error: unknown): void {
  const stack = error instanceof Error ? error.stack ?? "" : "";
  for (const line of stack.split("\n").filter((line) => /^ +at /.test(line))) say(PROGRAM, line);
}

function describeReport(report: ExitReport): string {
  if ("code" in report) return `with exit status ${report.code}`;
  const name = Object.entries(PLATFORM.signal).find(([, number]) => number === report.signal)?.[0];
  return `by ${name ?? `signal ${report.signal}`}`;
}

async function main(): Promise<number> {
  let line: CommandLine;
  try {
    line = parseCommandLine(Deno.args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(PROGRAM, `${error.message} (--help tells more)`);
    return BAD_USAGE;
  }
  if (line.help || line.version) {
    console.log(line.help ? USAGE.trimEnd() : `rpty-master ${VERSION}`);
    return 0;
  }
  return await new Run(line).run();
}

// Without exit the program would wait for reads that never end.
if (import.meta.main) {
  Deno.exit(
    await main().catch((error) => {
      say(PROGRAM, `internal error: ${error}`);
      sayStack(error);
      return FAILED;
    }),
  );
}
