// Puts a CR before each NL of much text at once (ONLCR). The kernel would hand over each line by itself, and wake the
// reader for each. Text that has its carriage returns already it hands over in whole pages.

import { asPlainText, type PlainText } from "./control_parser.ts";

/** Bytes. For less text mapping is not worth the effort. */
export const MUCH_TEXT = 16 * 1024;

/** Strict, so that bytes that are not UTF-8 can't come out as something else. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Text with a CR before each NL. */
export interface MappedText {
  readonly bytes: Uint8Array;
  /** Undefined if the text has an escape sequence or another control that changes modes. */
  readonly plain: PlainText | undefined;
}

/** Bytes of a character after its first, at most. */
const FOLLOWING = 3;

/** Maps newlines. Each text overwrites the one before it. */
export class NewlineMapper {
  #memory = new Uint8Array();

  /**
   * `bytes` with a CR before each NL, until the next call. Undefined if they are no UTF-8. The first and last
   * character may be cut.
   */
  map(bytes: Uint8Array): MappedText | undefined {
    const [start, end] = wholeCharacters(bytes);
    let text;
    try {
      text = decoder.decode(bytes.subarray(start, end));
    } catch {
      return undefined;
    }
    const mapped = text.replaceAll("\n", "\r\n");
    const added = mapped.length - text.length;
    if (this.#memory.length < bytes.length + added) this.#memory = new Uint8Array(2 * bytes.length);
    this.#memory.set(bytes.subarray(0, start));
    encoder.encodeInto(mapped, this.#memory.subarray(start));
    this.#memory.set(bytes.subarray(end), end + added);
    return {
      bytes: this.#memory.subarray(0, bytes.length + added),
      plain: asPlainText(text, bytes.length),
    };
  }
}

/** Where the whole characters begin and end, if it is UTF-8. */
function wholeCharacters(bytes: Uint8Array): [start: number, end: number] {
  let start = 0;
  while (start < FOLLOWING && isFollowing(bytes[start])) start++;
  let last = bytes.length - 1;
  while (last > bytes.length - FOLLOWING && isFollowing(bytes[last])) last--;
  const isCut = last + lengthOf(bytes[last]) > bytes.length;
  return [start, isCut ? last : bytes.length];
}

function isFollowing(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Bytes of the character that begins with this byte. */
function lengthOf(first: number): number {
  return first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
