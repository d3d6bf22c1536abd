// A terminal's settings by their POSIX names, without any platform's numbers.
//
//   struct termios (Linux or Darwin) ── sys/termios_codec.ts ──> Termios ── encodeTermiosChange ──> frame
//
// Every setting has an opcode. It is that of RFC 4254, section 8, if there is one; ours start at 160, which the RFC
// tells peers that don't know them to skip.

import { Recent, remembered } from "./remembered.ts";

/**
 * The value of a control character that is switched off (`_POSIX_VDISABLE`, whose number depends on the platform).
 */
export const VDISABLE = -1;

/** Opcode of each control character. Values are 0 to 255, or {@linkcode VDISABLE}; for VMIN a count, for VTIME tenths of a second. */
export const CHARACTER_OPCODES = {
  VINTR: 1,
  VQUIT: 2,
  VERASE: 3,
  VKILL: 4,
  VEOF: 5,
  VEOL: 6,
  VEOL2: 7,
  VSTART: 8,
  VSTOP: 9,
  VSUSP: 10,
  VDSUSP: 11,
  VREPRINT: 12,
  VWERASE: 13,
  VLNEXT: 14,
  VSWTCH: 16,
  VSTATUS: 17,
  VDISCARD: 18,
  VMIN: 160,
  VTIME: 161,
} as const;

/** Opcode of each flag. Values are booleans. */
export const FLAG_OPCODES = {
  IGNPAR: 30,
  PARMRK: 31,
  INPCK: 32,
  ISTRIP: 33,
  INLCR: 34,
  IGNCR: 35,
  ICRNL: 36,
  IUCLC: 37,
  IXON: 38,
  IXANY: 39,
  IXOFF: 40,
  IMAXBEL: 41,
  IUTF8: 42,
  IGNBRK: 162,
  BRKINT: 163,
  ISIG: 50,
  ICANON: 51,
  XCASE: 52,
  ECHO: 53,
  ECHOE: 54,
  ECHOK: 55,
  ECHONL: 56,
  NOFLSH: 57,
  TOSTOP: 58,
  IEXTEN: 59,
  ECHOCTL: 60,
  ECHOKE: 61,
  PENDIN: 62,
  ECHOPRT: 164,
  FLUSHO: 165,
  EXTPROC: 166,
  ALTWERASE: 167,
  NOKERNINFO: 168,
  OPOST: 70,
  OLCUC: 71,
  ONLCR: 72,
  OCRNL: 73,
  ONOCR: 74,
  ONLRET: 75,
  OFILL: 169,
  OFDEL: 170,
  ONOEOT: 171,
  PARENB: 92,
  PARODD: 93,
  CSTOPB: 172,
  CREAD: 173,
  HUPCL: 174,
  CLOCAL: 175,
  CRTSCTS: 176,
  CMSPAR: 177,
} as const;

/** Opcode of each setting that is a number: the size of a character in bits, the delays' choices from 0, and speeds in bits per second. */
export const NUMBER_OPCODES = {
  CSIZE: 180,
  NLDLY: 181,
  CRDLY: 182,
  TABDLY: 183,
  BSDLY: 184,
  VTDLY: 185,
  FFDLY: 186,
  ISPEED: 128,
  OSPEED: 129,
} as const;

export type CharacterName = keyof typeof CHARACTER_OPCODES;
export type FlagName = keyof typeof FLAG_OPCODES;
export type NumberName = keyof typeof NUMBER_OPCODES;
export type SettingName = CharacterName | FlagName | NumberName;

/** The settings of a terminal (termios(3)). Such an object is never modified. */
export type Termios =
  & Readonly<Record<CharacterName, number>>
  & Readonly<Record<FlagName, boolean>>
  & Readonly<Record<NumberName, number>>;

/** A change: the settings that differ from those before. */
export type TermiosChange = Readonly<Partial<Record<SettingName, number | boolean>>>;

/** What `getty` leaves on a Linux console, and what programs see while nothing else is known. */
export const SANE_TERMIOS: Termios = Object.freeze({
  ...constant(FLAG_OPCODES, false),
  ...constant(NUMBER_OPCODES, 0),
  ...constant(CHARACTER_OPCODES, VDISABLE),
  VINTR: 3,
  VQUIT: 28,
  VERASE: 127,
  VKILL: 21,
  VEOF: 4,
  VSTART: 17,
  VSTOP: 19,
  VSUSP: 26,
  VREPRINT: 18,
  VDISCARD: 15,
  VWERASE: 23,
  VLNEXT: 22,
  VMIN: 1,
  VTIME: 0,
  ICRNL: true,
  IXON: true,
  OPOST: true,
  ONLCR: true,
  CREAD: true,
  ISIG: true,
  ICANON: true,
  ECHO: true,
  ECHOE: true,
  ECHOK: true,
  ECHOCTL: true,
  ECHOKE: true,
  IEXTEN: true,
  CSIZE: 8,
  ISPEED: 38400,
  OSPEED: 38400,
});

function constant<Name extends string, Value>(
  names: Readonly<Record<Name, number>>,
  value: Value,
): Record<Name, Value> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, value])) as Record<Name, Value>;
}

const OPCODES: Readonly<Record<SettingName, number>> = {
  ...CHARACTER_OPCODES,
  ...FLAG_OPCODES,
  ...NUMBER_OPCODES,
};

const NAME_BY_OPCODE: ReadonlyMap<number, SettingName> = new Map(
  Object.entries(OPCODES).map(([name, opcode]) => [opcode, name as SettingName]),
);

/** One object for all settings that are equal: a shell and its programs switch between few. */
const met = new Recent<Termios>(64);

/** The same settings as one object for all that are equal, so that {@linkcode remembered} finds its result again. */
export function interned(termios: Termios): Termios {
  const same = met.find((one) => isSame(one, termios));
  if (same === undefined) met.add(termios);
  return same ?? termios;
}

function isSame(one: Termios, other: Termios): boolean {
  for (const name of NAME_BY_OPCODE.values()) if (one[name] !== other[name]) return false;
  return true;
}

const differencesFrom = remembered((before: Termios) =>
  remembered((after: Termios) => findDifference(before, after))
);

/** The settings in which `after` differs from `before`. */
export function diffTermios(before: Termios, after: Termios): TermiosChange {
  return differencesFrom(before)(after);
}

function findDifference(before: Termios, after: Termios): TermiosChange {
  const change: Partial<Record<SettingName, number | boolean>> = {};
  for (const name of NAME_BY_OPCODE.values()) {
    if (before[name] !== after[name]) change[name] = after[name];
  }
  return change;
}

/** `termios` after `change`. */
export function applyTermiosChange(termios: Termios, change: TermiosChange): Termios {
  return { ...termios, ...change } as Termios;
}

/** A change as it is sent: opcode, value, opcode, value, and so on. A flag is 0 or 1. */
export const encodeTermiosChange = remembered((change: TermiosChange): readonly number[] => {
  const pairs = Object.entries(change).map((
    [name, value],
  ) => [OPCODES[name as SettingName], Number(value)]);
  return pairs.sort(([one], [other]) => one - other).flat();
});

/**
 * The change that a peer sent. Unknown opcodes are skipped, as RFC 4254 asks.
 *
 * @throws {RangeError} if a value is not valid for its setting, or a pair is incomplete.
 */
export function decodeTermiosChange(pairs: readonly number[]): TermiosChange {
  if (pairs.length % 2 !== 0) throw new RangeError("Cannot read termios: an opcode has no value");
  const change: Partial<Record<SettingName, number | boolean>> = {};
  for (let i = 0; i < pairs.length; i += 2) {
    const name = NAME_BY_OPCODE.get(pairs[i]);
    if (name !== undefined) change[name] = settingValue(name, pairs[i + 1]);
  }
  return change;
}

function settingValue(name: SettingName, value: number): number | boolean {
  if (name in FLAG_OPCODES && (value === 0 || value === 1)) return value === 1;
  if (name in CHARACTER_OPCODES && value >= VDISABLE && value <= 255) return value;
  if (name in NUMBER_OPCODES && value >= 0 && value <= 0xffffffff) return value;
  throw new RangeError(`Cannot read termios: ${name} is ${value}`);
}
