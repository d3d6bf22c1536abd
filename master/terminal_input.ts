// Reads what is typed, as the terminal's line discipline gives it out.
//
//   read ──> line, eof, raw, partial or keys ── escape keys taken out ──> waiting ── window ──> slave
//
// While the window is full we still read for a while, because an escape key may come. Under settings that would keep
// escape keys from us the kernel passes keys untreated, and the slave's line discipline treats them.

import { type InputKind, inputLength } from "../protocol/frames.ts";
import { MAX_KEYS_AHEAD } from "../protocol/limits.ts";
import { NO_BYTES } from "../tty/bytes.ts";
import { NEWLINE } from "../tty/characters.ts";
import type { KeySignal } from "../tty/key_signals.ts";
import { LineDiscipline } from "../tty/line_discipline.ts";
import { remembered } from "../tty/remembered.ts";
import type { Termios } from "../tty/termios.ts";
import { type EscapeAction, EscapeKeys } from "./escape_keys.ts";
import {
  keysOnly,
  suspendKey,
  takesEscapes,
  untreated,
  withSuspendKey,
} from "./escape_settings.ts";
import type { SendWindow } from "./send_window.ts";
import { signalKeys } from "./signal_keys.ts";
import type { Terminal } from "./terminal.ts";
import { TypeAheadReplay } from "./type_ahead_replay.ts";

/** Bytes of one read: the kernel's lines and raw buffers hold no more. */
const READ_LENGTH = 4096;

/** A change of settings. */
export interface ChangedSettings {
  /** As the programs have set them, and as the local terminal is to have them. */
  readonly wanted: Termios;
  readonly local: Termios;
  /** How much input the slave had received when the change was made. */
  readonly seen: number;
  /** The same for the next change, if that has come already; else Infinity. */
  readonly until: number;
}

/** What a change does to input. */
export interface InputChange {
  readonly number: number;
  /** The new settings, if they change. */
  readonly settings?: ChangedSettings;
  /** Whether unread input is discarded. */
  readonly flush?: boolean;
}

/** How a terminal shows the usual keys that make signals (ECHOCTL). */
const SIGNAL_ECHO = {
  SIGINT: new TextEncoder().encode("^C"),
  SIGQUIT: new TextEncoder().encode("^\\"),
  SIGTSTP: new TextEncoder().encode("^Z"),
};

/** Input for which the window has no room. */
interface Waiting {
  readonly kind: InputKind;
  readonly bytes: Uint8Array;
  /** The settings under which it was typed, and the number of the last change then. */
  readonly then: Termios;
  readonly change: number;
}

/** What keys show goes through the terminal, which does the processing. */
const withoutProcessing = remembered((termios: Termios): Termios => ({ ...termios, OPOST: false }));

const withoutSignals = remembered((termios: Termios): Termios => ({ ...termios, ISIG: false }));

/** Reads a terminal, and sends input to the slave. */
export class TerminalInput {
  readonly #terminal: Terminal;
  readonly #window: SendWindow;
  readonly #act: (action: EscapeAction) => void;
  readonly #onSignal: (name: KeySignal) => void;
  readonly #failed: (error: unknown) => void;
  readonly #echo: (bytes: Uint8Array) => void;
  readonly #ahead = new TypeAheadReplay();
  readonly #keys = new EscapeKeys();
  readonly #buffer = new Uint8Array(READ_LENGTH);
  /** The settings in force at the terminal, and the settings for it when we edit no line. */
  #termios: Termios;
  #inStep: Termios;
  /** The keys of which we make signals in place of the kernel. */
  #signalKeys: ReadonlyMap<number, KeySignal> = new Map();
  /** The settings under which input counts as typed now, and their number. */
  #then: Termios;
  #change = 0;
  /** The last change that has come. While we edit a line it is not yet in force for input. */
  #latest: { number: number; wanted: Termios };
  /** Input for which the window has no room, in order, and how many units it is. */
  #waiting: Waiting[] = [];
  #waitingUnits = 0;
  /** What keys show on the screen, while the slave's line discipline treats them. */
  #shownKeys: LineDiscipline | undefined;
  #running = false;
  #turning = false;

  constructor(
    terminal: Terminal,
    window: SendWindow,
    on: {
      action: (action: EscapeAction) => void;
      /** The key of a signal was read. */
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

  /** Number of the last change that was applied, and that all input from now on knows of. */
  get change(): number {
    return this.#waiting[0]?.change ?? this.#change;
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

  /** Looks again whether input is to be read. */
  update(): void {
    this.#terminal.reading = this.#mayRead;
  }

  get #mayRead(): boolean {
    return this.#running && this.#waitingUnits < MAX_KEYS_AHEAD;
  }

  /** Whether the kernel gives out lines. */
  get #canonical(): boolean {
    return this.#termios.ICANON && this.#shownKeys === undefined;
  }

  /** The terminal can be read. */
  readable(): void {
    if (this.#turning) return;
    try {
      const told = this.signalsTold();
      // Awaits nothing without need: during a paste each turn costs time.
      if (told === undefined) this.#readOnce();
      else this.#readWhen(told).catch(this.#failed);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Sends the signal of a key. False if it was meant for us, or was one too many. */
  signal(name: KeySignal): boolean {
    if (this.#keys.signal(name === "SIGTSTP")) {
      this.#act("suspend");
      return false;
    }
    this.#releaseTilde();
    // The terminal has discarded what was not read. What waits here counts as unread.
    if (!this.#latest.wanted.NOFLSH) this.#dropWaiting();
    const sent = this.#window.sendSignal(name, this.#change);
    if (sent && this.#ahead.editing) this.#interruptLine(name);
    return sent;
  }

  /** Does with the line that we edit what the kernel would have done. */
  #interruptLine(name: KeySignal): void {
    const { wanted } = this.#latest;
    if (wanted.ECHO && wanted.ECHOCTL) this.#echo(SIGNAL_ECHO[name]);
    if (wanted.NOFLSH) return;
    this.#ahead.flush();
    this.#settle();
  }

  /** What to wait for before a read: the signal of a key that was typed before the input may still be on its way. */
  signalsTold(): Promise<void> | undefined {
    const fromKernel = this.#termios.ISIG && this.#signalKeys.size === 0 && !this.#shownKeys;
    const needed = this.#running && fromKernel && this.#terminal.inputQueue() > 0;
    return needed ? this.#terminal.signalsTold?.() : undefined;
  }

  /** Puts a change in force. What was typed before it is sent as typed before it. */
  apply({ number, settings, flush = false }: InputChange): void {
    const wasCanonical = this.#canonical;
    const suspends = suspendKey(this.#termios);
    const toggles = settings !== undefined && givesLines(settings.local) !== wasCanonical;
    // The settings under which a key was typed decide what it becomes.
    const makesKeys = !wasCanonical && (this.#keySignals.size > 0 || this.#shownKeys !== undefined);
    if (toggles || flush || makesKeys) { while (this.#mayRead && this.#read()); }
    this.#latest = { number, wanted: settings?.wanted ?? this.#latest.wanted };
    if (settings !== undefined) this.#inStep = settings.local;
    // From raw to canonical we decide first who edits the line, so that no key goes to the wrong one.
    if (settings !== undefined && (wasCanonical || flush)) this.#setTermios(this.#inStep);
    if (flush) this.#flush();
    else if (toggles && wasCanonical) this.#readHalfTyped(suspends);
    if (settings !== undefined) {
      const echo = this.#ahead.change(settings.wanted, settings.seen, settings.until, number);
      if (echo.length > 0) this.#echo(echo);
    }
    this.#settle();
    this.update();
  }

  /** There is room in the window, and the slave has received all input before `received`. */
  roomy(received: number): void {
    this.#ahead.received(received);
    this.#sendWaiting();
    this.update();
  }

  /** If we edit no line any more, the kernel goes on with the new settings. If we do, it must not yet. */
  #settle(): void {
    if (takesEscapes(this.#inStep)) this.#ahead.flush();
    if (this.#ahead.editing) {
      this.#setTermios(untreated(this.#inStep));
      return;
    }
    const wasRaw = !this.#canonical;
    const keys = this.#keySignals;
    this.#setTermios(this.#inStep);
    // The kernel's line discipline has not seen what came in between.
    const left = wasRaw && this.#canonical ? this.#readLeft() : NO_BYTES;
    if (left.length > 0) this.#take(left, "raw", keys);
    if (this.#ahead.editing) return this.#settle();
    this.#change = this.#latest.number;
    this.#then = this.#latest.wanted;
  }

  #setTermios(termios: Termios): void {
    if (termios === this.#termios) return;
    const slaveTreats = takesEscapes(termios);
    this.#signalKeys = slaveTreats ? new Map() : signalKeys(termios);
    this.#shownKeys = slaveTreats
      ? new LineDiscipline(withoutProcessing(this.#latest.wanted))
      : undefined;
    this.#terminal.setTermios(this.#kernelSettings(termios));
    this.#termios = termios;
  }

  #kernelSettings(termios: Termios): Termios {
    if (this.#shownKeys !== undefined) return keysOnly(termios);
    if (this.#signalKeys.size > 0) return withoutSignals(termios);
    return suspendKey(termios) === undefined ? termios : withSuspendKey(termios);
  }

  #flush(): void {
    this.#terminal.flush("input");
    this.#dropWaiting();
    this.#ahead.flush();
  }

  /** Reads what the old mode did not give out, or what came between the last read and the change. */
  #readLeft(): Uint8Array {
    if (!this.#running || this.#terminal.inputQueue() <= 0) return NO_BYTES;
    const length = this.#terminal.read(this.#buffer) ?? 0;
    return this.#buffer.slice(0, length);
  }

  /**
   * Takes the line that ICANON's end gives out, and lines that it turned into raw bytes. `suspends` ended lines, too.
   */
  #readHalfTyped(suspends: number | undefined): void {
    const bytes = this.#readLeft();
    const signal = suspends === undefined ? -1 : bytes.lastIndexOf(suspends);
    if (signal !== -1) this.#takeSuspendLine(bytes.subarray(0, signal));
    const rest = this.#takeLines(bytes.subarray(signal + 1));
    if (rest.length > 0) this.#take(rest, "partial");
  }

  /**
   * Takes lines that came between the last read and the change, which turned them into raw bytes. Returns the rest.
   */
  #takeLines(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    for (let end = rest.indexOf(NEWLINE) + 1; end > 0; end = rest.indexOf(NEWLINE) + 1) {
      this.#take(rest.slice(0, end), "line");
      rest = rest.slice(end);
      // Linux turns an end of file into this. (Without a line before it, it may also be a ^@ that was typed ahead.)
      while (rest[0] === 0) {
        this.#take(new Uint8Array(), "eof");
        rest = rest.slice(1);
      }
    }
    return rest;
  }

  async #readWhen(told: Promise<void>): Promise<void> {
    this.#turning = true;
    // Else the terminal would call again and again until it is read.
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

  /** Whether there was something to read. */
  #read(): boolean {
    const length = this.#terminal.read(this.#buffer);
    if (length === undefined) return false;
    const bytes = this.#buffer.slice(0, length);
    if (this.#shownKeys !== undefined) this.#take(bytes, "keys");
    else if (!this.#termios.ICANON) this.#take(bytes, "raw");
    else if (length > 0 && bytes[length - 1] === suspendKey(this.#termios)) {
      this.#takeSuspendLine(bytes.subarray(0, -1));
    } else this.#take(bytes, this.#lineKind(bytes));
    return true;
  }

  /** The key that ended the line makes a signal, which discards the line. */
  #takeSuspendLine(line: Uint8Array): void {
    if (this.#keys.signalBehind(line, true)) this.#act("suspend");
    else this.#onSignal("SIGTSTP");
  }

  #lineKind(line: Uint8Array): InputKind {
    const { VEOL, VEOL2 } = this.#termios;
    const last = line.at(-1);
    return last === NEWLINE || last !== undefined && (last === VEOL || last === VEOL2)
      ? "line"
      : "eof";
  }

  /** The keys among raw ones that make signals here. */
  get #keySignals(): ReadonlyMap<number, KeySignal> {
    const suspends = suspendKey(this.#termios);
    return suspends === undefined ? this.#signalKeys : new Map([[suspends, "SIGTSTP"]]);
  }

  /** Takes what was read, and the signals in it. */
  #take(bytes: Uint8Array, kind: InputKind, keys = this.#keySignals): void {
    const at = kind === "raw" ? bytes.findIndex((byte) => keys.has(byte)) : -1;
    if (at === -1) return this.#takeKeys(bytes, kind);
    // Nobody has read what came before the key, so the key flushes it, as in the kernel. Escape keys still work.
    if (at > 0) this.#takeKeys(bytes.subarray(0, at), kind, { send: this.#latest.wanted.NOFLSH });
    const signal = keys.get(bytes[at]) as KeySignal;
    if (this.#keys.holding && signal === "SIGTSTP") this.signal(signal);
    else this.#onSignal(signal);
    if (at + 1 < bytes.length) this.#take(bytes.subarray(at + 1), kind, keys);
  }

  #takeKeys(bytes: Uint8Array, kind: InputKind, { send = true } = {}): void {
    for (let rest: Uint8Array | undefined = bytes; rest !== undefined;) {
      const escaped = this.#keys.feed(rest, kind);
      const taken = escaped.action !== undefined || escaped.rest !== undefined ||
        this.#keys.holding;
      if (send && (escaped.bytes.length > 0 || !taken)) this.#send(kind, escaped.bytes);
      if (escaped.action !== undefined) this.#act(escaped.action);
      rest = escaped.rest?.length === 0 ? undefined : escaped.rest;
    }
  }

  #releaseTilde(): void {
    const tilde = this.#keys.release();
    if (tilde.length > 0) this.#send(this.#shownKeys === undefined ? "raw" : "keys", tilde);
  }

  #send(kind: InputKind, bytes: Uint8Array): void {
    this.#waiting.push({ kind, bytes, then: this.#then, change: this.#change });
    this.#waitingUnits += inputLength({ kind, bytes });
    if (kind === "keys") this.#show(this.#shownKeys?.receive(bytes).echo);
    this.#sendWaiting();
  }

  /** Sends what there is room for: a line only as a whole, other bytes also in part. */
  #sendWaiting(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const { kind, bytes } = first;
      const { room } = this.#window;
      if (inputLength(first) <= room) {
        this.#waiting.shift();
        this.#sendNow(first);
      } else if (kind !== "line" && kind !== "eof" && room > 0) {
        this.#waiting[0] = { ...first, bytes: bytes.subarray(room) };
        this.#sendNow({ ...first, bytes: bytes.subarray(0, room) });
      } else return;
    }
  }

  #sendNow({ kind, bytes, then, change }: Waiting): void {
    const { offset } = this.#window;
    this.#waitingUnits -= inputLength({ kind, bytes });
    this.#window.sendInput(kind, bytes, change);
    // Whole lines stay as they are. A later change may turn the rest into something else.
    if (kind === "raw" || kind === "partial") {
      this.#show(this.#ahead.sent(offset, bytes, then, change));
    }
  }

  #dropWaiting(): void {
    this.#waiting = [];
    this.#waitingUnits = 0;
  }

  #show(echo: Uint8Array = NO_BYTES): void {
    if (echo.length > 0) this.#echo(echo);
  }
}

/** Whether a terminal under these settings gives out lines. */
function givesLines(local: Termios): boolean {
  return local.ICANON && !takesEscapes(local);
}
