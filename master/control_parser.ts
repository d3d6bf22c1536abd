// Finds the control sequences in output that may be cut anywhere (ECMA-48, and xterm's additions).
//
//   output ──> ground ── ESC ──> escape ── [ ──> sequence ── final byte ──> ground
//                                   └──── ] P X ^ _ ──> string ── BEL, ESC \ ──> ground
//
// A C1 control is ESC and a letter in one character: U+0080 to U+009F, in UTF-8 or, if the terminal reads 8-bit
// output, as a byte. Most output is text, which indexOf skips many times faster than a look at each byte would.

/** Is called with what was found. */
export interface ControlHandler {
  /** SO (`out`) or SI. */
  shift(out: boolean): void;
  /** `ESC`, intermediate characters, a final character. */
  escape(intermediates: string, final: string): void;
  /** `CSI`, parameters with their marks and intermediate characters, a final character. */
  sequence(parameters: string, final: string): void;
  /**
   * A string of the kind that `ESC` and this letter begin. `cut`: only its start was kept. Without `ended` it did not
   * end as a string should, and terminals may obey it or not.
   */
  string(kind: string, text: string, state: { cut: boolean; ended: boolean }): void;
}

/** Parameters of a sequence that are kept. Kitty reads 256, all others fewer. */
const MAX_PARAMETERS = 256;

/** Digits of a parameter without leading zeros. No terminal has a meaning for a longer number. */
const MAX_DIGITS = 6;

/** Marks and intermediate characters that are kept. Sequences with a meaning have at most three. */
const MAX_MARKS = 8;

/** Characters of a string that are kept: a colour's number and name, a link's beginning. */
const MAX_STRING_LENGTH = 128;

const BEL = 0x07;
const SO = 0x0e;
const SI = 0x0f;
const CAN = 0x18;
const SUB = 0x1a;
const ESC = 0x1b;
/** The first byte of a C1 control in UTF-8, and of 32 letters and signs. */
const C1_LEAD = 0xc2;

/** Bytes that can end the state `ground`. */
const STARTS = [ESC, SO, SI, C1_LEAD];

function isC1(byte: number): boolean {
  return byte >= 0x80 && byte <= 0x9f;
}

/** Where the next `start` is. A lead byte counts only if a C1 control, or nothing yet, follows it. */
function indexOfStart(bytes: Uint8Array, start: number, from: number): number {
  let at = bytes.indexOf(start, from);
  if (start !== C1_LEAD) return at;
  while (at !== -1 && at + 1 < bytes.length && !isC1(bytes[at + 1])) {
    at = bytes.indexOf(start, at + 2);
  }
  return at;
}

// deno-lint-ignore no-control-regex
const CONTROLS = /[\x0e\x0f\x1b\x80-\x9f]/;

/** Text without controls: for every terminal ("ascii"), or only for one that reads UTF-8 ("utf8"). */
export type PlainText = "ascii" | "utf8";

/** Whether text has no controls. `byteLength` is the length of its UTF-8 and of a character cut at an end. */
export function asPlainText(text: string, byteLength: number): PlainText | undefined {
  if (CONTROLS.test(text)) return undefined;
  return text.length === byteLength ? "ascii" : "utf8";
}

type State = "ground" | "escape" | "sequence" | "string" | "stringEscape";

/** Parses output. */
export class ControlParser {
  /** Whether the terminal reads its output as UTF-8. */
  utf8: boolean;
  readonly #handler: ControlHandler;
  #state: State = "ground";
  /** The last byte was the first of a C1 control, or of a letter. */
  #lead = false;
  #marks = "";
  #parameters = "";
  #count = 0;
  #digits = 0;
  #kind = "";
  #text = "";
  #cut = false;
  /** The last string was ended by a control that ends it only on some terminals. */
  #doubtful = false;

  constructor(handler: ControlHandler, { utf8 }: { utf8: boolean }) {
    this.#handler = handler;
    this.utf8 = utf8;
  }

  /** Whether the output so far may end within a sequence. */
  get unfinished(): boolean {
    return this.#state !== "ground" || this.#lead || this.#doubtful;
  }

  /** Takes the next bytes. `plain` ones have no controls ({@linkcode asPlainText}), but may be cut. */
  feed(bytes: Uint8Array, plain?: PlainText): void {
    if (this.#atText && (plain === "ascii" || (plain === "utf8" && this.utf8))) {
      this.#lead = bytes.at(-1) === C1_LEAD;
      return;
    }
    // Asked anew for each start, because a sequence in these bytes may change the coding.
    const inUtf8 = onDemand(() => startsInUtf8(bytes));
    const in8Bit = onDemand(() => startsIn8Bit(bytes));
    for (let at = 0; at < bytes.length; at++) {
      if (this.#atText) at = (this.utf8 ? inUtf8() : in8Bit())(at);
      if (at < bytes.length) this.#takeByte(bytes[at]);
    }
  }

  get #atText(): boolean {
    return this.#state === "ground" && !this.#lead;
  }

  #takeByte(byte: number): void {
    const follows = this.#lead;
    this.#lead = byte === C1_LEAD;
    if (isC1(byte) && (follows || !this.utf8)) this.#takeC1(byte);
    else this.#take(byte);
  }

  #takeC1(byte: number): void {
    const final = byte - 0x40;
    if (this.#state === "string" || this.#state === "stringEscape") {
      const ended = final === 0x5c;
      if (!ended) this.#doubtful = true;
      this.#endString(ended);
    }
    this.#marks = "";
    this.#takeEscape(final);
  }

  #take(byte: number): void {
    if (byte === SO || byte === SI) return this.#takeShift(byte === SO);
    if (byte === CAN || byte === SUB) return this.#cancel();
    switch (this.#state) {
      case "ground":
        if (byte === ESC) this.#beginEscape();
        return;
      case "escape":
        return this.#takeEscape(byte);
      case "sequence":
        return this.#takeSequence(byte);
      case "string":
        return this.#takeString(byte);
      case "stringEscape":
        this.#endString(byte === 0x5c);
        this.#beginEscape();
        return this.#takeEscape(byte);
    }
  }

  /** Terminals obey it within a sequence, too. Within a string some do. */
  #takeShift(out: boolean): void {
    if (out || this.#state !== "string") this.#handler.shift(out);
  }

  #cancel(): void {
    if (this.#state === "string" || this.#state === "stringEscape") this.#endString(false);
    this.#state = "ground";
  }

  #beginEscape(): void {
    this.#state = "escape";
    this.#marks = "";
  }

  #takeEscape(byte: number): void {
    if (byte === ESC) return this.#beginEscape();
    if (byte < 0x20 || byte === 0x7f) return this.#takeInEscape(byte);
    if (byte <= 0x2f) {
      if (this.#marks.length < MAX_MARKS) this.#marks += String.fromCharCode(byte);
      this.#state = "escape";
      return;
    }
    this.#state = "ground";
    if (byte > 0x7e) return;
    const final = String.fromCharCode(byte);
    if (this.#marks === "" && final === "[") this.#beginSequence();
    else if (this.#marks === "" && "]PX^_".includes(final)) this.#beginString(final);
    else this.#handler.escape(this.#marks, final);
  }

  /** Terminals obey a control within an escape. ETX is itself the end of an escape. */
  #takeInEscape(byte: number): void {
    if (byte === 0x03) this.#handler.escape(this.#marks, "\x03");
    this.#state = "escape";
  }

  #beginSequence(): void {
    this.#state = "sequence";
    this.#parameters = this.#marks = "";
    this.#count = this.#digits = 0;
  }

  #takeSequence(byte: number): void {
    if (byte === ESC) this.#beginEscape();
    else if (byte >= 0x40 && byte <= 0x7e) {
      this.#state = "ground";
      this.#handler.sequence(this.#parameters, String.fromCharCode(byte));
    } else if (byte >= 0x20 && byte < 0x40) this.#addParameter(String.fromCharCode(byte));
  }

  #addParameter(character: string): void {
    if (character >= "0" && character <= "9") return this.#addDigit(character);
    const separates = character === ";" || character === ":";
    if (separates ? ++this.#count >= MAX_PARAMETERS : this.#marks.length >= MAX_MARKS) return;
    if (!separates) this.#marks += character;
    this.#parameters += character;
    this.#digits = 0;
  }

  /** Leading zeros are dropped, so that each number with a meaning fits. */
  #addDigit(digit: string): void {
    if (this.#count >= MAX_PARAMETERS || this.#digits === MAX_DIGITS) return;
    if (this.#digits === 0 && /(^|\D)0$/.test(this.#parameters)) {
      this.#parameters = this.#parameters.slice(0, -1);
    }
    this.#parameters += digit;
    if (digit !== "0" || this.#digits > 0) this.#digits++;
  }

  #beginString(kind: string): void {
    this.#state = "string";
    this.#kind = kind;
    this.#text = "";
    this.#cut = false;
  }

  #takeString(byte: number): void {
    if (byte === BEL) {
      this.#endString(true);
      this.#state = "ground";
    } else if (byte === ESC) this.#state = "stringEscape";
    else if (byte === 0x30 && this.#text === "0") return;
    else if (this.#text.length === MAX_STRING_LENGTH) this.#cut = true;
    else this.#text += String.fromCharCode(byte);
  }

  #endString(ended: boolean): void {
    this.#handler.string(this.#kind, this.#text, { cut: this.#cut, ended });
  }
}

/** Calls `make` when the value is needed first. */
function onDemand<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => made ??= make();
}

/** Returns the place of the next start at or after `at`, which never decreases. */
type Starts = (at: number) => number;

/** Remembers where each kind of start comes next. That place may be behind `at` by now. */
function startsInUtf8(bytes: Uint8Array): Starts {
  const next = STARTS.map((start) => indexOfStart(bytes, start, 0));
  return (at) => {
    let first = bytes.length;
    for (let kind = 0; kind < next.length; kind++) {
      if (next[kind] !== -1 && next[kind] < at) next[kind] = indexOfStart(bytes, STARTS[kind], at);
      if (next[kind] !== -1) first = Math.min(first, next[kind]);
    }
    return first;
  };
}

/** One character for each byte. (It decodes windows-1252, which maps C1 controls to signs or leaves them.) */
const singleBytes = new TextDecoder("latin1");

// deno-lint-ignore no-control-regex
const STARTS_IN_8_BIT = /[\x0e\x0f\x1b\xc2]|[^\x00-\x7f\xa0-\xff]/g;

/** For 36 different bytes a search in a string is faster. */
function startsIn8Bit(bytes: Uint8Array): Starts {
  const text = singleBytes.decode(bytes);
  return (at) => {
    STARTS_IN_8_BIT.lastIndex = at;
    return STARTS_IN_8_BIT.exec(text)?.index ?? bytes.length;
  };
}
