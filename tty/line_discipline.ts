// The line discipline: what Linux's n_tty makes of keys, as a pure function of bytes and settings.
//
//                ┌──────────────────────── LineDiscipline ───────────────────────┐
//   keys ──────> │ strip, lower case ─> flow ─> signal ─> CR/NL ─> edit the line │ ──> pieces
//   (receive)    │                       │        │                  │           │    (queue)
//   settings ──> │                       └────────┴── echo ──────────┘           │
//   (setTermios) └────────────────────────────────┬──────────────────────────────┘
//                       flow, signals <───────────┴──────> echo (to the screen)
//
// Both sides of rpty run it over the same bytes and the same changes, so nothing here may depend on time, or on how
// the bytes are cut into calls. Hence there are two differences from the kernel, both for bytes that are written at
// once. The kernel loses the echo of what comes before a ^C in the same write, and holds it back before a ^S. Here
// each key is a write of its own, as if typed.

import { ByteBuffer } from "./byte_buffer.ts";
import { BACKSPACE, CARET, NEWLINE, RETURN, toLower } from "./characters.ts";
import { Echo } from "./echo.ts";
import { EditedLine } from "./edited_line.ts";
import type { KeySignal } from "./key_signals.ts";
import { isTransparent, specialBytes } from "./special_bytes.ts";
import type { Termios } from "./termios.ts";

/** One readable piece of input. */
export type Piece =
  /** Non-canonical bytes. */
  | { kind: "raw"; bytes: Uint8Array }
  /** A line, which ends in NL, VEOL or VEOL2. */
  | { kind: "line"; bytes: Uint8Array }
  /** Ended by VEOF, which is not in the bytes. Without any bytes it is the end of the file. */
  | { kind: "eof"; bytes: Uint8Array };

/** A signal for the foreground process group. */
export interface DisciplineSignal {
  signal: KeySignal;
  /** NOFLSH is off: input and output were discarded, including earlier pieces of the same call. */
  flush: boolean;
  /** How many entries of `pieces` came before it. */
  after: number;
}

/** The result of some keys, or of a change of settings. */
export interface DisciplineOutput {
  /** What can now be read, in order. */
  pieces: Piece[];
  /** What the terminal shows, after post-processing. */
  echo: Uint8Array;
  signals: DisciplineSignal[];
  /** ^S and ^Q, and other keys that start a stopped terminal, if they changed something. */
  flow: ("stop" | "start")[];
}

const PARITY_MARK = 0xff;

/** The input side of a terminal. */
export class LineDiscipline {
  #termios: Termios;
  #echo: Echo;
  #line = new EditedLine();
  /** VLNEXT was typed: the next character is literal. */
  #literal = false;
  /**
   * Nothing was received yet in non-canonical mode, so the column of the first byte will be noted. (The kernel also
   * requires that nothing is unread when the mode changes, which we can't know.)
   */
  #rawStart = true;
  /** 1 for each byte that has a special meaning under the settings. */
  #special: Uint8Array;
  /** Non-canonical bytes that are not in a piece yet. */
  #raw = new ByteBuffer();
  #pieces: Piece[] = [];
  #signals: DisciplineSignal[] = [];
  #flow: ("stop" | "start")[] = [];

  /** A terminal with nothing typed. `column` is the cursor's. */
  constructor(termios: Termios, options: { column?: number } = {}) {
    this.#termios = termios;
    this.#echo = new Echo(termios, options.column ?? 0);
    this.#special = specialBytes(termios);
  }

  get termios(): Termios {
    return this.#termios;
  }

  /** The half-typed canonical line. */
  get unfinished(): Uint8Array {
    return this.#line.bytes;
  }

  /** Whether ^S holds the terminal. Its echo then waits until it starts again. */
  get stopped(): boolean {
    return this.#echo.stopped;
  }

  /**
   * Takes what was typed.
   *
   * Like the kernel it cuts a line at 4096 bytes. The number of lines that wait for a reader is not limited here: the
   * caller has to stop in time.
   */
  receive(bytes: Uint8Array): DisciplineOutput {
    if (isTransparent(this.#termios)) this.#receiveUntreated(bytes);
    else this.#receiveTreated(bytes);
    return this.#output();
  }

  /**
   * Changes the settings.
   *
   * When ICANON or EXTPROC changes, the caller has to convert what is unread. It joins the bytes of all pieces, with
   * a NUL after those of an `eof`, and at the end the `raw` piece that this returns, which is the half-typed line.
   * The result is one `raw` piece. Under ICANON without EXTPROC it is one `line` (though it lacks an end), or if its
   * last byte is NUL, one `eof` without that byte. tests/oracle/read_queue.ts does all this.
   */
  setTermios(termios: Termios): DisciplineOutput {
    const before = this.#termios;
    this.#termios = termios;
    this.#echo.termios = termios;
    this.#special = specialBytes(termios);
    if (before.ICANON !== termios.ICANON || before.EXTPROC !== termios.EXTPROC) this.#changeMode();
    if (before.IXON && !termios.IXON) this.#start();
    return this.#output();
  }

  /** Discards the half-typed line, as tcflush does. The caller discards what can be read. */
  flushInput(): void {
    this.#line.clear();
    this.#rawStart = true;
  }

  /** Takes what a program prints (before post-processing), which moves the cursor. */
  notedOutput(bytes: Uint8Array): void {
    this.#echo.notedOutput(bytes);
  }

  #output(): DisciplineOutput {
    this.#endRawPiece();
    const output = {
      pieces: this.#pieces,
      echo: this.#echo.take(),
      signals: this.#signals,
      flow: this.#flow,
    };
    this.#pieces = [];
    this.#signals = [];
    this.#flow = [];
    return output;
  }

  #changeMode(): void {
    const halfTyped = this.#line.take();
    this.#line.clear();
    this.#literal = false;
    this.#rawStart = halfTyped.length === 0;
    if (halfTyped.length > 0) this.#pieces.push({ kind: "raw", bytes: halfTyped });
  }

  // Input that nothing is done to.

  #receiveUntreated(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#raw.append(bytes);
    this.#rawStart = false;
  }

  /** Passes on what comes before the next special byte, if only special bytes are treated. Returns its length. */
  #receiveRun(bytes: Uint8Array, from: number): number {
    const { ICANON, ECHO, PARMRK, ISTRIP, IUCLC } = this.#termios;
    if (ICANON || ECHO || PARMRK || ISTRIP || IUCLC || this.#literal || this.stopped) return 0;
    let end = from;
    while (end < bytes.length && this.#special[bytes[end]] === 0) end++;
    if (end === from) return 0;
    this.#receiveUntreated(bytes.subarray(from, end));
    return end - from;
  }

  // Input byte by byte.

  #receiveTreated(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length;) {
      const run = this.#receiveRun(bytes, i);
      if (run === 0) this.#receiveByte(bytes[i]);
      i += run || 1;
    }
  }

  #receiveByte(received: number): void {
    const { ISTRIP, IUCLC, IEXTEN, EXTPROC } = this.#termios;
    let byte = ISTRIP ? received & 0x7f : received;
    if (IUCLC && IEXTEN) byte = toLower(byte);
    if (EXTPROC) return this.#queue(byte);

    if (this.#literal) {
      this.#literal = false;
      this.#receiveOrdinary(byte);
    } else if (this.#special[byte]) {
      this.#receiveSpecial(byte);
    } else {
      this.#receiveOrdinary(byte);
    }
    this.#line.trim();
  }

  #receiveSpecial(byte: number): void {
    if (this.#receiveFlow(byte) || this.#receiveSignal(byte)) return;
    this.#startOnAnyKey();
    if (byte === RETURN && this.#termios.IGNCR) return;
    const mapped = this.#mapLineEnd(byte);
    if (this.#termios.ICANON && (this.#receiveEditing(mapped) || this.#receiveEnd(mapped))) return;
    // A newline that was typed as CR is echoed, even where one that was typed as NL is not.
    this.#receiveData(mapped, mapped === NEWLINE);
  }

  #receiveOrdinary(byte: number): void {
    this.#startOnAnyKey();
    this.#receiveData(byte, false);
  }

  #receiveData(byte: number, isNewline: boolean): void {
    if (this.#termios.ECHO) {
      this.#line.finishErasing(this.#echo);
      if (isNewline) this.#echo.raw(byte);
      else this.#echoFirst(byte);
    }
    this.#queueMarked(byte);
  }

  #mapLineEnd(byte: number): number {
    const { ICRNL, INLCR } = this.#termios;
    if (byte === RETURN && ICRNL) return NEWLINE;
    if (byte === NEWLINE && INLCR) return RETURN;
    return byte;
  }

  // Flow control.

  #receiveFlow(byte: number): boolean {
    const { IXON, VSTART, VSTOP } = this.#termios;
    if (!IXON || (byte !== VSTART && byte !== VSTOP)) return false;
    if (byte === VSTART) this.#start();
    else this.#stop();
    return true;
  }

  #startOnAnyKey(): void {
    if (this.#termios.IXON && this.#termios.IXANY) this.#start();
  }

  #start(): void {
    if (!this.stopped) return;
    this.#echo.start();
    this.#flow.push("start");
  }

  #stop(): void {
    if (this.stopped) return;
    this.#echo.stop();
    this.#flow.push("stop");
  }

  // Signals.

  #receiveSignal(byte: number): boolean {
    const signal = this.#signalOf(byte);
    if (signal === undefined) return false;
    const flush = !this.#termios.NOFLSH;
    this.#endRawPiece();
    this.#signals.push({ signal, flush, after: this.#pieces.length });
    if (flush) {
      this.#echo.discard();
      this.flushInput();
    }
    if (this.#termios.IXON) this.#start();
    if (this.#termios.ECHO) this.#echo.char(byte);
    return true;
  }

  #signalOf(byte: number): KeySignal | undefined {
    const { ISIG, VINTR, VQUIT, VSUSP } = this.#termios;
    if (!ISIG) return undefined;
    if (byte === VINTR) return "SIGINT";
    if (byte === VQUIT) return "SIGQUIT";
    if (byte === VSUSP) return "SIGTSTP";
  }

  // Editing.

  #receiveEditing(byte: number): boolean {
    const { VERASE, VKILL, VWERASE, VLNEXT, VREPRINT, IEXTEN, ECHO } = this.#termios;
    if (byte === VERASE) this.#line.eraseCharacter(this.#termios, this.#echo);
    // The kernel checks IEXTEN when VWERASE erases, but not when it tells VWERASE from VKILL.
    else if (byte === VWERASE && (IEXTEN || byte === VKILL)) {
      this.#line.eraseWord(this.#termios, this.#echo);
    } else if (byte === VKILL) this.#line.kill(this.#termios, this.#echo);
    else if (byte === VLNEXT && IEXTEN) this.#receiveLiteralNext();
    else if (byte === VREPRINT && IEXTEN && ECHO) this.#line.reprint(byte, this.#echo);
    else return false;
    return true;
  }

  #receiveLiteralNext(): void {
    this.#literal = true;
    if (!this.#termios.ECHO) return;
    this.#line.finishErasing(this.#echo);
    if (!this.#termios.ECHOCTL) return;
    // A caret that the character will overwrite.
    this.#echo.raw(CARET);
    this.#echo.raw(BACKSPACE);
  }

  #receiveEnd(byte: number): boolean {
    const { ECHO, ECHONL, VEOF, VEOL, VEOL2, IEXTEN } = this.#termios;
    if (byte === NEWLINE) {
      if (ECHO || ECHONL) this.#echo.raw(NEWLINE);
      this.#line.put(byte);
      this.#pieces.push({ kind: "line", bytes: this.#line.take() });
    } else if (byte === VEOF) {
      this.#pieces.push({ kind: "eof", bytes: this.#line.take() });
    } else if (byte === VEOL || (byte === VEOL2 && IEXTEN)) {
      if (ECHO) this.#echoFirst(byte);
      this.#queueMarked(byte);
      this.#pieces.push({ kind: "line", bytes: this.#line.take() });
    } else return false;
    return true;
  }

  // Data.

  /** Echoes a byte of data, and notes the column if it is the line's first. */
  #echoFirst(byte: number): void {
    if (this.#termios.ICANON ? this.#line.length === 0 : this.#rawStart) this.#echo.markLineStart();
    this.#echo.char(byte);
  }

  #queueMarked(byte: number): void {
    if (byte === PARITY_MARK && this.#termios.PARMRK) this.#queue(byte);
    this.#queue(byte);
  }

  #queue(byte: number): void {
    if (this.#termios.ICANON && !this.#termios.EXTPROC) {
      this.#line.put(byte);
    } else {
      this.#rawStart = false;
      this.#raw.push(byte);
    }
  }

  #endRawPiece(): void {
    if (this.#raw.length === 0) return;
    this.#pieces.push({ kind: "raw", bytes: this.#raw.take() });
  }
}
