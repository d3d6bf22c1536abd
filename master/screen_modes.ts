// Remembers what output has done to the screen, the keyboard and the colours, to undo it when a session was cut. What
// a terminal may have ignored is undone as well: that does no harm. A full reset (RIS) is not sent, because it would
// clear the user's screen.

import { type ControlHandler, ControlParser, type PlainText } from "./control_parser.ts";

/**
 * Private modes (CSI ? n h), in the order in which they are undone: first what hides the rest, the alternate screen
 * before what is restored with it, the cursor last.
 */
const PRIVATE_MODES: readonly number[] = [
  ...[2026, 69, 95, 3, 40, 1046, 1049, 1047, 47],
  ...[1, 4, 5, 6, 7, 8, 9, 12, 13, 14, 18, 19, 30, 35, 41, 42, 44, 45, 46, 66, 67, 80],
  ...[1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1010, 1011, 1014, 1015, 1016],
  ...[1034, 1035, 1036, 1037, 1039, 1040, 1041, 1042, 1043, 1044, 1045],
  ...[1050, 1051, 1052, 1053, 1060, 1061, 1070],
  ...[2001, 2002, 2003, 2004, 2005, 2006, 2027, 2031, 2048, 8452, 9001, 25],
];

/**
 * Private modes that are on at the start: wrapping, repeated keys, the cursor, xterm's defaults for Meta, Num Lock,
 * selections, the alternate screen, sixel colours.
 */
const INITIALLY_ON: ReadonlySet<number> = new Set([7, 8, 25, 1034, 1035, 1040, 1046, 1070]);

/** Standard modes (CSI n h): locked keyboard, shown controls, insertion, local echo off, newlines. */
const STANDARD_MODES: ReadonlyMap<number, boolean> = new Map([
  [2, false],
  [3, false],
  [4, false],
  [12, true],
  [20, false],
]);

/** How many modes are remembered that no table has. */
const MAX_UNKNOWN_MODES = 64;

const ALTERNATE_SCREEN: readonly number[] = [47, 1047, 1049];
const ORIGIN_MODE = 6;
const BACKSPACE_KEY = 67;
const SAVED_CURSOR = 1048;
const ALTERNATE_AND_SAVED_CURSOR = 1049;

/** Modes in which a terminal ignores most other sequences: what seems to undo something may not have. */
const WAYS_OUT = {
  printer: "\x1b[4i",
  tektronix: "\x1b\x03",
  vt52: "\x1b<",
} as const;

/** Tab stops: one every eight columns, as far as windows are wide. Beyond the last column there are none. */
const TAB_STOPS = Array.from({ length: 64 }, (_, i) => `\x1b[${8 * (i + 1) + 1}G\x1bH`).join("");

/** States beside the modes, and the sequence that undoes each. */
const RESETS = {
  sync: "\x1bP=2s\x1b\\",
  coding: "\x1b%G",
  longControls: "\x1b F",
  statusLine: "\x1b[0$}",
  autoprint: "\x1b[?4i",
  // Saves and restores the cursor, which moves when the region or tab stops are set.
  region: "\x1b7\x1b[r\x1b8",
  tabs: `\x1b7\x1b[3g${TAB_STOPS}\x1b8`,
  keypad: "\x1b>",
  g0: "\x1b(B",
  g1: "\x1b)B",
  g2: "\x1b*B",
  g3: "\x1b+B",
  shifted: "\x0f",
  shiftedRight: "\x1b}",
  cursorStyle: "\x1b[0 q",
  rendition: "\x1b[m",
  protected: '\x1b[0"q',
  guarded: "\x1bW",
  lights: "\x1b[0q",
  pointerHiding: "\x1b[>1p",
  titleModes: "\x1b[>0;1;2;3T",
  shiftKey: "\x1b[>0s",
  userKeys: "\x1bP0;1|\x1b\\",
  link: "\x1b]8;;\x1b\\",
  progress: "\x1b]9;4;0\x1b\\",
  pointerShape: "\x1b]22;\x1b\\",
  palette: "\x1b]104\x1b\\",
  specialColours: "\x1b]105\x1b\\",
  consolePalette: "\x1b]R\x1b\\",
} as const;

type ModeName = keyof typeof RESETS | keyof typeof WAYS_OUT;

/** What a full reset does not undo on some terminals. */
const BEYOND_RESET: readonly ModeName[] = [
  ...["pointerShape", "palette", "specialColours", "consolePalette", "userKeys"] as const,
  ...["progress", "titleModes"] as const,
];

/** What is saved and restored with the cursor. */
const WITH_CURSOR: readonly ModeName[] = [
  ...["g0", "g1", "g2", "g3", "shifted", "shiftedRight", "rendition", "protected"] as const,
];

/** Dynamic colours (OSC 10 to 19): text, background, cursor and others. */
const FIRST_COLOUR = 10;
const LAST_COLOUR = 19;

/** The set that each intermediate character designates, of 94 characters or of 96. */
const CHARACTER_SETS: Readonly<Record<string, ModeName>> = {
  "(": "g0",
  ")": "g1",
  "*": "g2",
  "+": "g3",
  "-": "g1",
  ".": "g2",
  "/": "g3",
};

/** Kitty's keyboard flags of one screen: how many were pushed, and whether any were set without a push. */
interface Keyboard {
  pushed: number;
  set: boolean;
}

/** What the settings of the user's terminal tell about it. */
export interface ScreenSettings {
  /** Whether it reads its output as UTF-8 (IUTF8). */
  readonly utf8: boolean;
  /** Whether its Backspace key sends BS (VERASE). */
  readonly backspace: boolean;
}

const USUAL: ScreenSettings = { utf8: true, backspace: false };

/** Follows the modes that output sets. */
export class ScreenModes implements ControlHandler {
  readonly #parser: ControlParser;
  readonly #utf8: boolean;
  readonly #backspace: boolean;
  /** Modes that are not as at the start. */
  readonly #private = new Set<number>();
  readonly #standard = new Set<number>();
  readonly #dirty = new Set<ModeName>();
  #withCursor: { marks: readonly ModeName[]; origin: boolean } = { marks: [], origin: false };
  /** Numbers of xterm's key modifiers and formats, and of colours. */
  readonly #modifiers = new Set<number>();
  readonly #formats = new Set<number>();
  readonly #colours = new Set<number>();
  #alternate = false;
  #keyboards = freshKeyboards();

  constructor({ utf8, backspace } = USUAL) {
    this.#utf8 = utf8;
    this.#backspace = backspace;
    this.#parser = new ControlParser(this, { utf8 });
  }

  /** Takes the next bytes of output, cut anywhere. `plain` ones have no controls. */
  feed(bytes: Uint8Array, plain?: PlainText): void {
    this.#parser.feed(bytes, plain);
  }

  /** The sequences that put everything back as at the start; empty if nothing has to be undone. */
  reset(): string {
    if (this.#private.has(ALTERNATE_AND_SAVED_CURSOR)) this.#restoreCursor();
    return [
      this.#parser.unfinished ? "\x18\x1b\\" : "",
      this.#resetsOf(WAYS_OUT),
      this.#resetKeyboard(),
      ...PRIVATE_MODES.concat([...this.#private].filter((mode) => !PRIVATE_MODES.includes(mode)))
        .filter((mode) => this.#private.has(mode))
        .map((mode) => `\x1b[?${mode}${this.#initially(mode) ? "h" : "l"}`),
      ...[...this.#standard].map((mode) => `\x1b[${mode}${STANDARD_MODES.get(mode) ? "h" : "l"}`),
      this.#resetOtherKeyboard(),
      this.#resetsOf(RESETS),
      ...[...this.#modifiers].map((number) => `\x1b[>${number}m`),
      ...[...this.#formats].map((number) => `\x1b[>${number}f`),
      ...[...this.#colours].map((number) => `\x1b]1${number}\x1b\\`),
    ].join("");
  }

  #resetsOf(resets: Readonly<Partial<Record<ModeName, string>>>): string {
    return Object.entries(resets).filter(([name]) => this.#dirty.has(name as ModeName))
      .map(([, sequence]) => sequence).join("");
  }

  /** For the keyboard flags of the screen that is shown. */
  #resetKeyboard(): string {
    return resetOf(this.#keyboards[this.#alternate ? "alternate" : "main"]);
  }

  /** For the keyboard flags of the other screen, when the main one is shown. */
  #resetOtherKeyboard(): string {
    if (this.#alternate) return resetOf(this.#keyboards.main);
    const reset = resetOf(this.#keyboards.alternate);
    return reset === "" ? "" : `\x1b[?47h${reset}\x1b[?47l`;
  }

  // What the parser finds.

  shift(out: boolean): void {
    this.#mark("shifted", out);
  }

  escape(intermediates: string, final: string): void {
    const set = CHARACTER_SETS[intermediates[0]];
    if (set !== undefined) return this.#mark(set, intermediates + final !== `${intermediates[0]}B`);
    switch (intermediates + final) {
      case "=":
      case ">":
        return this.#mark("keypad", final === "=");
      case "n":
      case "o":
        return this.#mark("shifted", true);
      case "~":
      case "|":
        return this.#mark("shiftedRight", true);
      case "}":
        return this.#mark("shiftedRight", false);
      case "7":
        return this.#saveCursor();
      case "8":
        return this.#restoreCursor();
      case "H":
        return this.#mark("tabs", true);
      case "V":
      case "W":
        return this.#mark("guarded", final === "V");
      case " F":
      case " G":
        return this.#mark("longControls", final === "G");
      case "%@":
      case "%G":
        return this.#setCoding(final === "G");
      case "<":
        return void this.#dirty.delete("vt52");
      case "\x03":
        return void this.#dirty.delete("tektronix");
      case "c":
        return this.#resetAll();
    }
  }

  sequence(parameters: string, final: string): void {
    switch (final) {
      case "h":
      case "l":
        return this.#setModes(parameters, final === "h");
      case "m":
        return this.#setRendition(parameters);
      case "n":
      case "f":
        return this.#setKeys(parameters, final);
      case "r":
        return this.#setRegion(parameters);
      case "s":
        return this.#takeSave(parameters);
      case "u":
        return this.#setKeyboard(parameters);
      case "q":
        return this.#setStyle(parameters);
      case "g":
        return this.#mark("tabs", true);
      case "W":
        return this.#mark("tabs", parameters !== "?5");
      case "i":
        return this.#setPrinter(parameters);
      case "p":
        if (parameters.startsWith(">")) this.#mark("pointerHiding", parameters !== ">1");
        return;
      case "t":
        if (parameters.startsWith(">")) this.#mark("titleModes", true);
        return;
      case "}":
        if (parameters.endsWith("$")) this.#mark("statusLine", /[1-9]/.test(parameters));
        return;
    }
  }

  string(kind: string, text: string, state: { cut: boolean; ended: boolean }): void {
    if (kind === "]") return this.#takeCommand(text, state);
    if (kind !== "P") return;
    if (/^=[12]s/.test(text)) this.#mark("sync", text[1] === "1");
    else if (/^[\d;]*\|/.test(text)) this.#mark("userKeys", true);
  }

  // Modes.

  #initially(mode: number): boolean {
    return mode === BACKSPACE_KEY ? this.#backspace : INITIALLY_ON.has(mode);
  }

  #setModes(parameters: string, on: boolean): void {
    if (parameters.startsWith("?")) {
      for (const mode of numbersIn(parameters)) this.#setPrivate(mode, on);
      return;
    }
    for (const mode of numbersIn(parameters)) {
      const initially = STANDARD_MODES.get(mode);
      if (initially !== undefined) this.#change(this.#standard, mode, on !== initially);
    }
  }

  #setPrivate(mode: number, on: boolean): void {
    if (mode === 2) return on ? undefined : this.#mark("vt52", true);
    if (mode === 38) return on ? this.#mark("tektronix", true) : undefined;
    if (mode === SAVED_CURSOR || mode === ALTERNATE_AND_SAVED_CURSOR) {
      if (on) this.#saveCursor();
      else this.#restoreCursor();
    }
    if (mode === SAVED_CURSOR) return;
    if (ALTERNATE_SCREEN.includes(mode)) this.#alternate = on;
    this.#change(this.#private, mode, on !== this.#initially(mode));
  }

  #change(modes: Set<number>, mode: number, changed: boolean): void {
    if (!changed) {
      if (!this.#understandsLittle) modes.delete(mode);
    } else if (
      modes === this.#standard || PRIVATE_MODES.includes(mode) ||
      modes.size < PRIVATE_MODES.length + MAX_UNKNOWN_MODES
    ) modes.add(mode);
  }

  /**
   * Of these, XTSAVE changes nothing here, SCOSC saves the cursor, DECSLRM sets margins, and XTSHIFTESCAPE gives
   * Shift to the program or to the terminal.
   */
  #takeSave(parameters: string): void {
    if (parameters === "") this.#saveCursor();
    else if (parameters.startsWith(">")) this.#mark("shiftKey", /[1-9]/.test(parameters));
    else if (!parameters.startsWith("?")) this.#mark("region", true);
  }

  /** What XTRESTORE restores is not known, so the mode is undone. */
  #setRegion(parameters: string): void {
    if (!parameters.startsWith("?")) return this.#mark("region", /[1-9]/.test(parameters));
    for (const mode of numbersIn(parameters)) {
      if (mode !== SAVED_CURSOR) this.#change(this.#private, mode, true);
    }
  }

  #saveCursor(): void {
    const marks = WITH_CURSOR.filter((mark) => this.#dirty.has(mark));
    this.#withCursor = { marks, origin: this.#private.has(ORIGIN_MODE) };
  }

  #restoreCursor(): void {
    for (const mark of this.#withCursor.marks) this.#mark(mark, true);
    if (this.#withCursor.origin) this.#private.add(ORIGIN_MODE);
  }

  // The look.

  #setRendition(parameters: string): void {
    if (parameters.startsWith(">")) this.#setKeys(parameters, "m");
    else if (/^[\d;:]*$/.test(parameters)) this.#mark("rendition", /[1-9]/.test(parameters));
  }

  #setStyle(parameters: string): void {
    const dirty = /[1-9]/.test(parameters);
    if (parameters.endsWith(" ")) this.#mark("cursorStyle", dirty);
    else if (parameters.endsWith('"')) this.#mark("protected", dirty);
    else if (!parameters.startsWith(">")) this.#mark("lights", dirty);
  }

  #setPrinter(parameters: string): void {
    const [, isPrivate, action] = /^(\??)([45])$/.exec(parameters) ?? [];
    if (action === undefined) return;
    if (isPrivate === "?") this.#mark("autoprint", action === "5");
    else if (action === "5") this.#mark("printer", true);
    else this.#dirty.delete("printer");
  }

  /** Follows switches to 8-bit and back. A terminal that started in 8-bit is not followed into UTF-8. */
  #setCoding(utf8: boolean): void {
    if (!this.#utf8) return;
    this.#parser.utf8 = utf8;
    this.#mark("coding", !utf8);
  }

  // The keyboard.

  /** Modifiers (XTMODKEYS, final `m`; `n` switches one off) and formats (XTFMTKEYS, `f`) of keys. */
  #setKeys(parameters: string, final: string): void {
    if (!parameters.startsWith(">")) return;
    const keys = final === "f" ? this.#formats : this.#modifiers;
    if (parameters === ">" && final !== "n") {
      if (!this.#understandsLittle) keys.clear();
      return;
    }
    const [, resource, value] = /^>(\d?)(?:[;:](.*))?$/.exec(parameters) ?? [];
    if (resource === undefined) return;
    // Without a number xterm takes it for the function keys.
    const number = Number(resource || (final === "n" ? 2 : 0));
    const otherKeysOff = final === "m" && number === 4 && /^0?$/.test(value ?? "");
    const initial = final !== "n" && value === undefined || otherKeysOff;
    if (!initial) keys.add(number);
    else if (!this.#understandsLittle) keys.delete(number);
  }

  #setKeyboard(parameters: string): void {
    const keyboard = this.#keyboards[this.#alternate ? "alternate" : "main"];
    if (parameters === "") this.#restoreCursor();
    else if (parameters.startsWith(">")) keyboard.pushed++;
    else if (parameters.startsWith("=")) keyboard.set = true;
    else if (parameters.startsWith("<") && !this.#understandsLittle) {
      const popped = Number(parameters.slice(1) || 1);
      keyboard.pushed = Math.max(0, keyboard.pushed - (popped || 0));
    }
  }

  // Commands to the emulator (OSC).

  #takeCommand(text: string, { cut, ended }: { cut: boolean; ended: boolean }): void {
    if (text.startsWith("P")) return this.#mark("consolePalette", true);
    const [number, ...values] = text.split(";");
    const command = /^\d+$/.test(number) ? Number(number) : -1;
    const asks = !cut && values.length > 0;
    if (command === 4 || command === 5) {
      const sets = !(asks && values.every((value, index) => index % 2 === 0 || value === "?"));
      if (sets) this.#mark(command === 4 ? "palette" : "specialColours", true);
    } else if (command >= FIRST_COLOUR && command <= LAST_COLOUR) {
      this.#setColours(command, values, cut);
    } else if (command === 21) {
      if (!(asks && values.every((value) => value.endsWith("=?")))) this.#setAllColours();
    } else if (command === 22) this.#mark("pointerShape", true);
    else if (command === 8) this.#mark("link", cut || values.slice(1).join(";") !== "" || !ended);
    else if (command === 9 && values[0] === "4") {
      this.#mark("progress", values[1] !== "0" || !ended);
    } else if (ended) this.#takeColourReset(command, values);
  }

  /** Each further value is for the next colour. */
  #setColours(first: number, values: readonly string[], cut: boolean): void {
    values.forEach((value, index) => {
      if (value !== "?" && first + index <= LAST_COLOUR) this.#colours.add(first + index);
    });
    if (cut) { for (let one = first; one <= LAST_COLOUR; one++) this.#colours.add(one); }
  }

  #setAllColours(): void {
    this.#setColours(FIRST_COLOUR, [], true);
    this.#mark("palette", true);
  }

  #takeColourReset(command: number, values: readonly string[]): void {
    const all = values.join("") === "";
    if (command === 104 && all) this.#mark("palette", false);
    if (command === 105 && all) this.#mark("specialColours", false);
    if (!this.#understandsLittle) this.#colours.delete(command - 100);
  }

  // Marks.

  get #understandsLittle(): boolean {
    return Object.keys(WAYS_OUT).some((mark) => this.#dirty.has(mark as ModeName));
  }

  #mark(name: ModeName, dirty: boolean): void {
    if (dirty) this.#dirty.add(name);
    else if (!this.#understandsLittle) this.#dirty.delete(name);
  }

  #resetAll(): void {
    if (this.#understandsLittle) return;
    for (const mark of this.#dirty) if (!BEYOND_RESET.includes(mark)) this.#dirty.delete(mark);
    this.#private.clear();
    this.#standard.clear();
    this.#modifiers.clear();
    this.#formats.clear();
    this.#withCursor = { marks: [], origin: false };
    this.#alternate = false;
    this.#keyboards = freshKeyboards();
    this.#parser.utf8 = this.#utf8;
  }
}

function freshKeyboards(): Record<"main" | "alternate", Keyboard> {
  return { main: { pushed: 0, set: false }, alternate: { pushed: 0, set: false } };
}

function resetOf({ pushed, set }: Keyboard): string {
  return (pushed > 0 ? `\x1b[<${pushed}u` : "") + (set ? "\x1b[=0u" : "");
}

function numbersIn(parameters: string): number[] {
  return parameters.replace(/^\?/, "").split(/[;:]/).filter((text) => /^\d+$/.test(text)).map(
    Number,
  );
}
