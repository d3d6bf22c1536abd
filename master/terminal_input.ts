// What is typed, as the terminal's line discipline gives it out.
//
//   read ──> line, eof, raw or partial ── escape keys taken out ──> input window ──> slave

import { remembered } from "../tty/remembered.ts";
import type { Termios } from "../tty/termios.ts";
import { type EscapeAction, EscapeKeys, type InputKind } from "./escape_keys.ts";
import type { InputWindow } from "./input_window.ts";
import { signalKeys } from "./signal_keys.ts";
import type { KeySignal, Terminal } from "./terminal.ts";
import { TypeAhead } from "./type_ahead.ts";

/** Bytes of one read: the kernels' lines and raw buffers hold no more. */
const READ_LENGTH = 4096;

/** Room without which no line is read: it could not be sent whole. One is for the character that ended it. */
const LINE_ROOM = READ_LENGTH + 1;

const NL = 0x0a;

/** A change of settings. */
export interface ChangedSettings {
  /** As the programs have them, and as the local terminal is to have them. */
  readonly wanted: Termios;
  readonly local: Termios;
  /** How much input the slave had received when it was made. */
  readonly seen: number;
  /** The same of the next change that has come already, or of none. */
  readonly until: number;
}

/** What a change does to input. */
export interface InputChange {
  readonly number: number;
  /** The settings that follow. */
  readonly settings?: ChangedSettings;
  /** Whether unread input is discarded. */
  readonly flush?: boolean;
}

/** How a terminal shows the keys that make signals, where they are the usual ones (ECHOCTL). */
const SIGNAL_ECHO = {
  SIGINT: new TextEncoder().encode("^C"),
  SIGQUIT: new TextEncoder().encode("^\\"),
  SIGTSTP: new TextEncoder().encode("^Z"),
};

/** The terminal's settings while we edit a line: keys come as they are, but for flow control. */
const untreated = remembered((termios: Termios): Termios => ({
  ...termios,
  ...{ ICANON: false, ECHO: false, ECHONL: false, IEXTEN: false },
  ...{ ICRNL: false, INLCR: false, IGNCR: false, IUCLC: false, ISTRIP: false },
}));

const withoutSignals = remembered((termios: Termios): Termios => ({ ...termios, ISIG: false }));

/** Reads a terminal. */
export class TerminalInput {
  readonly #terminal: Terminal;
  readonly #window: InputWindow;
  readonly #act: (action: EscapeAction) => void;
  readonly #onSignal: (name: KeySignal) => void;
  readonly #failed: (error: unknown) => void;
  readonly #echo: (bytes: Uint8Array) => void;
  readonly #ahead = new TypeAhead();
  readonly #keys = new EscapeKeys();
  readonly #buffer = new Uint8Array(READ_LENGTH);
  /** The settings in force at the terminal, and what it gets when it is in step. */
  #termios: Termios;
  #inStep: Termios;
  /** The keys that we make signals of, in place of the kernel. */
  #signalKeys: ReadonlyMap<number, KeySignal> = new Map();
  /** The settings that what is typed now counts as typed under, and their number. */
  #then: Termios;
  #change = 0;
  /** The last change that has come, though not yet in force for input while we edit a line. */
  #latest: { number: number; wanted: Termios };
  #running = false;
  #turning = false;

  constructor(
    terminal: Terminal,
    window: InputWindow,
    on: {
      action: (action: EscapeAction) => void;
      /** A key of a signal was read. */
      signal: (name: KeySignal) => void;
      failed: (error: unknown) => void;
      echo: (bytes: Uint8Array) => void;
    },
  ) {
    this.#terminal = terminal;
    this.#window = window;
    this.#act = on.action;
    this.#onSignal = on.signal;
    this.#failed = on.failed;
    this.#echo = on.echo;
    this.#termios = this.#inStep = this.#then = terminal.getTermios();
    this.#latest = { number: 0, wanted: this.#then };
  }

  /** Number of the last change that was applied. */
  get change(): number {
    return this.#change;
  }

  /** Begins to read, or goes on. */
  start(): void {
    this.#running = true;
    this.update();
  }

  /** Leaves what is typed from now on unread. */
  stop(): void {
    this.#running = false;
    this.update();
  }

  /** Looks again whether there is room for input. */
  update(): void {
    this.#terminal.reading = this.#mayRead;
  }

  get #mayRead(): boolean {
    const needed = this.#termios.ICANON ? LINE_ROOM : 1;
    return this.#running && this.#room >= needed;
  }

  /** A tilde that is held back needs room, too. */
  get #room(): number {
    return this.#window.room - (this.#keys.holding ? 1 : 0);
  }

  /** The terminal has something to be read. */
  readable(): void {
    if (this.#turning) return;
    try {
      const told = this.signalsTold();
      // Nothing is awaited without need: each turn would cost a paste time.
      if (told === undefined) this.#readOnce();
      else this.#readWhen(told).catch(this.#failed);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Sends a key's signal. Whether it did: it may have been meant for us, or one of too many. */
  signal(name: KeySignal): boolean {
    if (this.#keys.signal(name === "SIGTSTP")) {
      this.#act("suspend");
      return false;
    }
    this.#releaseTilde();
    const sent = this.#window.sendSignal(name, this.#change);
    if (sent && this.#ahead.editing) this.#interruptLine(name);
    return sent;
  }

  /** What the kernel would have done with the line that we edit for it. */
  #interruptLine(name: KeySignal): void {
    const { wanted } = this.#latest;
    if (wanted.ECHO && wanted.ECHOCTL) this.#echo(SIGNAL_ECHO[name]);
    if (wanted.NOFLSH) return;
    this.#ahead.flush();
    this.#settle();
  }

  /** What to wait for before a read: a signal's key may stand before what can be read, and its signal be on its way. */
  signalsTold(): Promise<void> | undefined {
    const fromKernel = this.#termios.ISIG && this.#signalKeys.size === 0;
    const needed = this.#running && fromKernel && this.#terminal.inputQueue() > 0;
    return needed ? this.#terminal.signalsTold?.() : undefined;
  }

  /** Puts a change in force. What was typed before it is sent as typed before it. */
  apply({ number, settings, flush = false }: InputChange): void {
    const before = this.#termios;
    const toggles = settings !== undefined && settings.local.ICANON !== before.ICANON;
    // Whether a key makes a signal is decided by the settings that it was typed under.
    if (toggles || flush || this.#signalKeys.size > 0) { while (this.#mayRead && this.#read()); }
    this.#latest = { number, wanted: settings?.wanted ?? this.#latest.wanted };
    if (settings !== undefined) this.#inStep = settings.local;
    // From raw to canonical it is to be known first who edits the line: not a key may go to the wrong one.
    if (settings !== undefined && (before.ICANON || flush)) this.#setTermios(this.#inStep);
    if (flush) this.#flush();
    else if (toggles && before.ICANON) this.#readLeft("partial");
    if (settings !== undefined) {
      const echo = this.#ahead.change(settings.wanted, settings.seen, settings.until, number);
      if (echo.length > 0) this.#echo(echo);
    }
    this.#settle();
    this.update();
  }

  /** The slave has received all input before `offset`. */
  received(offset: number): void {
    this.#ahead.received(offset);
  }

  /** The line that we edit is done with, or there is none: the kernel goes on. Or it must not, yet. */
  #settle(): void {
    if (this.#ahead.editing) {
      this.#setTermios(untreated(this.#inStep));
      return;
    }
    const wasRaw = !this.#termios.ICANON;
    const keys = this.#signalKeys;
    this.#setTermios(this.#inStep);
    // What came in between was not seen by the kernel's line discipline.
    if (wasRaw && this.#inStep.ICANON) this.#readLeft("raw", keys);
    if (this.#ahead.editing) return this.#settle();
    this.#change = this.#latest.number;
    this.#then = this.#latest.wanted;
  }

  #setTermios(termios: Termios): void {
    if (termios === this.#termios) return;
    this.#signalKeys = signalKeys(termios);
    this.#terminal.setTermios(
      this.#signalKeys.size === 0 ? termios : withoutSignals(termios),
    );
    this.#termios = termios;
  }

  #flush(): void {
    this.#terminal.flush("input");
    this.#ahead.flush();
  }

  /** What the old mode would not give out, or what came between the last read and the change. */
  #readLeft(kind: InputKind, keys = this.#signalKeys): void {
    const length = Math.min(this.#terminal.inputQueue(), this.#room);
    if (!this.#running || length <= 0) return;
    const taken = this.#terminal.read(this.#buffer.subarray(0, length)) ?? 0;
    const bytes = this.#buffer.slice(0, taken);
    const rest = kind === "partial" ? this.#takeLines(bytes) : bytes;
    if (rest.length > 0) this.#take(rest, kind, keys);
  }

  /** Lines that came between the last read and the change, which has made raw bytes of them. Gives the rest. */
  #takeLines(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    for (let end = rest.indexOf(NL) + 1; end > 0; end = rest.indexOf(NL) + 1) {
      this.#take(rest.slice(0, end), "line");
      rest = rest.slice(end);
      // What Linux makes of an end of file. (Without a line before it, it may as well be ^@, typed ahead.)
      while (rest[0] === 0) {
        this.#take(new Uint8Array(), "eof");
        rest = rest.slice(1);
      }
    }
    return rest;
  }

  async #readWhen(told: Promise<void>): Promise<void> {
    this.#turning = true;
    // Else the terminal would tell the same again and again until it is read.
    this.#terminal.reading = false;
    try {
      await told;
      this.#readOnce();
    } finally {
      this.#turning = false;
    }
  }

  #readOnce(): void {
    // The terminal may have been given back.
    if (!this.#running) return;
    if (this.#mayRead) this.#read();
    const outOfStep = this.#termios !== this.#inStep;
    if (outOfStep && !this.#ahead.editing && this.#terminal.inputQueue() === 0) this.#settle();
    this.update();
  }

  /** Whether there was something. */
  #read(): boolean {
    const canonical = this.#termios.ICANON;
    const buffer = canonical ? this.#buffer : this.#buffer.subarray(0, this.#room);
    const length = this.#terminal.read(buffer);
    if (length === undefined) return false;
    const bytes = buffer.slice(0, length);
    this.#take(bytes, canonical ? this.#lineKind(bytes) : "raw");
    return true;
  }

  #lineKind(line: Uint8Array): InputKind {
    const { VEOL, VEOL2 } = this.#termios;
    const last = line.at(-1);
    return last === NL || last !== undefined && (last === VEOL || last === VEOL2) ? "line" : "eof";
  }

  /** Takes what was read, and the signals in it. */
  #take(bytes: Uint8Array, kind: InputKind, keys = this.#signalKeys): void {
    const at = kind === "raw" ? bytes.findIndex((byte) => keys.has(byte)) : -1;
    if (at === -1) return this.#takeKeys(bytes, kind);
    // Nobody has read what came with it: as the kernel does, the key flushes that.
    if (at > 0 && this.#latest.wanted.NOFLSH) this.#takeKeys(bytes.subarray(0, at), kind);
    this.#onSignal(keys.get(bytes[at]) as KeySignal);
    if (at + 1 < bytes.length) this.#take(bytes.subarray(at + 1), kind, keys);
  }

  #takeKeys(bytes: Uint8Array, kind: InputKind): void {
    for (let rest: Uint8Array | undefined = bytes; rest !== undefined;) {
      const escaped = this.#keys.feed(rest, kind);
      const taken = escaped.action !== undefined || escaped.rest !== undefined ||
        this.#keys.holding;
      if (escaped.bytes.length > 0 || !taken) {
        this.#send(kind, escaped.bytes);
      }
      if (escaped.action !== undefined) this.#act(escaped.action);
      rest = escaped.rest?.length === 0 ? undefined : escaped.rest;
    }
  }

  #releaseTilde(): void {
    const tilde = this.#keys.release();
    if (tilde.length > 0) this.#send("raw", tilde);
  }

  #send(kind: InputKind, bytes: Uint8Array): void {
    const { offset } = this.#window;
    this.#window.sendInput(kind, bytes, this.#change);
    // Whole lines stay as they are: what a later change may make something else of is the rest.
    if (kind !== "raw" && kind !== "partial") return;
    const echo = this.#ahead.sent(offset, bytes, this.#then, this.#change);
    if (echo.length > 0) this.#echo(echo);
  }
}
