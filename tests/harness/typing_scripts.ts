// Random scripts of typing at bash. The same seed gives the same script. The input that programs get is written to the
// file `log` and to other files. To make those independent of how fast a key arrives:
//
//   - There is a pause before the input of a program, in which a local shell would have started it.
//   - A line is edited only after such a pause: a canonical kernel does not erase what it has already released.
//   - The user waits after programs that read more than they need (vim) or flush input (getpass).

import { BACKSPACE, ctrl, ENTER, ESCAPE, LEFT, RIGHT } from "./keys.ts";
import { seededRandom } from "./relay.ts";
import type { Typed } from "./typing.ts";

/**
 * Milliseconds in which a shell starts a program on a busy machine. Over a long distance keys are then on their way when
 * the change of settings that the program makes crosses them.
 */
const STARTS = [150, 250] as const;
/** Milliseconds in which vim saves and ends. */
const END_OF_VIM = 800;
/** Milliseconds that a person takes to see a prompt. bash shows the prompt of `read -s` before it turns echo off. */
const SIGHT = 60;

/** Characters that occur only in secrets, not in a command, message or escape sequence. */
const SECRET_CHARACTERS = "@%+&";
/** What must never be on a screen. */
export const SECRET = /[@%+&]/;

const WORDS = ["alpha", "bravo", "carol", "delta", "echo", "fox", "golf", "hotel", "in", "j"];

/** What the scripts run, beside programs. */
export const TYPING_FILES: Readonly<Record<string, string>> = {
  ".bashrc": `PS1='$ '
hidden() { read -rsp "Secret $1: " v; echo; echo "hidden $1 <$v>" >> log; }
key() { read -rn1 -p "Key $1: " v; echo; echo "key $1 <$v>" >> log; }
password() { python3 ~/.password.py $1; }
`,
  ".password.py": `import getpass, sys
number = sys.argv[1]
secret = getpass.getpass(f"Password {number}: ")
print(f"getpass {number} <{secret}>", file=open("log", "a"))
print(f"Thanks {number}")
`,
  // As emacs does: without IXON, so that ^S is a key.
  ".takes_all.py": `import os, time, tty, termios
before = termios.tcgetattr(0)
os.write(1, b"starting\\n")
time.sleep(1)
tty.setraw(0, termios.TCSADRAIN)
os.write(1, b"ready ")
keys = b""
while not keys.endswith(b"q"):
    keys += os.read(0, 1)
termios.tcsetattr(0, termios.TCSADRAIN, before)
print(keys.decode(), file=open("log", "a"))
`,
};

/** What is common to the parts of one script. */
interface Dice {
  /** A whole number from 0 to `end`, exclusive. */
  below(end: number): number;
  one<Value>(values: readonly Value[]): Value;
  /** Milliseconds after which a program has started, after all commands typed before it. */
  start(): number;
  /** Notes that a command takes a time. */
  busy(time: number): void;
}

/** One action of a user. `number` distinguishes it from others. */
type Act = (dice: Dice, number: number) => Typed[];

const ACTS: readonly Act[] = [
  command,
  command,
  editedCommand,
  slowCommand,
  cat,
  cat,
  hidden,
  hiddenAhead,
  key,
  password,
  vim,
  interrupted,
];

/** The script of a seed. It ends with the shell's end, status 7. */
export function typingScript(seed: number): Typed[] {
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const one = <Value>(values: readonly Value[]) => values[below(values.length)];
  let busy = 0;
  const start = () => {
    const pause = busy + one(STARTS);
    busy = 0;
    return pause;
  };
  const dice = { below, one, start, busy: (time: number) => busy += time };
  const script: Typed[] = [];
  const acts = 3 + below(3);
  for (let number = 1; number <= acts; number++) script.push(...dice.one(ACTS)(dice, number));
  return [...script, ...typed(dice, `exit 7${ENTER}`)];
}

/** Keys as a person types them: at once, one by one, or in bursts. */
function typed(dice: Dice, keys: string, after = 0, when?: string): Typed[] {
  const [longest, pause] = dice.one([[Infinity, 0], [1, 40], [6, 120]]);
  const script: Typed[] = [];
  for (let rest = keys; rest !== "";) {
    const piece = firstKeys(rest, Math.min(rest.length, 1 + dice.below(longest)));
    script.push({ keys: piece, after: dice.below(pause) });
    rest = rest.slice(piece.length);
  }
  script[0] = { keys: script[0].keys, after, when };
  return script;
}

/** About `length` characters. A key of several bytes is never split. */
function firstKeys(keys: string, length: number): string {
  const cursorKey = keys.indexOf(ESCAPE + "[");
  if (cursorKey === -1 || cursorKey >= length) return keys.slice(0, length);
  return keys.slice(0, Math.max(length, cursorKey + LEFT.length));
}

function words(dice: Dice): string {
  return Array.from({ length: 1 + dice.below(4) }, () => dice.one(WORDS)).join(" ");
}

function secret(dice: Dice): string {
  return Array.from({ length: 6 }, () => dice.one([...SECRET_CHARACTERS])).join("");
}

/** A text typed with mistakes that are corrected. */
function withMistakes(dice: Dice, text: string): string {
  return text.split(" ").map((word) =>
    dice.one([
      word,
      `${word}x${BACKSPACE}`,
      `wrong${ctrl("w")}${word}`,
      `${word}lost${BACKSPACE.repeat(4)}`,
    ])
  ).join(" ");
}

function command(dice: Dice, number: number): Typed[] {
  return typed(dice, `echo command ${number} ${words(dice)} >> log${ENTER}`);
}

function editedCommand(dice: Dice, number: number): Typed[] {
  const line = withMistakes(dice, `echo edited ${number} ${words(dice)} >> log`);
  const start = dice.one(["", `nothing${ctrl("u")}`, `c${LEFT}e${RIGHT}xx${ctrl("u")}`]);
  return typed(dice, `${start}${line}${ENTER}`, dice.start());
}

function slowCommand(dice: Dice, number: number): Typed[] {
  const time = dice.below(5) * 100;
  dice.busy(time);
  return typed(dice, `sleep ${time / 1000}; echo slow ${number} ${words(dice)} >> log${ENTER}`);
}

function cat(dice: Dice, number: number): Typed[] {
  const lines = Array.from({ length: 1 + dice.below(3) }, () => withMistakes(dice, words(dice)));
  const text = lines.map((line) => line + ENTER).join("");
  return [
    ...typed(dice, `cat > file${number}${ENTER}`),
    ...typed(dice, text + ctrl("d"), dice.start()),
  ];
}

/** A password typed after its prompt: it must not be shown. */
function hidden(dice: Dice, number: number): Typed[] {
  return [
    ...typed(dice, `hidden ${number}${ENTER}`),
    ...typed(dice, secret(dice) + ENTER, SIGHT + dice.below(200), `Secret ${number}: `),
  ];
}

/** A user who types on without looking gets what a local terminal gives, and may see it. */
function hiddenAhead(dice: Dice, number: number): Typed[] {
  return [
    ...typed(dice, `hidden ${number}${ENTER}`),
    ...typed(dice, withMistakes(dice, words(dice)) + ENTER, dice.start()),
  ];
}

function key(dice: Dice, number: number): Typed[] {
  return [
    ...typed(dice, `key ${number}${ENTER}`),
    { keys: dice.one(["y", "n", "q", ctrl("g")]), after: dice.start() },
  ];
}

function password(dice: Dice, number: number): Typed[] {
  return [
    ...typed(dice, `password ${number}${ENTER}`),
    ...typed(dice, secret(dice) + ENTER, dice.below(2) * 100, `Password ${number}: `),
    { keys: "", after: 0, when: `Thanks ${number}` },
  ];
}

function vim(dice: Dice, number: number): Typed[] {
  const text = Array.from({ length: 1 + dice.below(3) }, () => words(dice)).join(ENTER);
  return [
    ...typed(dice, `vim -u NONE -n file${number}${ENTER}`),
    ...typed(dice, `i${text}${ESCAPE}`, dice.start()),
    // A moment, or an Escape and what follows may look like one key.
    ...typed(dice, `:wq${ENTER}`, 100),
    { keys: "", after: END_OF_VIM },
  ];
}

function interrupted(dice: Dice, number: number): Typed[] {
  return [
    ...typed(dice, `sleep 9${ENTER}`),
    { keys: dice.one(["", words(dice)]) + ctrl("c"), after: 100 + dice.start() },
    ...typed(dice, `echo interrupted ${number} $? >> log${ENTER}`, dice.one([0, 100, 300])),
  ];
}
