// Converts a platform's struct termios to portable settings and back.

import { Recent, remembered } from "../tty/remembered.ts";
import {
  type CharacterName,
  type FlagName,
  interned,
  type NumberName,
  SANE_TERMIOS,
  type SettingName,
  type Termios,
  VDISABLE,
} from "../tty/termios.ts";
import type { BitField, TermiosLayout } from "./platform.ts";

/** The words of flags, in the struct's order. */
const FLAG_WORDS = ["iflag", "oflag", "cflag", "lflag"] as const;

/** The smallest CSIZE. The field's choices count up from it. */
const CSIZE_MIN = 5;

/** A layout as lists: while the code is cold, walking lists is much faster than walking objects. */
interface Lists {
  readonly flags: readonly {
    readonly name: FlagName;
    readonly word: number;
    readonly mask: number;
  }[];
  readonly characters: readonly { readonly name: CharacterName; readonly offset: number }[];
  readonly fields: readonly NamedField[];
}

const listsOf = remembered((layout: TermiosLayout): Lists => {
  return {
    flags: FLAG_WORDS.flatMap((key, word) =>
      Object.entries(layout[key]).map(([name, mask]) => ({ name: name as FlagName, word, mask }))
    ),
    characters: Object.entries(layout.characterIndex).map(([name, index]) => ({
      name: name as CharacterName,
      offset: layout.characters.offset + index,
    })),
    fields: fieldsOf(layout),
  };
});

/** The settings that a struct was found to hold, with `others` for what it has no bits for. */
interface Decoded {
  readonly layout: TermiosLayout;
  readonly struct: Uint8Array;
  readonly others: Termios;
  readonly termios: Termios;
}

const decoded = new Recent<Decoded>(64);

/**
 * The settings in a struct termios. What the platform has no bits for is taken from `others`, so a setting of the
 * other platform survives a program's tcgetattr and tcsetattr. Equal input gives the same object.
 */
export function decodeTermios(
  struct: Uint8Array,
  layout: TermiosLayout,
  others: Termios = SANE_TERMIOS,
): Termios {
  const known = decoded.find((one) =>
    one.others === others && one.layout === layout && isStruct(one.struct, struct)
  );
  if (known !== undefined) return known.termios;
  const termios = interned(decode(struct, layout, others));
  decoded.add({ layout, struct: struct.slice(0, layout.size), others, termios });
  return termios;
}

function decode(struct: Uint8Array, layout: TermiosLayout, others: Termios): Termios {
  const lists = listsOf(layout);
  const view = viewOf(struct);
  const words = FLAG_WORDS.map((_, word) => getWord(view, word * layout.flagSize));
  const settings: Record<SettingName, number | boolean> = { ...others };
  for (const { name, word, mask } of lists.flags) {
    settings[name] = (words[word] & mask) >>> 0 === mask;
  }
  for (const { name, offset } of lists.characters) {
    const value = struct[offset];
    settings[name] = isCount(name) || value !== layout.disabled ? value : VDISABLE;
  }
  for (const { name, word, field, base } of lists.fields) {
    const bits = (words[word] & field.mask) >>> 0;
    settings[name] = base + Math.max(0, field.choices.indexOf(bits));
  }
  const [input, output] = speedOffsets(layout).map((offset) => getWord(view, offset));
  settings.ISPEED = toSpeed(input, others.ISPEED, layout);
  settings.OSPEED = toSpeed(output, others.OSPEED, layout);
  return settings as Termios;
}

/** The struct that settings resulted in when they were last written. */
interface Encoded {
  readonly layout: TermiosLayout;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

const lastEncoded = new WeakMap<Termios, Encoded>();

/** Writes `termios` into a struct termios. Bits that no setting names stay as they are. */
export function encodeTermios(termios: Termios, struct: Uint8Array, layout: TermiosLayout): void {
  const last = lastEncoded.get(termios);
  if (last?.layout === layout && isStruct(last.before, struct)) {
    struct.set(last.after);
    return;
  }
  const before = struct.slice(0, layout.size);
  encode(termios, struct, layout);
  lastEncoded.set(termios, { layout, before, after: struct.slice(0, layout.size) });
}

function isStruct(known: Uint8Array, struct: Uint8Array): boolean {
  for (let i = 0; i < known.length; i++) if (known[i] !== struct[i]) return false;
  return true;
}

function encode(termios: Termios, struct: Uint8Array, layout: TermiosLayout): void {
  const lists = listsOf(layout);
  const view = viewOf(struct);
  const words = FLAG_WORDS.map((_, word) => getWord(view, word * layout.flagSize));
  for (const { name, word, mask } of lists.flags) {
    if (termios[name]) words[word] |= mask;
    else words[word] &= ~mask;
  }
  for (const { name, word, field, base } of lists.fields) {
    words[word] = words[word] & ~field.mask | (field.choices[termios[name] - base] ?? 0);
  }
  words.forEach((bits, word) => setWord(view, layout, word * layout.flagSize, bits >>> 0));
  for (const { name, offset } of lists.characters) {
    const value = termios[name];
    struct[offset] = value === VDISABLE ? layout.disabled : value;
  }
  encodeSpeeds(termios, view, layout);
}

function encodeSpeeds({ ISPEED, OSPEED }: Termios, view: DataView, layout: TermiosLayout): void {
  const [input, output] = speedOffsets(layout);
  encodeSpeed(ISPEED, view, input, layout);
  encodeSpeed(OSPEED, view, output, layout);
  if (layout.speedMask === 0) return;
  const cflagOffset = FLAG_WORDS.indexOf("cflag") * layout.flagSize;
  const bits = getWord(view, cflagOffset) & ~layout.speedMask;
  const code = getWord(view, output) & layout.speedMask;
  setWord(view, layout, cflagOffset, (bits | code) >>> 0);
}

/** A speed that is there already stays: its code may be one that we have no number for (BOTHER). */
function encodeSpeed(speed: number, view: DataView, offset: number, layout: TermiosLayout): void {
  if (toSpeed(getWord(view, offset), 0, layout) === speed) return;
  setWord(view, layout, offset, fromSpeed(speed, layout));
}

/** Offsets of c_ispeed and c_ospeed. */
function speedOffsets({ speedOffset, flagSize }: TermiosLayout): [number, number] {
  return [speedOffset, speedOffset + flagSize];
}

/** VMIN and VTIME are counts, and may be 0. */
function isCount(name: string): boolean {
  return name === "VMIN" || name === "VTIME";
}

interface NamedField {
  readonly name: NumberName;
  /** Index in {@linkcode FLAG_WORDS}. */
  readonly word: number;
  readonly field: BitField;
  /** Value of the first choice. */
  readonly base: number;
}

function fieldsOf(layout: TermiosLayout): NamedField[] {
  const delays = Object.entries(layout.delays).map(([name, field]) => ({
    name: name as NumberName,
    word: FLAG_WORDS.indexOf("oflag"),
    field,
    base: 0,
  }));
  const size = {
    name: "CSIZE" as const,
    word: FLAG_WORDS.indexOf("cflag"),
    field: layout.csize,
    base: CSIZE_MIN,
  };
  return [size, ...delays];
}

/** Bits per second; `other` if that is what the nearest code stands for here. */
function toSpeed(value: number, other: number, layout: TermiosLayout): number {
  if (layout.speeds === undefined) return value;
  const speed = layout.speeds.get(value) ?? value;
  return speed !== 0 && fromSpeed(other, layout) === value ? other : speed;
}

/** The value for a speed, or its nearest code if the platform has codes. */
function fromSpeed(speed: number, layout: TermiosLayout): number {
  if (layout.speeds === undefined) return speed;
  let [nearest, least] = [0, Infinity];
  for (const [code, value] of layout.speeds) {
    // 0 is not a speed: it hangs up.
    const distance = value === 0 && speed !== 0 ? Infinity : Math.abs(value - speed);
    if (distance < least) [nearest, least] = [code, distance];
  }
  return nearest;
}

function viewOf(struct: Uint8Array): DataView {
  return new DataView(struct.buffer, struct.byteOffset, struct.byteLength);
}

/** All platforms are little-endian. In words of 8 bytes the upper 4 are 0. */
function getWord(view: DataView, offset: number): number {
  return view.getUint32(offset, true);
}

function setWord(view: DataView, layout: TermiosLayout, offset: number, bits: number): void {
  view.setUint32(offset, bits, true);
  if (layout.flagSize === 8) view.setUint32(offset + 4, 0, true);
}
