// Random scripts. The same seed gives the same scripts.

import { type FlagName, SANE_TERMIOS, type Termios } from "../../tty/termios.ts";
import { changed, type Cut, type Script } from "./line_discipline_script.ts";

/** Numbers from 0 up to (not including) `end`. */
export type Random = (end: number) => number;

/** The mulberry32 generator. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (end) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** 32 * end);
  };
}

/** Cuts bytes at random places. */
export function randomCut(random: Random): Cut {
  return (bytes) => {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = 1 + random(random(3) === 0 ? bytes.length : 3);
      parts.push(bytes.subarray(at, at += size));
    }
    return parts;
  };
}

/** How rarely a flag of the sane settings is turned off, and another one on: once in so many times. */
const FLAG_ODDS: Record<string, number> = {
  ...{ ICANON: 4, ECHO: 5, ISIG: 6, IXON: 5, ICRNL: 4, OPOST: 6, ONLCR: 6, IEXTEN: 6 },
  ...{ ECHOE: 5, ECHOK: 5, ECHOCTL: 3, ECHOKE: 5, ECHOPRT: 2, ECHONL: 5, NOFLSH: 4, IUTF8: 2 },
  ...{ ISTRIP: 14, INLCR: 10, IGNCR: 12, IUCLC: 12, IXANY: 4, PARMRK: 10, EXTPROC: 25, OLCUC: 12 },
  ...{ OCRNL: 10, ONOCR: 10, ONLRET: 10, XTABS: 8, IMAXBEL: 3, IXOFF: 6, XCASE: 8, INPCK: 8 },
};

const CHARACTER_NAMES = [
  ...["VINTR", "VQUIT", "VERASE", "VKILL", "VEOF", "VEOL", "VEOL2", "VSTART", "VSTOP", "VSUSP"],
  ...["VREPRINT", "VWERASE", "VLNEXT"],
] as const;

const CHARACTER_VALUES = ["undef", "^H", "^?", "^X", "#", "x", "^D", "^W", "\t", "\r"];

const ORDINARY_KEYS = [
  ...["a", "B", "c", "7", "_", " ", "-", ".", "\t", "word", "two words", "  ", "Zz", "/tmp/x"],
  ...["é", "日", "😀", "ß", "{80}", "{FF}", "{E9}", "{C3}", "{F7}", "^A", "^[", "^@", "^_", "^^"],
];
const EDITING_KEYS = [
  "^?",
  "^?",
  "^?^?^?",
  "^W",
  "^U",
  "^R",
  "^V",
  "^V^?",
  "^V\n",
  "\t\t^?",
  "é^?",
];
const END_KEYS = ["\n", "\r", "\n", "\r\n", "^D", "^D^D", "x\n"];
const CONTROL_KEYS = ["^C", "^Z", "^\\", "^S", "^S", "^Q", "^Q", "^Sabc^Q", "^H", "^X", "#"];

const PRINTED = ["{print $ }", "{print a\tb\n}", "{print \r^H^Hé}"];

/** The settings that programs change most, and that matter most for pending input. */
const FLIPPED_FLAGS = ["ICANON", "ICANON", "ECHO", "IXON", "EXTPROC", "ISIG"];

/** A script of settings, keys, reads, changes and what else can happen. */
export function randomScript(name: string, random: Random): Script {
  const avoided = avoidedFlag(random);
  const flags = Object.keys(FLAG_ODDS).filter((flag) => flag !== avoided);
  const settings = randomChange(SANE_TERMIOS, flags, random);
  const steps: string[] = [];
  let termios = changed(SANE_TERMIOS, settings);
  for (let left = 3 + random(30); left > 0; left--) {
    const step = randomStep(random);
    if (step !== "set") {
      steps.push(step);
      continue;
    }
    const words = random(3) === 0
      ? randomChange(termios, flags, random)
      : flipped(termios, pick(FLIPPED_FLAGS, random));
    termios = changed(termios, words);
    if (words) steps.push(`{${words}}`);
  }
  steps.push("^Q"); // The echo that a ^S held back.
  return { name, settings, steps: steps.join("") };
}

/**
 * VLNEXT within ECHOPRT's bracket and without ECHOCTL makes the kernel show its whole echo buffer
 * once more, with what was typed long ago (seen on 6.18: echo_mark stays behind echo_tail). We
 * don't; so a script has either ECHOPRT or no ECHOCTL.
 */
function avoidedFlag(random: Random): string {
  return random(5) === 0 ? "ECHOCTL" : "ECHOPRT";
}

function randomStep(random: Random): string {
  const chance = random(100);
  if (chance < 40) return pick(ORDINARY_KEYS, random);
  if (chance < 60) return pick(EDITING_KEYS, random);
  if (chance < 72) return pick(END_KEYS, random);
  if (chance < 82) return pick(CONTROL_KEYS, random);
  if (chance < 90) return random(3) > 0 ? "{r}" : `{r${1 + random(5)}}`;
  if (chance < 92) return pick(PRINTED, random);
  return chance < 93 ? "{flush}" : "set";
}

function randomChange(termios: Termios, flags: string[], random: Random): string {
  const words = flags.filter((name) => random(FLAG_ODDS[name]) === 0)
    .map((name) => flipped(termios, name));
  for (const name of CHARACTER_NAMES) {
    if (random(12) === 0) words.push(`${name}=${pick(CHARACTER_VALUES, random)}`);
  }
  return words.join(" ");
}

function flipped(termios: Termios, flag: string): string {
  const on = flag === "XTABS" ? termios.TABDLY !== 0 : termios[flag as FlagName];
  return (on ? "-" : "+") + flag;
}

function pick<T>(choices: readonly T[], random: Random): T {
  return choices[random(choices.length)];
}
