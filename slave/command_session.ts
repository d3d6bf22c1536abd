// One command with its streams, from the master's hello to the command's end.

import { kept } from "../protocol/frame_codec.ts";
import type { Frame } from "../protocol/frames.ts";
import type { MasterHello } from "../protocol/hello.ts";
import type { Poller } from "../sys/poller.ts";
import { describeErrno } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import { type CommandEnd, Keeper, type Reach } from "./keeper.ts";
import { OutputPump } from "./output_pump.ts";
import { PlainStreams } from "./plain_streams.ts";
import type { RuntimeDirectory } from "./runtime_directory.ts";
import type { SessionFrame, SessionStreams } from "./session_streams.ts";
import { RemoteTerminal } from "./terminal.ts";
import { knownTerminalType } from "./terminal_type.ts";

/** What a session needs. */
export interface SessionOptions {
  readonly poller: Poller;
  readonly directory: RuntimeDirectory;
  readonly hello: MasterHello;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly reach: Reach;
  readonly send: (frame: Frame) => void;
  /** The command has ended, and all it wrote was sent. */
  readonly onEnd: () => void;
  /** The keeper was killed: the session can't go on. */
  readonly onLost: () => void;
  /** Is called with something that a user who wants details is told. */
  readonly onNotice: (text: string) => void;
}

/** Exit statuses of a shell whose command can't be run: not found, or found and not to be run (POSIX, 2.8.2). */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** A running session. */
export class CommandSession {
  readonly #options: SessionOptions;
  readonly #streams: SessionStreams;
  readonly #data: OutputPump | undefined;
  readonly #keeper: Keeper;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { poller, directory, hello, send, onNotice } = options;
    const { terminal: state, outputLimit } = hello;
    this.#streams = state === undefined
      ? new PlainStreams(poller, directory, outputLimit, send)
      : new RemoteTerminal({ poller, directory, state, outputLimit, send, onNotice });
    if (state?.outputIsTerminal === false) this.#data = this.#openData();
    this.#keeper = new Keeper(poller, directory, {
      command: options.command,
      environment: sessionEnvironment(options),
      input: "input",
      output: this.#data === undefined ? "output" : "data",
      reach: options.reach,
    }, {
      started: (shell) => this.#start(shell),
      ended: (end) => this.#end(end),
      lost: () => this.#options.onLost(),
      refused: (errno) => this.#options.onNotice(describeRefusal(errno)),
    });
  }

  /** Takes a frame from the master. */
  take(frame: SessionFrame): void {
    if (frame.type === "ack") this.#data?.acknowledge(frame.data);
    // A frame's bytes are valid only now, and programs read later.
    this.#streams.take(kept(frame));
  }

  /** The link is gone: the command and its jobs are signalled. They may end or not. */
  hangUp(): void {
    this.#streams.hangUp();
    this.#data?.abandon();
  }

  /** Closes everything. The keeper removes the files. */
  close(): void {
    this.#keeper.release();
    this.#data?.close();
    this.#streams.close();
  }

  #openData(): OutputPump {
    const { poller, directory, hello, send } = this.#options;
    return new OutputPump(
      poller,
      directory.file("data"),
      hello.outputLimit,
      (offset, bytes) => send({ type: "data", offset, bytes }),
    );
  }

  #start(shell: number): void {
    this.#streams.adopt(shell);
    this.#keeper.go();
  }

  #end(end: CommandEnd): void {
    const { send, onEnd, command } = this.#options;
    if (end.kind === "failed") {
      this.#streams.show(`rpty-slave: Cannot run "${command[0]}": ${describeErrno(end.code)}\n`);
    }
    const exit = end.kind === "failed"
      ? {
        kind: "status",
        code: end.code === PLATFORM.errno.ENOENT ? NOT_FOUND : NOT_EXECUTABLE,
      } as const
      : end;
    this.#afterAllOutput(() => {
      send({ type: "exit", ...exit });
      onEnd();
    });
  }

  #afterAllOutput(run: () => void): void {
    this.#streams.afterOutput(() => this.#data === undefined ? run() : this.#data.mark(run));
  }
}

function describeRefusal(errno: number): string {
  // Linux allows one seccomp listener per process, and a program that started us has one.
  const why = errno === PLATFORM.errno.EBUSY
    ? "another program's filter is in force"
    : describeErrno(errno);
  return `programs that make system calls themselves have no terminal: cannot listen by seccomp: ${why}`;
}

/** Our environment, the user's terminal type and language, and the preload. */
function sessionEnvironment(
  { environment, hello, directory }: SessionOptions,
): Record<string, string> {
  const { LINES: _lines, COLUMNS: _columns, ...inherited } = environment;
  const result: Record<string, string> = { ...inherited, ...hello.environment };
  if (hello.terminal === undefined) return result;
  result.TERM = knownTerminalType(result.TERM ?? "dumb", result);
  result.LD_PRELOAD = [directory.file("library"), ...otherPreloads(environment.LD_PRELOAD)].join(
    ":",
  );
  return result;
}

/** What was preloaded here, without the library of an rpty that we run in: its terminal is not ours. */
function otherPreloads(preload = ""): string[] {
  return preload.split(/[\s:]+/).filter((path) => path !== "" && !/(^|\/)librpty\.so$/.test(path));
}
