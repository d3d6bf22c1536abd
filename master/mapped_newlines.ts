// What a terminal makes of newlines (ONLCR), made of much text at once. The kernel's hands over each line by itself,
// and wakes who shows it for each; of text that has its carriage returns already it hands over whole pages.

/** Bytes from which on it is worth the effort. */
export const MUCH_TEXT = 16 * 1024;

/** Strict, so that what was not UTF-8 can't come out as something else. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** What may change the screen's modes: SO, SI and ESC. */
const SPECIAL = ["\x0e", "\x0f", "\x1b"];

/** Text with a CR before each NL. */
export interface MappedText {
  readonly bytes: Uint8Array;
  /** Whether it has no escape sequence, nor another change of modes. */
  readonly plain: boolean;
}

/** Maps newlines, each text into the same memory. */
export class NewlineMapper {
  #memory = new Uint8Array();

  /** `bytes` with a CR before each NL; nothing if they are no text. They are overwritten by the next. */
  map(bytes: Uint8Array): MappedText | undefined {
    let text;
    try {
      text = decoder.decode(bytes);
    } catch {
      return undefined;
    }
    const mapped = text.replaceAll("\n", "\r\n");
    const length = bytes.length + mapped.length - text.length;
    if (this.#memory.length < length) this.#memory = new Uint8Array(2 * bytes.length);
    encoder.encodeInto(mapped, this.#memory);
    return {
      bytes: this.#memory.subarray(0, length),
      plain: !SPECIAL.some((one) => text.includes(one)),
    };
  }
}
