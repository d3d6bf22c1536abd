// The terminal as the programs here have it: state, input, output, job control.
//
//   master ── keys ──> type-ahead ──> InputQueue ──> FIFO ──> programs
//          <── output, and changes in their place ── OutputPump <── FIFO <── programs
//                          requests ──> ControlSocket ──> StatePage ──> every program

import { ProtocolError } from "../protocol/errors.ts";
import {
  FLOW_ACTIONS,
  FLUSH_QUEUES,
  type Frame,
  type FrameOf,
  inputLength,
} from "../protocol/frames.ts";
import type { TerminalState } from "../protocol/hello.ts";
import { MAX_BREAK_DURATION } from "../protocol/limits.ts";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Poller } from "../sys/poller.ts";
import type { Termios } from "../tty/termios.ts";
import type { Winsize } from "../tty/winsize.ts";
import { ChangeLog } from "./change_log.ts";
import { ControlSocket, type LateReply, type Reply, type Request } from "./control_socket.ts";
import { InputQueue, unitsOf } from "./input_pump.ts";
import { InputWindow } from "./receive_window.ts";
import { JobControl } from "./job_control.ts";
import { OutputPump } from "./output_pump.ts";
import { groupReadsPipe, isAdministrator, namespaceOf } from "./processes.ts";
import type { RuntimeDirectory } from "./runtime_directory.ts";
import type { SessionStreams } from "./command_session.ts";
import { NOTE } from "./page_layout.ts";
import { type FileIdentity, StatePage } from "./state_page.ts";
import { type CookedInput, TypeAhead } from "./input_cooker.ts";

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

/** What programs tell of themselves. */
const NOTES: ReadonlyMap<number, string> = new Map([
  [
    NOTE.STDIO,
    "a sandbox keeps rpty from what the C library of a program reads and writes by itself: there job control, ends " +
    "of file and streams for both ways are those of a pipe",
  ],
]);

/** One terminal of the far side's. */
export class RemoteTerminal implements SessionStreams {
  readonly #send: (frame: Frame) => void;
  readonly #page: StatePage;
  readonly #jobs: JobControl;
  readonly #window: InputWindow;
  readonly #input: InputQueue;
  readonly #output: OutputPump;
  readonly #control: ControlSocket;
  readonly #log: ChangeLog;
  readonly #typeAhead = new TypeAhead();
  readonly #directory: RuntimeDirectory;
  readonly #onNotice: (text: string) => void;
  /** Notes that nobody has told yet. */
  readonly #notes = new Map(NOTES);
  readonly #drains = new Map<number, (reply: Reply) => void>();
  #drainIds = 0;
  /** The drains that wait where the output ends now, if that was so when they came. */
  #drainMark: { readonly position: number; readonly ids: Set<number> } | undefined;
  #hungUp = false;
  #winsize: Winsize;
  /** Number of the last change that flushed input: what was typed before it is dropped. */
  #flushedBy = 0;

  constructor({ poller, directory, state, outputLimit, send, onNotice }: TerminalOptions) {
    this.#send = send;
    this.#onNotice = onNotice;
    this.#directory = directory;
    this.#winsize = state.winsize;
    this.#log = new ChangeLog(state.termios);
    const identity = {
      input: identify(directory.file("input")),
      output: identify(directory.file("output")),
    };
    this.#page = new StatePage(directory.file("page"), {
      ...identity,
      name: `/dev/rpty/${Deno.pid}`,
      minor: FIRST_MINOR + Deno.pid % FIRST_MINOR,
      userNamespace: namespaceOf("self", "user"),
    });
    this.#jobs = new JobControl(this.#page);
    this.#window = new InputWindow(send);
    this.#page.termios = state.termios;
    this.#page.winsize = state.winsize;
    this.#input = new InputQueue(poller, directory.file("input"), {
      changed: (held, eof, wake) => this.#showInput(held, eof, wake),
      isReadDirectly: () => groupReadsPipe(this.#jobs.foreground),
      consumed: (units) => this.#window.consumed(units),
    });
    this.#input.canonical = state.termios.ICANON;
    // Before the output: a program waits for its answer, and not for its output to be sent.
    const files = [identity.input, identity.output];
    this.#control = new ControlSocket(poller, directory.control, files, (request) => {
      return this.#answer(request);
    });
    this.#output = new OutputPump(
      poller,
      directory.file("output"),
      outputLimit,
      (offset, bytes) => send({ type: "output", offset, bytes }),
    );
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
   * The link is gone: what the kernel does when a terminal is hung up. Output goes nowhere from now on.
   * The signals come first: a shell that saw the end of its input before would leave its jobs alone.
   */
  hangUp(): void {
    this.#jobs.hangUp();
    this.#page.hangUp();
    this.#input.end();
    this.#output.abandon();
    // Who waits for the user to have seen it would wait for ever, and we for who waits.
    this.#hungUp = true;
    for (const reply of this.#drains.values()) reply({ error: "EIO" });
    this.#drains.clear();
  }

  close(): void {
    this.#control.close();
    this.#input.close();
    this.#output.close();
  }

  /**
   * Takes a frame of the master's.
   *
   * @throws {ProtocolError} if it can't be at this point.
   */
  take(frame: FrameOf<"input" | "signal" | "winsize" | "ack" | "drained">): void {
    if (frame.type === "input") this.#takeInput(frame);
    else if (frame.type === "signal") this.#takeSignal(frame);
    else if (frame.type === "winsize") this.#takeWinsize(frame);
    else if (frame.type === "ack") this.#takeAck(frame);
    else this.#takeDrained(frame);
  }

  #takeInput(frame: FrameOf<"input">): void {
    this.#window.take(frame, this.#log.number);
    const length = inputLength(frame);
    if (frame.change < this.#flushedBy) return this.#dropFlushed(frame);
    if (this.#log.isInForce(frame.change) && frame.kind !== "keys") {
      return this.#push(this.#typeAhead.current(frame), length);
    }
    const then = this.#log.termiosAt(frame.change);
    this.#push(this.#typeAhead.late(frame, then, this.#log.termios), length);
  }

  /** What a flush takes is still looked through for signals, as the kernel did when it was typed. */
  #dropFlushed(frame: FrameOf<"input">): void {
    const then = this.#log.termiosAt(frame.change);
    const { signals } = new TypeAhead().late(frame, then, this.#log.termios);
    for (const { signal, flush } of signals) this.#raise(signal, flush);
    this.#window.consumed(inputLength(frame) - signals.length);
  }

  /** Takes what came of `length` units of input. What editing took off them is consumed. */
  #push({ pieces, signals }: CookedInput, length: number): void {
    const units = pieces.reduce((sum, piece) => sum + unitsOf(piece), signals.length);
    for (const { signal, flush } of signals) this.#raise(signal, flush);
    // After the signals, which discard output: their characters' echo is to be seen.
    for (const piece of pieces) this.#input.push(piece);
    if (length !== units) this.#window.consumed(length - units);
  }

  /** A signal key. Where signals are off by now, it is a character like another. */
  #takeSignal(frame: FrameOf<"signal">): void {
    this.#window.take(frame, this.#log.number);
    const { termios } = this.#log;
    if (!termios.ISIG) {
      const then = this.#log.termiosAt(frame.change);
      const bytes = Uint8Array.of(then[SIGNAL_CHARACTERS[frame.signal]]);
      this.#send({ type: "taken", offset: frame.offset, flushed: false });
      this.#push(
        this.#typeAhead.late({ ...frame, type: "input", kind: "raw", bytes }, then, termios),
        1,
      );
      return;
    }
    if (!termios.NOFLSH) this.#typeAhead.flush();
    this.#raise(frame.signal, !termios.NOFLSH, () => {
      this.#send({ type: "taken", offset: frame.offset, flushed: !termios.NOFLSH });
    });
  }

  /** Flushes, tells the master where `tell` is given, and signals. What a handler then writes is not lost. */
  #raise(signal: FrameOf<"signal">["signal"], flush: boolean, tell?: () => void): void {
    const { end } = this.#output;
    if (flush) this.#input.flush();
    tell?.();
    this.#window.consumed(1);
    this.#jobs.signal(signal);
    // What was written before the signal, and no more. Had it been taken from the FIFO before, a program
    // that waits for room would have filled it again.
    if (flush) this.#output.discard(end, { onItsWay: tell !== undefined });
  }

  #takeWinsize({ rows, cols, xpixel, ypixel }: FrameOf<"winsize">): void {
    this.#setWinsize({ rows, cols, xpixel, ypixel });
  }

  #takeAck({ output, change }: FrameOf<"ack">): void {
    if (!this.#output.acknowledge(output)) {
      throw new ProtocolError(`Cannot take ack: output ${output} was never sent`);
    }
    if (!this.#log.acknowledge(change)) {
      throw new ProtocolError(`Cannot take ack: there is no change ${change}`);
    }
  }

  #takeDrained({ id }: FrameOf<"drained">): void {
    this.#drains.get(id)?.({});
    this.#drains.delete(id);
  }

  #showInput(held: number, eof: number, wake: boolean): void {
    this.#page.held = held;
    this.#page.eof = eof;
    if (wake) this.#page.wake();
  }

  #flushInput(): void {
    this.#typeAhead.flush();
    this.#input.flush();
  }

  #setWinsize(winsize: Winsize): boolean {
    const { rows, cols, xpixel, ypixel } = this.#winsize;
    if (
      rows === winsize.rows && cols === winsize.cols &&
      xpixel === winsize.xpixel && ypixel === winsize.ypixel
    ) return false;
    this.#winsize = winsize;
    this.#page.winsize = winsize;
    this.#jobs.signal("SIGWINCH");
    return true;
  }

  #answer(request: Request): Reply | LateReply {
    switch (request.operation) {
      case "GET_STATE":
        return { value: this.#jobs.foreground, winsize: this.#winsize, termios: this.#log.termios };
      case "SET_TERMIOS":
        return this.#changeTermios(request);
      case "SET_WINSIZE":
        return this.#changeWinsize(request.winsize);
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
        return this.#drain();
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

  /** tcsetattr's action that also flushes input (TCSAFLUSH). */
  #changeTermios({ settings, argument }: Request): Reply {
    const before = this.#log.termios;
    const termios = settings(before);
    const flush = argument === PLATFORM.tcsetattr.TCSAFLUSH;
    if (flush) this.#flushInput();
    const position = this.#output.end;
    // Else ^S typed ahead of a program that takes it as a key would stop the change that says so.
    const restarts = before.IXON && !termios.IXON && this.#output.queued > 0;
    this.#page.termios = termios;
    this.#push(this.#typeAhead.setTermios(termios), 0);
    this.#input.canonical = termios.ICANON;
    this.#page.wake();
    return {
      after: () => {
        this.#sendTermios(termios, flush, position);
        if (restarts) this.#send({ type: "restart" });
      },
    };
  }

  /** A change of settings, made where the output ended at `position`, goes its way to the master. */
  #sendTermios(termios: Termios, flush: boolean, position: number): void {
    const { seen } = this.#window;
    const frame = this.#log.changeTermios(termios, { flush, seen, position });
    if (flush) this.#flushedBy = this.#log.number;
    if (frame !== undefined) this.#output.mark(() => this.#send(frame()), position);
  }

  #changeWinsize(winsize: Winsize): Reply {
    if (this.#setWinsize(winsize)) {
      const number = this.#log.next();
      this.#output.mark(() => this.#send({ type: "resize", number, ...winsize }));
    }
    return {};
  }

  #changeForeground(request: Request): Reply {
    const reply = this.#jobs.changeForeground(request);
    // The shell is back: whoever had the terminal has had the end of file that it was shown.
    const isBack = reply.error === undefined && request.argument === this.#jobs.session;
    if (isBack) this.#input.signOfLife();
    return reply;
  }

  #flush(argument: number): Reply {
    const queue = FLUSH_QUEUES[argument];
    if (queue === undefined) return { error: "EINVAL" };
    const number = this.#log.next();
    if (queue !== "output") {
      this.#flushInput();
      this.#flushedBy = number;
    }
    if (queue !== "input") this.#output.discard();
    const { seen } = this.#window;
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
    // What would start the terminal again must not wait behind output that it stops.
    if (action === "TCOON") this.#send({ type: "restart" });
    return {};
  }

  #sendBreak(duration: number): Reply {
    const number = this.#log.next();
    const bounded = Math.min(Math.max(0, duration), MAX_BREAK_DURATION);
    this.#output.mark(() => this.#send({ type: "break", number, duration: bounded }));
    return {};
  }

  #drain(): Reply | LateReply {
    if (this.#hungUp) return { error: "EIO" };
    const id = ++this.#drainIds;
    const reply = new Promise<Reply>((resolve) => this.#drains.set(id, resolve));
    const ids = this.#markDrain(id);
    const abandon = () => {
      ids.delete(id);
      this.#drains.delete(id);
    };
    return { reply, abandon };
  }

  /**
   * Sends the drain in its place. Those of the same output share one: while it is stopped, programs may ask and give up
   * without end. Gives all who do.
   */
  #markDrain(id: number): Set<number> {
    const position = this.#output.end;
    if (this.#drainMark?.position === position) return this.#drainMark.ids.add(id);
    const mark = this.#drainMark = { position, ids: new Set([id]) };
    this.#output.mark(() => {
      if (this.#drainMark === mark) this.#drainMark = undefined;
      for (const one of mark.ids) this.#send({ type: "drain", id: one });
    }, position);
    return mark.ids;
  }

  /** A reader without the interposer that comes again has had the end of file that it was woken by. */
  #takeEof({ argument, bypassing }: Request): boolean {
    if (bypassing) this.#input.signOfLife();
    return this.#input.takeEof(argument);
  }

  /** /dev/tty by name. */
  #open(request: Request): Reply {
    if (!this.#mayOpen(request)) return { error: "ENXIO" };
    const { argument, process } = request;
    if (this.#page.exclusive && !isAdministrator(process)) return { error: "EBUSY" };
    const { O_RDONLY, O_WRONLY, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;
    const reads = argument === O_RDONLY;
    const path = this.#directory.file(reads ? "input" : "output");
    return { descriptor: libc.open(path, (reads ? O_RDONLY : O_WRONLY) | O_NONBLOCK | O_CLOEXEC) };
  }

  /** The state page, for a program of another user, who may not open it by name. */
  #openPage(request: Request): Reply {
    if (!this.#mayOpen(request)) return { error: "ENXIO" };
    const { O_RDONLY, O_CLOEXEC } = PLATFORM.open;
    return { descriptor: libc.open(this.#directory.file("page"), O_RDONLY | O_CLOEXEC) };
  }

  /** Tells it once. */
  #note(number: number): Reply {
    const text = this.#notes.get(number);
    this.#notes.delete(number);
    if (text !== undefined) this.#onNotice(text);
    return {};
  }

  /** Needs the session, or possession. */
  #mayOpen({ possesses, process }: Request): boolean {
    return possesses || this.#jobs.has(process);
  }
}

/** The character that makes each signal. */
const SIGNAL_CHARACTERS = { SIGINT: "VINTR", SIGQUIT: "VQUIT", SIGTSTP: "VSUSP" } as const;

function identify(path: string): FileIdentity {
  const { O_RDONLY, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;
  const fd = libc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const { dev, ino } = libc.fstat(fd);
  libc.close(fd);
  return { dev, ino };
}
