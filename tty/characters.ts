// What kind of character a byte is, as Linux's terminal code sees it: ASCII and the letters of Latin-1.

export const BACKSPACE = 0x08;
export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const RETURN = 0x0d;
export const SPACE = 0x20;
export const CARET = 0x5e;

const CASE_BIT = 0x20;
const MULTIPLICATION_SIGN = 0xd7;
const DIVISION_SIGN = 0xf7;
const SHARP_S = 0xdf;

export function isControl(byte: number): boolean {
  return byte < SPACE || byte === 0x7f;
}

/** Whether `byte` continues a UTF-8 character, and so takes no column of its own. */
export function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

export function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || isUpper(byte) || isLower(byte);
}

export function toLower(byte: number): number {
  return isUpper(byte) ? byte + CASE_BIT : byte;
}

export function toUpper(byte: number): number {
  return isLower(byte) ? byte - CASE_BIT : byte;
}

function isUpper(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0xc0 && byte < SHARP_S && byte !== MULTIPLICATION_SIGN);
}

function isLower(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= SHARP_S && byte !== DIVISION_SIGN);
}
