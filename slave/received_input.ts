// Input from the master: cooked under the settings of now, made signals, and given to the programs.
//
//   input ──> ReceiveWindow ──> InputCooker ──┬── pieces ──> InputPump ──> programs
//   signal ──────────────────────────────────┴── signals ──> foreground process group

import { type Frame, type FrameOf, inputLength } from "../protocol/frames.ts";
import { type KeySignal, SIGNAL_CHARACTERS } from "../tty/key_signals.ts";
import type { Termios } from "../tty/termios.ts";
import type { ChangeLog } from "./change_log.ts";
import { type CookedInput, InputCooker } from "./input_cooker.ts";
import { type InputPump, unitsOf } from "./input_pump.ts";
import type { JobControl } from "./job_control.ts";
import type { OutputPump } from "./output_pump.ts";
import type { ReceiveWindow } from "./receive_window.ts";

/** The parts of a terminal that its input goes through. */
export interface InputParts {
  readonly window: ReceiveWindow;
  readonly pump: InputPump;
  readonly output: OutputPump;
  readonly log: ChangeLog;
  readonly jobs: JobControl;
  readonly send: (frame: Frame) => void;
}

/** Takes the master's input and signals. */
export class ReceivedInput {
  readonly #window: ReceiveWindow;
  readonly #pump: InputPump;
  readonly #output: OutputPump;
  readonly #log: ChangeLog;
  readonly #jobs: JobControl;
  readonly #send: (frame: Frame) => void;
  readonly #cooker = new InputCooker();
  /** Number of the last change that flushed input: what was typed before it is dropped. */
  #flushedBy = 0;

  constructor({ window, pump, output, log, jobs, send }: InputParts) {
    this.#window = window;
    this.#pump = pump;
    this.#output = output;
    this.#log = log;
    this.#jobs = jobs;
    this.#send = send;
  }

  /** Units of input that have come. */
  get seen(): number {
    return this.#window.seen;
  }

  /** @throws {ProtocolError} if it does not follow what came before. */
  take(frame: FrameOf<"input">): void {
    this.#window.take(frame, this.#log.number);
    const length = inputLength(frame);
    if (frame.change < this.#flushedBy) return this.#dropFlushed(frame);
    if (this.#log.isInForce(frame.change) && frame.kind !== "keys") {
      return this.#push(this.#cooker.current(frame), length);
    }
    const then = this.#log.termiosAt(frame.change);
    this.#push(this.#cooker.late(frame, then, this.#log.termios), length);
  }

  /**
   * Takes a signal key. Where signals are off by now, it is a character like another.
   *
   * @throws {ProtocolError} if it does not follow what came before.
   */
  takeSignal(frame: FrameOf<"signal">): void {
    this.#window.take(frame, this.#log.number);
    const { termios } = this.#log;
    if (!termios.ISIG) return this.#takeSignalAsKey(frame, termios);
    if (!termios.NOFLSH) this.#cooker.flush();
    this.#raise(frame.signal, !termios.NOFLSH, () => {
      this.#send({ type: "taken", offset: frame.offset, flushed: !termios.NOFLSH });
    });
  }

  /** The settings have changed: a half-typed line may have become readable. */
  setTermios(termios: Termios): void {
    this.#push(this.#cooker.setTermios(termios), 0);
    this.#pump.canonical = termios.ICANON;
  }

  /** Drops all that no program has read. */
  flush(): void {
    this.#cooker.flush();
    this.#pump.flush();
  }

  /** The flush was part of the change of this number: input of a master that does not know of it is dropped, too. */
  flushedBy(change: number): void {
    this.#flushedBy = change;
  }

  #takeSignalAsKey(frame: FrameOf<"signal">, termios: Termios): void {
    const then = this.#log.termiosAt(frame.change);
    const bytes = Uint8Array.of(then[SIGNAL_CHARACTERS[frame.signal]]);
    this.#send({ type: "taken", offset: frame.offset, flushed: false });
    const key = { ...frame, type: "input", kind: "raw", bytes } as const;
    this.#push(this.#cooker.late(key, then, termios), 1);
  }

  /** Flushed input is still searched for signals, as the kernel does when it is typed. */
  #dropFlushed(frame: FrameOf<"input">): void {
    const then = this.#log.termiosAt(frame.change);
    const { signals } = new InputCooker().late(frame, then, this.#log.termios);
    for (const { signal, flush } of signals) this.#raise(signal, flush);
    this.#window.consumed(inputLength(frame) - signals.length);
  }

  /** Takes what came of `length` units of input. What editing took off them is consumed. */
  #push({ pieces, signals }: CookedInput, length: number): void {
    const units = pieces.reduce((sum, piece) => sum + unitsOf(piece), signals.length);
    for (const { signal, flush } of signals) this.#raise(signal, flush);
    // After the signals, which discard output: the echo of their characters must be seen.
    for (const piece of pieces) this.#pump.push(piece);
    if (length !== units) this.#window.consumed(length - units);
  }

  /**
   * Flushes, sends `taken` where the master waits for it, and signals. What a signal's handler then writes is not lost.
   */
  #raise(signal: KeySignal, flush: boolean, sendTaken?: () => void): void {
    const { end } = this.#output;
    if (flush) this.#pump.flush();
    sendTaken?.();
    this.#window.consumed(1);
    this.#jobs.signal(signal);
    // What was written before the signal, and no more. Had it been taken from the FIFO before, a program
    // that waits for room would have filled it again.
    if (flush) this.#output.discard(end, { onItsWay: sendTaken !== undefined });
  }
}
