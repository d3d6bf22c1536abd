// The part of a session that the user's terminal has: frames become calls of it, its events frames.

import { ProtocolError } from "../protocol/errors.ts";
import type { Frame, FrameOf } from "../protocol/frames.ts";
import type { TerminalState } from "../protocol/hello.ts";
import { MAX_BREAK_DURATION } from "../protocol/limits.ts";
import type { Trace } from "../protocol/trace.ts";
import { remembered } from "../tty/remembered.ts";
import type { Termios } from "../tty/termios.ts";
import { settlesWithin } from "./deadline.ts";
import { ESCAPE_HELP, type EscapeAction } from "./escape_keys.ts";
import type { SendWindow } from "./send_window.ts";
import { changeTermios, localTermios } from "./local_termios.ts";
import type { KeySignal } from "../tty/key_signals.ts";
import { HangupError, type Terminal } from "./terminal.ts";
import { TerminalInput } from "./terminal_input.ts";
import { TerminalOutput } from "./terminal_output.ts";
import { WindowSize } from "./window_size.ts";

/** Milliseconds between looks at whether a slow terminal has shown all. */
const DRAIN_INTERVAL = 10;

/** Milliseconds that the slave has to be told that we will be stopped: a transport that takes nothing must not keep us. */
const SUSPEND_GRACE = 200;

/** Frames that need a terminal, beside output. */
export type TerminalFrame = FrameOf<
  "termios" | "flush" | "flow" | "break" | "resize" | "restart" | "taken"
>;

/** Frames that stand in the order of changes. */
type ChangeFrame = Exclude<TerminalFrame, FrameOf<"restart"> | FrameOf<"taken">>;

/** What a {@linkcode TerminalSide} needs of its session. */
export interface SideOptions {
  readonly terminal: Terminal;
  readonly window: SendWindow;
  /** Bytes of output that may wait. */
  readonly outputLimit: number;
  readonly send: (frame: Frame) => void;
  /** Output was written, or a change applied. */
  readonly progress: () => void;
  readonly failed: (error: unknown) => void;
  /** The user has asked for an end. */
  readonly disconnect: () => void;
  /** The master is about to be stopped: settles when the slave has been told. */
  readonly beforeSuspend: () => Promise<void>;
  readonly trace: Trace | undefined;
}

/** The terminal's side of a session. */
export class TerminalSide {
  readonly #options: SideOptions;
  readonly #terminal: Terminal;
  readonly #found: Termios;
  /** What the terminal gets for what the programs have set. */
  readonly #local: (wanted: Termios) => Termios;
  readonly #output: TerminalOutput;
  readonly #input: TerminalInput;
  readonly #size: WindowSize;
  /** Settings as the programs have them, after all changes that came. */
  #wanted: Termios;
  #lastNumber = 0;
  #lastSeen = 0;
  #lastTermios = 0;
  /** Whether the terminal is ours, and whether a program has stopped its output (tcflow(3)). */
  #started = false;
  #stopped = false;
  #ending = false;
  #suspending = false;
  /** Whether the terminal was given back: what was begun before must not touch it. */
  #over = false;

  constructor(options: SideOptions) {
    const { terminal, window, outputLimit, failed } = options;
    this.#options = options;
    this.#terminal = terminal;
    this.#found = terminal.getTermios();
    this.#local = remembered((wanted) => localTermios(wanted, this.#found));
    this.#wanted = this.#found;
    this.#size = new WindowSize(terminal);
    this.#output = new TerminalOutput(terminal, outputLimit, {
      progress: options.progress,
      failed,
    });
    this.#input = new TerminalInput(terminal, window, {
      action: (action) => this.#act(action),
      signal: (name) => this.#makeSignal(name),
      failed,
      echo: (bytes) => this.#output.insert(bytes),
    });
  }

  /** For the hello. */
  get state(): TerminalState {
    return {
      termios: this.#found,
      winsize: this.#terminal.getWinsize(),
      outputIsTerminal: this.#terminal.outputIsTerminal,
    };
  }

  /** Offset up to which output was written. */
  get written(): number {
    return this.#output.written;
  }

  /** Whether no output waits. */
  get idle(): boolean {
    return this.#output.empty;
  }

  /** Number of the last change that was applied. */
  get change(): number {
    return this.#input.change;
  }

  /** Takes the terminal over. What came already is shown then. */
  async start(): Promise<void> {
    this.#output.hold();
    await this.#terminal.takeOver({
      readable: () => this.#input.readable(),
      writable: () => this.#output.pump(),
      signal: (name) => this.#signal(name),
      resized: () => this.#sendWinsize(),
      suspended: () => this.#act("suspend"),
    });
    this.#started = true;
    const local = this.#local(this.#found);
    this.#input.apply({
      number: 0,
      settings: { wanted: this.#found, local, seen: 0, until: Infinity },
    });
    this.#sendWinsize();
    this.#output.release(false);
    this.#input.start();
  }

  /** There is room in the input window, and the slave has received all before `received`. */
  roomy(received: number): void {
    this.#input.roomy(received);
    this.#options.progress();
  }

  /** Takes output that ends at the offset `end`. */
  takeOutput(bytes: Uint8Array, end: number): void {
    this.#output.push(bytes, end);
  }

  /** Takes any other frame that needs a terminal. */
  take(frame: TerminalFrame): void {
    if (frame.type === "restart") this.#restart();
    else if (frame.type === "taken") this.#takeTaken(frame);
    else this.#takeChange(frame);
  }

  /** Runs `then`, when all output so far was written and shown, with what is unshown all the same. */
  drain(then: (queue: number) => void): void {
    this.#output.then(async () => {
      while (!this.#ending && this.#terminal.outputQueue() > 0) {
        await new Promise((resolve) => setTimeout(resolve, DRAIN_INTERVAL));
      }
      then(this.#terminal.outputQueue());
    });
  }

  /** The program has ended: runs `then` when all output was written. What is typed from now on isn't its own. */
  finish(then: () => void): void {
    this.#ending = true;
    this.#input.stop();
    this.#output.then(then);
    // A program that ends with its output stopped would keep its own end from being told.
    if (this.#stopped) this.#restart();
    this.#output.releaseAll();
  }

  /** Gives the terminal back; where the session was `cut` the screen's modes are undone. */
  end(cut: boolean): void {
    this.#ending = true;
    this.#input.stop();
    this.#output.end();
    this.#over = true;
    try {
      this.#size.giveBack();
      // What is said of the end would wait for ever, and so would the user of a terminal left stopped.
      if (cut ? this.#started : this.#stopped) this.#restart();
      if (cut) this.#resetModes();
    } catch (error) {
      if (!(error instanceof HangupError)) throw error;
    } finally {
      this.#terminal.writing = false;
      this.#terminal.giveBack(this.#found);
    }
  }

  /** So that what is said of the end stands on a line of its own, on a screen as it was found. */
  #resetModes(): void {
    const reset = this.#output.modes.reset() + (this.#output.atLineStart ? "" : "\r\n");
    if (reset === "") return;
    this.#terminal.write(new TextEncoder().encode(reset));
  }

  /** Output goes on, also where ^S stopped it: Linux takes TCOON only for what TCOOFF stopped. */
  #restart(): void {
    this.#terminal.flow("TCOOFF");
    this.#terminal.flow("TCOON");
    this.#stopped = false;
  }

  #takeTaken({ offset, flushed }: FrameOf<"taken">): void {
    this.#options.window.taken(offset);
    this.#output.release(flushed);
  }

  #takeChange(frame: ChangeFrame): void {
    this.#checkPlace(frame);
    const change = this.#changeOf(frame);
    const apply = () => {
      if (this.#over) return;
      change();
      this.#options.trace?.("applied", { change: frame.number });
    };
    // It may read what was typed before it.
    this.#output.then(() => {
      const told = this.#input.signalsTold();
      return told === undefined ? apply() : told.then(apply);
    });
  }

  #checkPlace(frame: ChangeFrame): void {
    if (frame.number <= this.#lastNumber) {
      throw new ProtocolError(
        `Cannot take change ${frame.number}: it does not follow ${this.#lastNumber}`,
      );
    }
    this.#lastNumber = frame.number;
    if (frame.type === "break" && frame.duration > MAX_BREAK_DURATION) {
      throw new ProtocolError(
        `Cannot take change ${frame.number}: a break of ${frame.duration} ms is longer than ${MAX_BREAK_DURATION}`,
      );
    }
    if (!("seen" in frame)) return;
    if (frame.seen < this.#lastSeen || frame.seen > this.#options.window.offset) {
      throw new ProtocolError(
        `Cannot take change ${frame.number}: it has seen ${frame.seen} of input, ` +
          `which is not between ${this.#lastSeen} and ${this.#options.window.offset}`,
      );
    }
    this.#lastSeen = frame.seen;
    if (frame.type === "termios") this.#lastTermios = frame.number;
  }

  /** What a change does when its turn has come. */
  #changeOf(frame: ChangeFrame): () => void {
    const { number } = frame;
    if (frame.type === "termios") {
      const wanted = changeTermios(this.#wanted, frame.settings);
      this.#wanted = wanted;
      const local = this.#local(wanted);
      const { seen, flush } = frame;
      return () => {
        // What a later change has seen is that one's to answer for, if it has come already.
        const until = this.#lastTermios > number ? this.#lastSeen : Infinity;
        this.#input.apply({ number, settings: { wanted, local, seen, until }, flush });
      };
    }
    return () => {
      if (frame.type === "flush" && frame.queue !== "input") this.#terminal.flush("output");
      if (frame.type === "flow") this.#flow(frame.action);
      if (frame.type === "break") this.#terminal.sendBreak(frame.duration);
      if (frame.type === "resize") {
        const { rows, cols, xpixel, ypixel } = frame;
        this.#size.set({ rows, cols, xpixel, ypixel });
      }
      this.#input.apply({ number, flush: frame.type === "flush" && frame.queue !== "output" });
    };
  }

  #flow(action: FrameOf<"flow">["action"]): void {
    this.#terminal.flow(action);
    if (action === "TCOOFF" || action === "TCOON") this.#stopped = action === "TCOOFF";
  }

  /** A key's signal that we make in place of the kernel, with what else it does then (`isig` in n_tty). */
  #makeSignal(name: KeySignal): void {
    const { NOFLSH, IXON } = this.#wanted;
    if (!NOFLSH) this.#terminal.flush("output");
    if (IXON && !this.#stopped) this.#restart();
    this.#signal(name);
  }

  /** The slave decides what becomes of the output that is on its way: nothing is shown until then. */
  #signal(name: KeySignal): void {
    if (this.#ending) return this.#options.disconnect();
    if (this.#input.signal(name)) this.#output.hold();
  }

  #sendWinsize(): void {
    const { rows, cols, xpixel, ypixel } = this.#terminal.getWinsize();
    this.#options.send({ type: "winsize", rows, cols, xpixel, ypixel });
  }

  #act(action: EscapeAction): void {
    if (action === "disconnect") this.#options.disconnect();
    else if (action === "help") this.#output.say(`\r\n${ESCAPE_HELP}`);
    else if (!this.#suspending) this.#suspend().catch(this.#options.failed);
  }

  async #suspend(): Promise<void> {
    if (this.#terminal.suspend === undefined) {
      this.#output.say("\r\nrpty-master: there is no shell to return to\r\n");
      return;
    }
    this.#suspending = true;
    this.#input.stop();
    this.#output.hold();
    await settlesWithin(this.#options.beforeSuspend(), SUSPEND_GRACE);
    if (this.#over) return;
    const putBack = this.#size.giveBack();
    await this.#terminal.suspend(this.#found);
    this.#suspending = false;
    if (this.#over) return;
    putBack();
    this.#sendWinsize();
    this.#output.release(false);
    this.#input.start();
  }
}
