// The user's terminal in a session: frames become calls of the terminal, and its events become frames.

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

/** Milliseconds between looks whether a slow terminal has shown all output. */
const DRAIN_INTERVAL = 10;

/** Milliseconds to tell the slave that we will be stopped. A transport that takes nothing must not delay that. */
const SUSPEND_GRACE = 200;

/** Frames that need a terminal, other than output. */
export type TerminalFrame = FrameOf<
  "termios" | "flush" | "flow" | "break" | "resize" | "restart" | "taken"
>;

/** Frames that are numbered changes. */
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
  /** The user has asked to disconnect. */
  readonly disconnect: () => void;
  /** The master is about to be stopped. Settles when the slave has been told. */
  readonly beforeSuspend: () => Promise<void>;
  readonly trace: Trace | undefined;
}

/** The terminal's side of a session. */
export class TerminalSide {
  readonly #options: SideOptions;
  readonly #terminal: Terminal;
  readonly #found: Termios;
  /** Gives the terminal's settings for what programs have set. */
  readonly #local: (wanted: Termios) => Termios;
  readonly #output: TerminalOutput;
  readonly #input: TerminalInput;
  readonly #size: WindowSize;
  /** The settings that programs have set, after all changes that came. */
  #wanted: Termios;
  #lastNumber = 0;
  #lastSeen = 0;
  #lastTermios = 0;
  /** Whether we have the terminal, and whether a program has stopped its output (tcflow(3)). */
  #started = false;
  #stopped = false;
  #ending = false;
  #suspending = false;
  /** Whether the terminal was given back. What was begun before must not touch it. */
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

  /** Takes the terminal over. What came before is shown then. */
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

  /** Calls `then` when all output so far was written and shown, with the number of bytes that are still not shown. */
  drain(then: (queue: number) => void): void {
    this.#output.then(async () => {
      while (!this.#ending && this.#terminal.outputQueue() > 0) {
        await new Promise((resolve) => setTimeout(resolve, DRAIN_INTERVAL));
      }
      then(this.#terminal.outputQueue());
    });
  }

  /**
   * The program has ended: calls `then` when all output was written. What is typed from now on is not for the
   * program.
   */
  finish(then: () => void): void {
    this.#ending = true;
    this.#input.stop();
    this.#output.then(then);
    // If a program ends with its output stopped, its end could not be shown.
    if (this.#stopped) this.#restart();
    this.#output.releaseAll();
  }

  /** Gives the terminal back. If the session was `cut` the screen's modes are undone. */
  end(cut: boolean): void {
    this.#ending = true;
    this.#input.stop();
    this.#output.end();
    this.#over = true;
    try {
      this.#size.giveBack();
      // On a terminal that is left stopped our message would wait for ever, and so would the user.
      if (cut ? this.#started : this.#stopped) this.#restart();
      if (cut) this.#resetModes();
    } catch (error) {
      if (!(error instanceof HangupError)) throw error;
    } finally {
      this.#terminal.writing = false;
      this.#terminal.giveBack(this.#found);
    }
  }

  /** Puts the screen back, so that our message is on a line of its own. */
  #resetModes(): void {
    const reset = this.#output.modes.reset() + (this.#output.atLineStart ? "" : "\r\n");
    if (reset === "") return;
    this.#terminal.write(new TextEncoder().encode(reset));
  }

  /** Output goes on, also if ^S stopped it: on Linux TCOON restarts only what TCOOFF has stopped. */
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
    // A change may read what was typed before it, so the signals of those keys come first.
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

  /** Returns what a change does when it is its turn. */
  #changeOf(frame: ChangeFrame): () => void {
    const { number } = frame;
    if (frame.type === "termios") {
      const wanted = changeTermios(this.#wanted, frame.settings);
      this.#wanted = wanted;
      const local = this.#local(wanted);
      const { seen, flush } = frame;
      return () => {
        // Echo for what a later change has seen is that change's, if it has come already.
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

  /** Makes the signal of a key in place of the kernel, with the kernel's other effects (`isig` in n_tty). */
  #makeSignal(name: KeySignal): void {
    const { NOFLSH, IXON } = this.#wanted;
    if (!NOFLSH) this.#terminal.flush("output");
    if (IXON && !this.#stopped) this.#restart();
    this.#signal(name);
  }

  /** The slave decides whether the output on its way is dropped. Nothing is shown until then. */
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
