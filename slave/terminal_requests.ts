// What programs ask of their terminal, and the answers (ioctl_tty(2)).

import { FLOW_ACTIONS, FLUSH_QUEUES, type Frame } from "../protocol/frames.ts";
import { MAX_BREAK_DURATION } from "../protocol/limits.ts";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Termios } from "../tty/termios.ts";
import type { ChangeLog } from "./change_log.ts";
import type { LateReply, Reply, Request } from "./control_socket.ts";
import type { Drains } from "./drains.ts";
import type { InputPump } from "./input_pump.ts";
import type { JobControl } from "./job_control.ts";
import type { OutputPump } from "./output_pump.ts";
import { NOTE } from "./page_layout.ts";
import { isAdministrator } from "./processes.ts";
import type { ReceivedInput } from "./received_input.ts";
import type { RuntimeDirectory } from "./runtime_directory.ts";
import type { StatePage } from "./state_page.ts";
import type { TerminalSize } from "./terminal_size.ts";

/** What a program can report about itself, and what the user is told then. */
const NOTES: ReadonlyMap<number, string> = new Map([
  [
    NOTE.STDIO,
    "a sandbox keeps rpty from handling what the C library of a program reads and writes by itself: for this program " +
    "job control, end of file and streams for both ways work as on a pipe",
  ],
]);

/** The parts of a terminal that requests look at and change. */
export interface TerminalParts {
  readonly page: StatePage;
  readonly directory: RuntimeDirectory;
  readonly jobs: JobControl;
  readonly log: ChangeLog;
  readonly size: TerminalSize;
  readonly input: ReceivedInput;
  readonly inputPump: InputPump;
  readonly output: OutputPump;
  readonly drains: Drains;
  readonly send: (frame: Frame) => void;
  /** Something that a user who wants to know more is told. */
  readonly onNotice: (text: string) => void;
}

/** Answers the programs' requests. Changes are sent to the master at their place in the output. */
export class TerminalRequests {
  readonly #parts: TerminalParts;
  readonly #page: StatePage;
  readonly #jobs: JobControl;
  readonly #log: ChangeLog;
  readonly #input: ReceivedInput;
  readonly #output: OutputPump;
  readonly #send: (frame: Frame) => void;
  /** Notes that no program has made yet. */
  readonly #notes = new Map(NOTES);

  constructor(parts: TerminalParts) {
    this.#parts = parts;
    this.#page = parts.page;
    this.#jobs = parts.jobs;
    this.#log = parts.log;
    this.#input = parts.input;
    this.#output = parts.output;
    this.#send = parts.send;
  }

  answer(request: Request): Reply | LateReply {
    switch (request.operation) {
      case "GET_STATE":
        return this.#tellState();
      case "SET_TERMIOS":
        return this.#changeTermios(request);
      case "SET_WINSIZE":
        return this.#changeWinsize(request);
      case "GET_JOB":
        return this.#jobs.tell(request);
      case "SET_FOREGROUND":
        return this.#changeForeground(request);
      case "SET_SESSION":
        return this.#jobs.giveTo(request);
      case "LEAVE_SESSION":
        return this.#jobs.takeFrom(request);
      case "FLUSH":
        return this.#flush(request.argument);
      case "FLOW":
        return this.#flow(request.argument);
      case "BREAK":
        return this.#sendBreak(request.argument);
      case "DRAIN":
        return this.#parts.drains.answer();
      case "OUTPUT_QUEUE":
        return { value: this.#output.queued };
      case "TAKE_EOF":
        return { value: Number(this.#takeEof(request)) };
      case "OPEN":
        return this.#open(request);
      case "OPEN_PAGE":
        return this.#openPage(request);
      case "NOTE":
        return this.#note(request.argument);
      case "SET_EXCLUSIVE":
        this.#page.exclusive = request.argument !== 0;
        return {};
    }
  }

  #tellState(): Reply {
    const { size } = this.#parts;
    return { value: this.#jobs.foreground, winsize: size.now, termios: this.#log.termios };
  }

  /** The argument is tcsetattr's action. TCSAFLUSH also flushes input. */
  #changeTermios({ settings, argument }: Request): Reply {
    const before = this.#log.termios;
    const termios = settings(before);
    const flush = argument === PLATFORM.tcsetattr.TCSAFLUSH;
    if (flush) this.#input.flush();
    const position = this.#output.end;
    // Else ^S, typed ahead of a program that takes it as a key, would stop the change that says so.
    const restarts = before.IXON && !termios.IXON && this.#output.queued > 0;
    this.#page.termios = termios;
    this.#input.setTermios(termios);
    this.#page.wake();
    return {
      after: () => {
        this.#sendTermios(termios, flush, position);
        if (restarts) this.#send({ type: "restart" });
      },
    };
  }

  /** Sends a change of settings that was made where the output ended at `position`. */
  #sendTermios(termios: Termios, flush: boolean, position: number): void {
    const { seen } = this.#input;
    const frame = this.#log.changeTermios(termios, { flush, seen, position });
    if (flush) this.#input.flushedBy(this.#log.number);
    if (frame !== undefined) this.#output.mark(() => this.#send(frame()), position);
  }

  #changeWinsize({ winsize }: Request): Reply {
    if (this.#parts.size.set(winsize)) {
      const number = this.#log.next();
      this.#output.mark(() => this.#send({ type: "resize", number, ...winsize }));
    }
    return {};
  }

  #changeForeground(request: Request): Reply {
    const reply = this.#jobs.changeForeground(request);
    // The shell is back: the program before it has had the end of file that it was shown.
    const isBack = reply.error === undefined && request.argument === this.#jobs.session;
    if (isBack) this.#parts.inputPump.signOfLife();
    return reply;
  }

  #flush(argument: number): Reply {
    const queue = FLUSH_QUEUES[argument];
    if (queue === undefined) return { error: "EINVAL" };
    const number = this.#log.next();
    if (queue !== "output") {
      this.#input.flush();
      this.#input.flushedBy(number);
    }
    if (queue !== "input") this.#output.discard();
    const { seen } = this.#input;
    this.#output.mark(() => this.#send({ type: "flush", number, seen, queue }));
    return {};
  }

  #flow(argument: number): Reply {
    const action = FLOW_ACTIONS[argument];
    if (action === undefined) return { error: "EINVAL" };
    const number = this.#log.next();
    this.#output.mark(() => this.#send({ type: "flow", number, action }));
    if (action === "TCOOFF" || action === "TCOON") {
      this.#page.stopped = action === "TCOOFF";
      this.#page.wake();
    }
    // What starts the terminal again must not wait behind output that it stops.
    if (action === "TCOON") this.#send({ type: "restart" });
    return {};
  }

  #sendBreak(duration: number): Reply {
    const number = this.#log.next();
    const bounded = Math.min(Math.max(0, duration), MAX_BREAK_DURATION);
    this.#output.mark(() => this.#send({ type: "break", number, duration: bounded }));
    return {};
  }

  /** A reader without the interposer that asks again has had the end of file that woke it. */
  #takeEof({ argument, bypassing }: Request): boolean {
    const { inputPump } = this.#parts;
    if (bypassing) inputPump.signOfLife();
    return inputPump.takeEof(argument);
  }

  /** Opens /dev/tty. */
  #open(request: Request): Reply {
    if (!this.#mayOpen(request)) return { error: "ENXIO" };
    const { argument, process } = request;
    if (this.#page.exclusive && !isAdministrator(process)) return { error: "EBUSY" };
    const { O_RDONLY, O_WRONLY, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;
    const reads = argument === O_RDONLY;
    const path = this.#parts.directory.file(reads ? "input" : "output");
    return { descriptor: libc.open(path, (reads ? O_RDONLY : O_WRONLY) | O_NONBLOCK | O_CLOEXEC) };
  }

  /** Opens the state page for a program of another user, who may not open it by name. */
  #openPage(request: Request): Reply {
    if (!this.#mayOpen(request)) return { error: "ENXIO" };
    const { O_RDONLY, O_CLOEXEC } = PLATFORM.open;
    return { descriptor: libc.open(this.#parts.directory.file("page"), O_RDONLY | O_CLOEXEC) };
  }

  /** Tells the user, once. */
  #note(number: number): Reply {
    const text = this.#notes.get(number);
    this.#notes.delete(number);
    if (text !== undefined) this.#parts.onNotice(text);
    return {};
  }

  /** A process may open the terminal if it is of the session, or shows a descriptor of the terminal. */
  #mayOpen({ possesses, process }: Request): boolean {
    return possesses || this.#jobs.has(process);
  }
}
