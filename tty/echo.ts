// The echo: turns what the discipline wants to show into the bytes that the terminal gets.
//
//   char, raw, eraseTab … ──> (stopped? wait in the queue) ──> post-processing (OPOST) ──> take()
//                                                                    │
//                  notedOutput (what programs print) ──> column <────┘
//
// While ^S holds the terminal, steps wait as they came: what counts are the settings at the time when they are shown.

import { ByteBuffer } from "./byte_buffer.ts";
import {
  BACKSPACE,
  CARET,
  isContinuation,
  isControl,
  NEWLINE,
  RETURN,
  SPACE,
  TAB,
  toUpper,
} from "./characters.ts";
import type { Termios } from "./termios.ts";

/** A step is a byte to show (0 to 255) or one of these, with an operand in the low byte. */
const STEP = {
  /** The operand as `^X`. */
  CARET: 0x100,
  /** The byte 0xff, which the kernel shows without post-processing. */
  PLAIN_FF: 0x200,
  /** The line begins here: tabs are counted from this column. */
  LINE_START: 0x300,
  /** The column goes back by one and nothing is shown. */
  COLUMN_BACK: 0x400,
  /** Goes back over a tab; operand: columns used before it modulo 8, and AFTER_TAB. */
  ERASE_TAB: 0x500,
} as const;

/** In ERASE_TAB's operand: the columns are counted from another tab, not from the line's start. */
const AFTER_TAB = 0x80;

const TAB_WIDTH = 8;

/** TABDLY's value for XTABS: a tab is shown as spaces. */
const XTABS = 3;

/**
 * How much may wait while the terminal is stopped; the oldest steps are dropped first. In bytes of the kernel's echo
 * buffer (N_TTY_BUF_SIZE minus a block and 32), where a step takes one to three.
 */
const QUEUE_LIMIT = 4096 - (256 + 32);

function queueSize(step: number): number {
  if (step < STEP.CARET) return 1;
  return step >= STEP.ERASE_TAB ? 3 : 2;
}

/** Shows the echo, and follows the cursor's column. */
export class Echo {
  #termios: Termios;
  #column: number;
  /** The column in which the line being typed began. */
  #lineColumn: number;
  #stopped = false;
  #queue: number[] = [];
  #queueSize = 0;
  #shown = new ByteBuffer();

  constructor(termios: Termios, column: number) {
    this.#termios = termios;
    this.#column = column;
    this.#lineColumn = column;
  }

  set termios(termios: Termios) {
    this.#termios = termios;
  }

  /** Whether ^S holds the terminal. */
  get stopped(): boolean {
    return this.#stopped;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Starts the terminal again, and shows what waited. */
  start(): void {
    this.#stopped = false;
    const queue = this.#queue;
    this.discard();
    for (const step of queue) this.#show(step);
  }

  /** Forgets what waits to be shown. */
  discard(): void {
    this.#queue = [];
    this.#queueSize = 0;
  }

  /** What was shown since the last call. */
  take(): Uint8Array {
    return this.#shown.take();
  }

  /** Echoes a byte, as `^X` if it is a control character and ECHOCTL is on. */
  char(byte: number): void {
    if (this.#termios.ECHOCTL && isControl(byte) && byte !== TAB) this.#add(STEP.CARET | byte);
    else this.raw(byte);
  }

  /** Echoes a byte as it is. */
  raw(byte: number): void {
    this.#add(byte === 0xff ? STEP.PLAIN_FF : byte);
  }

  /** Erases the last column. */
  rubOut(): void {
    this.raw(BACKSPACE);
    this.raw(SPACE);
    this.raw(BACKSPACE);
  }

  /** Goes back over a tab that comes after so many columns, counted from another tab or from the line's start. */
  eraseTab(columns: number, afterTab: boolean): void {
    this.#add(STEP.ERASE_TAB | (columns % TAB_WIDTH) | (afterTab ? AFTER_TAB : 0));
  }

  /** The line being typed begins here. */
  markLineStart(): void {
    this.#add(STEP.LINE_START);
  }

  columnBack(): void {
    this.#add(STEP.COLUMN_BACK);
  }

  /** Follows the cursor through what programs print (before post-processing). */
  notedOutput(bytes: Uint8Array): void {
    const { OPOST, ONLCR, ONLRET } = this.#termios;
    if (!OPOST) return; // Nor does the kernel count then.
    // A newline that goes to column 0 makes all before it irrelevant.
    const last = ONLCR || ONLRET ? bytes.lastIndexOf(NEWLINE) : -1;
    for (let i = Math.max(last, 0); i < bytes.length; i++) this.#moveCursor(bytes[i]);
  }

  #add(step: number): void {
    if (!this.#stopped) return this.#show(step);
    this.#queue.push(step);
    this.#queueSize += queueSize(step);
    while (this.#queueSize >= QUEUE_LIMIT) this.#queueSize -= queueSize(this.#queue.shift()!);
  }

  #show(step: number): void {
    const operand = step & 0xff;
    switch (step & ~0xff) {
      case 0:
        return this.#showByte(operand);
      case STEP.CARET:
        this.#shown.push(CARET);
        this.#shown.push(operand ^ 0x40);
        this.#column += 2;
        return;
      case STEP.PLAIN_FF:
        this.#shown.push(0xff);
        this.#column++;
        return;
      case STEP.LINE_START:
        this.#lineColumn = this.#column;
        return;
      case STEP.COLUMN_BACK:
        this.#moveBack(1);
        return;
      case STEP.ERASE_TAB:
        return this.#showTabErased(operand);
    }
  }

  #showByte(byte: number): void {
    const { OPOST, ONLCR, OCRNL, ONOCR, OLCUC, TABDLY } = this.#termios;
    if (!OPOST) {
      this.#shown.push(byte); // The kernel leaves the column as it was.
      return;
    }
    const column = this.#column;
    this.#moveCursor(byte);
    if (byte === NEWLINE && ONLCR) {
      this.#shown.push(RETURN);
      this.#shown.push(NEWLINE);
    } else if (byte === RETURN && ONOCR && column === 0) {
      return;
    } else if (byte === RETURN && OCRNL) {
      this.#shown.push(NEWLINE);
    } else if (byte === TAB && TABDLY === XTABS) {
      for (let i = column; i < this.#column; i++) this.#shown.push(SPACE);
    } else {
      this.#shown.push(OLCUC ? toUpper(byte) : byte);
    }
  }

  /** Moves the cursor as `byte` does after post-processing. */
  #moveCursor(byte: number): void {
    const { ONLCR, ONLRET, OCRNL, ONOCR } = this.#termios;
    switch (byte) {
      case NEWLINE:
        if (ONLCR || ONLRET) this.#column = 0;
        this.#lineColumn = this.#column;
        return;
      case RETURN:
        if (ONOCR && this.#column === 0) return;
        if (!OCRNL || ONLRET) this.#column = this.#lineColumn = 0;
        return;
      case TAB:
        this.#column += TAB_WIDTH - this.#column % TAB_WIDTH;
        return;
      case BACKSPACE:
        return this.#moveBack(1);
    }
    if (isControl(byte) || (this.#termios.IUTF8 && isContinuation(byte))) return;
    this.#column++;
  }

  #moveBack(columns: number): void {
    this.#column = Math.max(0, this.#column - columns);
  }

  #showTabErased(operand: number): void {
    const before = operand & AFTER_TAB ? operand & ~AFTER_TAB : operand + this.#lineColumn;
    const width = TAB_WIDTH - before % TAB_WIDTH;
    for (let i = 0; i < width; i++) this.#shown.push(BACKSPACE);
    this.#moveBack(width);
  }
}
