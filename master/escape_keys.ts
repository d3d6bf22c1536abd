// Escape keys: what the user types after a newline and a tilde is a command to the master.

import type { InputKind } from "../protocol/frames.ts";
import { NO_BYTES } from "../tty/bytes.ts";
import { NEWLINE, RETURN } from "../tty/characters.ts";

/** What an escape key asks for. */
export type EscapeAction = "disconnect" | "suspend" | "help";

/** What to do with input: send `bytes`, then do `action`. */
export interface Escaped {
  readonly bytes: Uint8Array;
  /** The escape key that was found. */
  readonly action?: EscapeAction;
  /** Input after the escape key. It has to be fed again. */
  readonly rest?: Uint8Array;
}

const TILDE = 0x7e;

const ACTIONS: ReadonlyMap<number, EscapeAction> = new Map([
  [".".charCodeAt(0), "disconnect"],
  [0x1a, "suspend"],
  ["?".charCodeAt(0), "help"],
]);

/** The list of escape keys that the user sees. */
export const ESCAPE_HELP = [
  "Supported escape sequences:",
  "  ~.   disconnect",
  "  ~^Z  suspend rpty-master",
  "  ~?   this list",
  "  ~~   send the escape character itself",
  "(escapes are recognized only at the beginning of a line)",
  "",
].join("\r\n");

/** Finds escape keys in what is typed. A tilde that may begin one is held back until the next key. */
export class EscapeKeys {
  #lineStart = true;
  #held = false;

  /** Whether a tilde is held back. */
  get holding(): boolean {
    return this.#held;
  }

  /** The tilde that is held back, if any, to be sent after all. */
  release(): Uint8Array {
    if (!this.#held) return NO_BYTES;
    this.#held = false;
    return Uint8Array.of(TILDE);
  }

  /** A key made a signal, and the terminal has dropped the line. True if it was `~^Z`. */
  signal(isSuspend: boolean): boolean {
    const escaped = this.#held && isSuspend;
    if (escaped) this.#held = false;
    this.#lineStart = true;
    return escaped;
  }

  /** A key ended `line`, which the terminal then dropped, and made a signal. True if it was `~^Z`. */
  signalBehind(line: Uint8Array, isSuspend: boolean): boolean {
    if (this.#lineStart && line.length === 1 && line[0] === TILDE) this.#held = true;
    else if (line.length > 0) this.#held = false;
    return this.signal(isSuspend);
  }

  /** Takes input in the order in which it was typed. */
  feed(bytes: Uint8Array, kind: InputKind): Escaped {
    if (kind !== "line" && kind !== "eof") return this.#feedKeys(bytes);
    const line = this.#joinHeld(bytes);
    if (line.length === 0) return { bytes };
    const mayEscape = kind === "line" && (this.#lineStart || line !== bytes);
    return mayEscape && line[0] === TILDE ? this.#feedLine(line) : this.#pass(line);
  }

  /** In canonical mode an escape key comes as a line, with its newline, or ends the line itself. */
  #feedLine(line: Uint8Array): Escaped {
    this.#lineStart = true;
    const action = ACTIONS.get(line[1]);
    if (action !== undefined && line.length <= 3) return { bytes: NO_BYTES, action };
    return { bytes: line[1] === TILDE ? line.subarray(1) : line };
  }

  /** A tilde that was typed before the terminal became canonical begins the line. */
  #joinHeld(line: Uint8Array): Uint8Array {
    if (!this.#held) return line;
    const joined = new Uint8Array(1 + line.length);
    joined.set(this.release());
    joined.set(line, 1);
    return joined;
  }

  #feedKeys(bytes: Uint8Array): Escaped {
    if (bytes.length === 0) return { bytes };
    const before = this.#held ? 0 : this.#findTilde(bytes);
    return before === undefined ? this.#pass(bytes) : this.#takeTilde(bytes, before);
  }

  #pass(bytes: Uint8Array): Escaped {
    this.#lineStart = isNewline(bytes[bytes.length - 1]);
    return { bytes };
  }

  /** Where a tilde is at the start of a line. */
  #findTilde(bytes: Uint8Array): number | undefined {
    for (let at = bytes.indexOf(TILDE); at !== -1; at = bytes.indexOf(TILDE, at + 1)) {
      if (at === 0 ? this.#lineStart : isNewline(bytes[at - 1])) return at;
    }
    return undefined;
  }

  /** The tilde is at `at`, or was held back. */
  #takeTilde(bytes: Uint8Array, at: number): Escaped {
    const next = this.#held ? 0 : at + 1;
    if (next === bytes.length) {
      this.#held = true;
      this.#lineStart = false;
      return { bytes: bytes.subarray(0, at) };
    }
    const wasHeld = this.#held;
    this.#held = false;
    this.#lineStart = false;
    const action = ACTIONS.get(bytes[next]);
    if (action !== undefined) {
      this.#lineStart = true;
      return { bytes: bytes.subarray(0, at), action, rest: bytes.subarray(next + 1) };
    }
    // Not an escape key: the tilde is sent, and of two tildes one.
    const doubled = bytes[next] === TILDE;
    return {
      bytes: wasHeld ? Uint8Array.of(TILDE) : bytes.subarray(0, at + 1),
      rest: bytes.subarray(doubled ? next + 1 : next),
    };
  }
}

function isNewline(byte: number): boolean {
  return byte === NEWLINE || byte === RETURN;
}
