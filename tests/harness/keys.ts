// The bytes that a terminal's keys send.

/** A key held with Control: `ctrl("c")` is the byte 3. */
export function ctrl(key: string): string {
  return String.fromCharCode(key.toUpperCase().charCodeAt(0) & 0x1f);
}

export const ENTER = "\r";
export const TAB = "\t";
export const ESCAPE = "\x1b";
export const BACKSPACE = "\x7f";
export const UP = "\x1b[A";
export const DOWN = "\x1b[B";
export const RIGHT = "\x1b[C";
export const LEFT = "\x1b[D";
export const HOME = "\x1b[H";
export const PAGE_DOWN = "\x1b[6~";
