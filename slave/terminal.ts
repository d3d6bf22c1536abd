// The terminal as the programs here have it: its parts, and who gets which frame of the master's.
//
//   master ── keys ──> ReceivedInput ──> InputPump ──> FIFO ──> programs
//          <── output, and changes in their place ── OutputPump <── FIFO <── programs
//               programs ── ControlSocket ──> TerminalRequests ──> StatePage ──> every program

import { ProtocolError } from "../protocol/errors.ts";
import type { Frame, FrameOf } from "../protocol/frames.ts";
import type { TerminalState } from "../protocol/hello.ts";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Poller } from "../sys/poller.ts";
import { ChangeLog } from "./change_log.ts";
import { ControlSocket } from "./control_socket.ts";
import { Drains } from "./drains.ts";
import { InputPump } from "./input_pump.ts";
import { JobControl } from "./job_control.ts";
import { OutputPump } from "./output_pump.ts";
import { groupReadsPipe, namespaceOf } from "./processes.ts";
import { ReceivedInput } from "./received_input.ts";
import { ReceiveWindow } from "./receive_window.ts";
import type { RuntimeDirectory } from "./runtime_directory.ts";
import type { SessionFrame, SessionStreams } from "./session_streams.ts";
import { type FileIdentity, StatePage } from "./state_page.ts";
import { TerminalRequests } from "./terminal_requests.ts";
import { TerminalSize } from "./terminal_size.ts";

/** Minor numbers of the device that stat shows: above those that the kernel gives to its own. */
const FIRST_MINOR = 0x80000;

/** What the terminal needs to be. */
export interface TerminalOptions {
  readonly poller: Poller;
  readonly directory: RuntimeDirectory;
  readonly state: TerminalState;
  /** Bytes of output that the master takes unacknowledged. */
  readonly outputLimit: number;
  readonly send: (frame: Frame) => void;
  /** Something that a user who wants to know more is told. */
  readonly onNotice: (text: string) => void;
}

/** The terminal of one session. */
export class RemoteTerminal implements SessionStreams {
  readonly #page: StatePage;
  readonly #jobs: JobControl;
  readonly #size: TerminalSize;
  readonly #log: ChangeLog;
  readonly #inputPump: InputPump;
  readonly #input: ReceivedInput;
  readonly #output: OutputPump;
  readonly #drains: Drains;
  readonly #control: ControlSocket;

  constructor({ poller, directory, state, outputLimit, send, onNotice }: TerminalOptions) {
    const files = {
      input: identify(directory.file("input")),
      output: identify(directory.file("output")),
    };
    const page = this.#page = makePage(directory, files);
    page.termios = state.termios;
    const jobs = this.#jobs = new JobControl(page);
    const size = this.#size = new TerminalSize(state.winsize, page, jobs);
    const log = this.#log = new ChangeLog(state.termios);
    const window = new ReceiveWindow(send);
    const inputPump = this.#inputPump = new InputPump(poller, directory.file("input"), {
      changed: (held, eof, wake) => this.#showInput(held, eof, wake),
      isReadDirectly: () => groupReadsPipe(jobs.foreground),
      consumed: (units) => window.consumed(units),
    });
    inputPump.canonical = state.termios.ICANON;
    // The poller calls back in this order. Requests come before output: a program waits for its answer, and not for its
    // output to be sent.
    this.#control = new ControlSocket(
      poller,
      directory.control,
      [files.input, files.output],
      (request) => requests.answer(request),
    );
    const output = this.#output = new OutputPump(
      poller,
      directory.file("output"),
      outputLimit,
      (offset, bytes) => send({ type: "output", offset, bytes }),
    );
    const drains = this.#drains = new Drains(output, send);
    const input = this.#input = new ReceivedInput({
      window,
      pump: inputPump,
      output,
      log,
      jobs,
      send,
    });
    const requests = new TerminalRequests({
      ...{ page, directory, jobs, log, size, input, inputPump, output, drains },
      send,
      onNotice,
    });
  }

  /** A process leads a new session, whose controlling terminal this becomes. */
  adopt(session: number): void {
    this.#jobs.adopt(session);
  }

  /** Runs `run` when all that programs have written until now was sent. */
  afterOutput(run: () => void): void {
    this.#output.mark(run);
  }

  /** Shows something as if a program had written it. */
  show(text: string): void {
    this.#output.write(new TextEncoder().encode(text));
  }

  /**
   * The link is gone: does what the kernel does when a terminal is hung up. Output goes nowhere from now on.
   * The signals come first: a shell that saw the end of its input before would leave its jobs alone.
   */
  hangUp(): void {
    this.#jobs.hangUp();
    this.#page.hangUp();
    this.#inputPump.end();
    this.#output.abandon();
    this.#drains.hangUp();
  }

  close(): void {
    this.#control.close();
    this.#inputPump.close();
    this.#output.close();
  }

  /**
   * Takes a frame from the master.
   *
   * @throws {ProtocolError} if it can't be at this point.
   */
  take(frame: SessionFrame): void {
    if (frame.type === "input") this.#input.take(frame);
    else if (frame.type === "signal") this.#input.takeSignal(frame);
    else if (frame.type === "winsize") this.#takeWinsize(frame);
    else if (frame.type === "ack") this.#takeAck(frame);
    else this.#drains.done(frame.id);
  }

  #takeWinsize({ rows, cols, xpixel, ypixel }: FrameOf<"winsize">): void {
    this.#size.set({ rows, cols, xpixel, ypixel });
  }

  #takeAck({ output, change }: FrameOf<"ack">): void {
    if (!this.#output.acknowledge(output)) {
      throw new ProtocolError(`Cannot take ack: output ${output} was never sent`);
    }
    if (!this.#log.acknowledge(change)) {
      throw new ProtocolError(`Cannot take ack: there is no change ${change}`);
    }
  }

  #showInput(held: number, eof: number, wake: boolean): void {
    this.#page.held = held;
    this.#page.eof = eof;
    if (wake) this.#page.wake();
  }
}

function makePage(
  directory: RuntimeDirectory,
  files: { readonly input: FileIdentity; readonly output: FileIdentity },
): StatePage {
  return new StatePage(directory.file("page"), {
    ...files,
    name: `/dev/rpty/${Deno.pid}`,
    minor: FIRST_MINOR + Deno.pid % FIRST_MINOR,
    userNamespace: namespaceOf("self", "user"),
    pidNamespace: namespaceOf("self", "pid"),
  });
}

function identify(path: string): FileIdentity {
  const { O_RDONLY, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;
  const fd = libc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const { dev, ino } = libc.fstat(fd);
  libc.close(fd);
  return { dev, ino };
}
