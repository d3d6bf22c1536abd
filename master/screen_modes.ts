// Remembers which modes of the screen went by in the output, to undo them where a session was cut.
//
//   output ──> ground ── ESC ──> escape ── [ ──> sequence ── final byte ──> ground
//                                   └──── ] P X ^ _ ──> string ── BEL, ESC \ ──> ground

/** Private modes (CSI ? n h) that outlive a program, and what a terminal starts with. */
const PRIVATE_MODES: ReadonlyMap<number, boolean> = new Map([
  [2026, false], // synchronized update: first, so that the rest is seen
  [69, false], // left and right margins
  [1049, false], // alternate screen
  [1047, false],
  [47, false],
  [1, false], // application cursor keys
  [5, false], // reverse video
  [6, false], // origin at the scroll region
  [7, true], // wrap at the right margin
  [66, false], // application keypad
  [9, false], // mouse
  [1000, false],
  [1001, false],
  [1002, false],
  [1003, false],
  [1005, false],
  [1006, false],
  [1015, false],
  [1016, false],
  [1004, false], // focus reports
  [2004, false], // bracketed paste
  [2031, false], // reports of the colour scheme
  [2048, false], // reports of the size
  [25, true], // cursor shown
]);

/** Modes that a soft reset (CSI ! p) leaves alone. */
const BEYOND_SOFT_RESET = new Set([9, 47, 1047, 1049, 1000, 1001, 1002, 1003, 1004, 1005, 1006]);

/** Characters of a control sequence's parameters that are kept: longer ones set no mode. */
const MAX_PARAMETERS_LENGTH = 64;

const BEL = 0x07;
const SO = 0x0e;
const SI = 0x0f;
const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;

/** Bytes that mean something outside of sequences. */
export const LEAVE_GROUND = [ESC, SO, SI];

/** Where the next of those stands, from `at` on; where each does was found before, and may be behind. */
function nearest(bytes: Uint8Array, next: number[], at: number): number {
  let first = bytes.length;
  for (let kind = 0; kind < next.length; kind++) {
    if (next[kind] !== -1 && next[kind] < at) next[kind] = bytes.indexOf(LEAVE_GROUND[kind], at);
    if (next[kind] !== -1) first = Math.min(first, next[kind]);
  }
  return first;
}

type State = "ground" | "escape" | "charset" | "sequence" | "string" | "stringEscape";

/** States beside the private modes, and what undoes each. */
const RESETS = {
  // Saving and restoring the cursor, which setting the region moves.
  region: "\x1b7\x1b[r\x1b8",
  keypad: "\x1b>",
  insert: "\x1b[4l",
  newline: "\x1b[20l",
  g0: "\x1b(B",
  g1: "\x1b)B",
  shifted: "\x0f",
  cursorStyle: "\x1b[0 q",
  otherKeys: "\x1b[>4m",
  rendition: "\x1b[m",
} as const;

/** Follows the modes that output sets. */
export class ScreenModes {
  #state: State = "ground";
  #parameters = "";
  #charset = 0;
  /** Private modes that are other than at first. */
  readonly #changed = new Set<number>();
  readonly #dirty = new Set<keyof typeof RESETS>();
  /** Kitty's keyboard flags that were pushed. */
  #pushedKeyboards = 0;

  /** What to write so that all is as a terminal starts, empty if it is. */
  reset(): string {
    const unfinished = this.#state === "ground" ? "" : "\x18\x1b\\";
    const modes = [...PRIVATE_MODES].filter(([mode]) => this.#changed.has(mode))
      .map(([mode, initially]) => `\x1b[?${mode}${initially ? "h" : "l"}`);
    const others = Object.entries(RESETS)
      .filter(([name]) => this.#dirty.has(name as keyof typeof RESETS))
      .map(([, sequence]) => sequence);
    const keyboards = this.#pushedKeyboards > 0 ? `\x1b[<${this.#pushedKeyboards}u` : "";
    return unfinished + keyboards + others.join("") + modes.join("");
  }

  /** Takes the next bytes of output, cut anywhere; `plain` ones are known to begin nothing. */
  feed(bytes: Uint8Array, plain = false): void {
    if (plain && this.#state === "ground") return;
    // Most output is text, which indexOf passes over many times faster than a look at each byte.
    const next = LEAVE_GROUND.map((byte) => bytes.indexOf(byte));
    for (let at = 0; at < bytes.length; at++) {
      if (this.#state === "ground") at = nearest(bytes, next, at);
      if (at < bytes.length) this.#take(bytes[at]);
    }
  }

  #take(byte: number): void {
    if (byte === CAN || byte === SUB) {
      this.#state = "ground";
      return;
    }
    switch (this.#state) {
      case "ground":
        if (byte === ESC) this.#state = "escape";
        else this.#mark("shifted", byte === SO);
        return;
      case "escape":
        return this.#takeEscape(byte);
      case "charset":
        if (this.#charset === 0x28) this.#mark("g0", byte !== 0x42);
        if (this.#charset === 0x29) this.#mark("g1", byte !== 0x42);
        this.#state = "ground";
        return;
      case "sequence":
        return this.#takeSequence(byte);
      case "string":
        if (byte === BEL) this.#state = "ground";
        else if (byte === ESC) this.#state = "stringEscape";
        return;
      case "stringEscape":
        this.#state = "escape";
        return this.#takeEscape(byte);
    }
  }

  #takeEscape(byte: number): void {
    this.#state = "ground";
    switch (String.fromCharCode(byte)) {
      case "[":
        this.#parameters = "";
        this.#state = "sequence";
        return;
      case "]":
      case "P":
      case "X":
      case "^":
      case "_":
        this.#state = "string";
        return;
      case "\x1b":
        this.#state = "escape";
        return;
      case "=":
        return this.#mark("keypad", true);
      case ">":
        return this.#mark("keypad", false);
      case "c":
        return this.#resetAll();
    }
    // An intermediate byte: of a character set, or of a sequence that is ended by its next byte.
    if (byte >= 0x20 && byte <= 0x2f) {
      this.#charset = byte;
      this.#state = "charset";
    }
  }

  #takeSequence(byte: number): void {
    if (byte === ESC) this.#state = "escape";
    else if (byte >= 0x40 && byte <= 0x7e) {
      this.#state = "ground";
      this.#endSequence(this.#parameters, String.fromCharCode(byte));
    } else if (byte >= 0x20 && this.#parameters.length < MAX_PARAMETERS_LENGTH) {
      this.#parameters += String.fromCharCode(byte);
    }
  }

  #endSequence(parameters: string, final: string): void {
    if (final === "h" || final === "l") this.#setModes(parameters, final === "h");
    else if (final === "m") this.#setRendition(parameters);
    else if (final === "r" && /^[\d;]*$/.test(parameters)) this.#mark("region", parameters !== "");
    else if (final === "q" && parameters.endsWith(" ")) {
      this.#mark("cursorStyle", !/^0? $/.test(parameters));
    } else if (final === "u") this.#setKeyboard(parameters);
    else if (final === "p" && parameters === "!") this.#resetSoftly();
  }

  #setModes(parameters: string, on: boolean): void {
    if (!parameters.startsWith("?")) {
      const modes = parameters.split(";");
      if (modes.includes("4")) this.#mark("insert", on);
      if (modes.includes("20")) this.#mark("newline", on);
      return;
    }
    for (const mode of parameters.slice(1).split(";").map(Number)) {
      const initially = PRIVATE_MODES.get(mode);
      if (initially === undefined) continue;
      if (on === initially) this.#changed.delete(mode);
      else this.#changed.add(mode);
    }
  }

  #setRendition(parameters: string): void {
    if (/^[\d;:]*$/.test(parameters)) this.#mark("rendition", /[1-9]/.test(parameters));
    else if (/^>4(;|$)/.test(parameters)) this.#mark("otherKeys", /^>4;[1-9]/.test(parameters));
  }

  #setKeyboard(parameters: string): void {
    if (parameters.startsWith(">")) this.#pushedKeyboards++;
    else if (parameters.startsWith("<")) {
      const popped = Number(parameters.slice(1) || 1);
      this.#pushedKeyboards = Math.max(0, this.#pushedKeyboards - popped);
    }
  }

  #mark(name: keyof typeof RESETS, dirty: boolean): void {
    if (dirty) this.#dirty.add(name);
    else this.#dirty.delete(name);
  }

  #resetSoftly(): void {
    this.#dirty.clear();
    for (const mode of this.#changed) {
      if (!BEYOND_SOFT_RESET.has(mode)) this.#changed.delete(mode);
    }
  }

  #resetAll(): void {
    this.#dirty.clear();
    this.#changed.clear();
    this.#pushedKeyboards = 0;
  }
}
