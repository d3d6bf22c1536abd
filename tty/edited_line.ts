// The line being typed in canonical mode, and how it is erased.

import type { Echo } from "./echo.ts";
import { isAlphanumeric, isContinuation, isControl, NEWLINE, TAB } from "./characters.ts";
import type { Termios } from "./termios.ts";

/** The kernel's N_TTY_BUF_SIZE: bytes of a line at most, including its end. */
const LINE_LIMIT = 4096;

const UNDERSCORE = 0x5f;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;

/** The half-typed line. */
export class EditedLine {
  readonly #bytes = new Uint8Array(LINE_LIMIT);
  #length = 0;
  /** ECHOPRT: we are within `\…/`, which shows what was erased. */
  #erasing = false;

  get length(): number {
    return this.#length;
  }

  /** A copy of what was typed. */
  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Empties the line, and returns what was in it. */
  take(): Uint8Array {
    const bytes = this.bytes;
    this.#length = 0;
    return bytes;
  }

  /** Forgets the line and how it was being erased. */
  clear(): void {
    this.#length = 0;
    this.#erasing = false;
  }

  put(byte: number): void {
    if (this.#length < LINE_LIMIT) this.#bytes[this.#length++] = byte;
  }

  /** To be called after each key: keeps the last byte free for the line's end. */
  trim(): void {
    this.#length = Math.min(this.#length, LINE_LIMIT - 1);
  }

  /** Closes an ECHOPRT bracket, before something else is echoed. */
  finishErasing(echo: Echo): void {
    if (!this.#erasing) return;
    echo.raw(SLASH);
    this.#erasing = false;
  }

  /** VREPRINT: shows `byte` and then the line again. */
  reprint(byte: number, echo: Echo): void {
    this.finishErasing(echo);
    echo.char(byte);
    echo.raw(NEWLINE);
    for (let i = 0; i < this.#length; i++) echo.char(this.#bytes[i]);
  }

  /** VERASE: erases the last character. */
  eraseCharacter(termios: Termios, echo: Echo): void {
    const start = this.#lastCharacter(termios);
    if (start === undefined) return;
    if (!termios.ECHO || termios.ECHOE || termios.ECHOPRT) {
      this.#takeBack(start, termios, echo);
    } else {
      this.#length = start;
      echo.char(termios.VERASE);
    }
    this.#endErasing(termios, echo);
  }

  /** VWERASE: erases the last word, and what follows it. */
  eraseWord(termios: Termios, echo: Echo): void {
    if (this.#length === 0) return;
    let inWord = false;
    for (;;) {
      const start = this.#lastCharacter(termios);
      if (start === undefined) break;
      const first = this.#bytes[start];
      if (isAlphanumeric(first) || first === UNDERSCORE) inWord = true;
      else if (inWord) break;
      this.#takeBack(start, termios, echo);
    }
    this.#endErasing(termios, echo);
  }

  /** VKILL: erases the whole line. */
  kill(termios: Termios, echo: Echo): void {
    if (this.#length === 0) return;
    const { ECHO, ECHOE, ECHOK, ECHOKE } = termios;
    if (!ECHO) {
      this.#length = 0;
    } else if (ECHOE && ECHOK && ECHOKE) {
      this.#eraseAll(termios, echo);
    } else {
      this.#length = 0;
      this.finishErasing(echo);
      echo.char(termios.VKILL);
      if (ECHOK) echo.raw(NEWLINE);
    }
  }

  #eraseAll(termios: Termios, echo: Echo): void {
    for (;;) {
      const start = this.#lastCharacter(termios);
      if (start === undefined) break;
      this.#takeBack(start, termios, echo);
    }
    this.#endErasing(termios, echo);
  }

  /** Where the last character starts; undefined if there is none, or only the tail of one. */
  #lastCharacter(termios: Termios): number | undefined {
    let start = this.#length;
    if (start === 0) return undefined;
    do start--; while (start > 0 && termios.IUTF8 && isContinuation(this.#bytes[start]));
    return termios.IUTF8 && isContinuation(this.#bytes[start]) ? undefined : start;
  }

  #takeBack(start: number, termios: Termios, echo: Echo): void {
    const character = this.#bytes.subarray(start, this.#length);
    this.#length = start;
    if (!termios.ECHO) return;
    if (termios.ECHOPRT) this.#printErased(character, echo);
    else if (character[0] === TAB) this.#rubOutTab(termios, echo);
    else if (!isControl(character[0])) echo.rubOut();
    else if (termios.ECHOCTL) {
      echo.rubOut();
      echo.rubOut();
    }
  }

  #printErased(character: Uint8Array, echo: Echo): void {
    if (!this.#erasing) echo.raw(BACKSLASH);
    this.#erasing = true;
    echo.char(character[0]);
    for (const byte of character.subarray(1)) {
      echo.raw(byte);
      echo.columnBack();
    }
  }

  #rubOutTab(termios: Termios, echo: Echo): void {
    const line = this.#bytes.subarray(0, this.#length);
    const tab = line.lastIndexOf(TAB);
    let columns = 0;
    for (const byte of line.subarray(tab + 1)) {
      if (isControl(byte)) columns += termios.ECHOCTL ? 2 : 0;
      else if (!(termios.IUTF8 && isContinuation(byte))) columns++;
    }
    echo.eraseTab(columns, tab >= 0);
  }

  #endErasing(termios: Termios, echo: Echo): void {
    if (this.#length === 0 && termios.ECHO) this.finishErasing(echo);
  }
}
