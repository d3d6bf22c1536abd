// The language of the scripts for a terminal, one line a script, and how our line discipline runs one.
//
//     ab^?c\n{r}{-ICANON VEOL=x}d{r2}
//
// Keys stand for themselves, `^X` for a control character, and in braces stands what isn't typed:
//
//     {r} {r3}          a program reads (3 bytes)         {FF 80}    bytes in hexadecimal
//     {+ECHO VEOL=x}    settings change (^X, \n, undef)   {a*4095}   a key many times
//     {print text}      a program prints                  {flush}    tcflush
//
// Each step has an outcome, in the same form as that of the kernel's probe:
//
//     echo=6162 signals=SIGINT,flush flow=stop input=0 read=6162

import { ReadQueue } from "./read_queue.ts";
import { type DisciplineOutput, LineDiscipline } from "../../tty/line_discipline.ts";
import {
  CHARACTER_OPCODES,
  FLAG_OPCODES,
  SANE_TERMIOS,
  type Termios,
  VDISABLE,
} from "../../tty/termios.ts";

export interface Script {
  name: string;
  /** How the settings differ from sane at the start. */
  settings: string;
  steps: string;
}

export type Step =
  | { do: "type"; bytes: Uint8Array }
  | { do: "print"; bytes: Uint8Array }
  | { do: "set"; words: string }
  | { do: "read"; max: number }
  | { do: "flush" };

/** A step as it was carried out. */
export interface Done {
  step: Step;
  /** The settings in force. */
  termios: Termios;
  answer: string;
}

const READ_SIZE = 8192;
const XTABS = 3;
const encoder = new TextEncoder();

export function parseSteps(text: string): Step[] {
  const steps: Step[] = [];
  for (const [, inBraces, keys] of text.matchAll(/\{([^}]*)\}|([^{]+)/gsu)) {
    const step = keys ? typed(encodeKeys(keys)) : parseBraces(inBraces);
    const last = steps.at(-1);
    if (step.do === "type" && last?.do === "type") {
      last.bytes = Uint8Array.from([...last.bytes, ...step.bytes]);
    } else steps.push(step);
  }
  return steps;
}

function typed(bytes: Uint8Array): Step {
  return { do: "type", bytes };
}

function parseBraces(text: string): Step {
  const [, size] = text.match(/^r(\d*)$/) ?? [];
  if (size !== undefined) return { do: "read", max: Number(size || READ_SIZE) };
  if (text === "flush") return { do: "flush" };
  if (text.startsWith("print ")) return { do: "print", bytes: encodeKeys(text.slice(6)) };
  const [, key, count] = text.match(/^(.+)\*(\d+)$/su) ?? [];
  if (key) return typed(encodeKeys(key.repeat(Number(count))));
  if (/^[0-9A-F]{2}( [0-9A-F]{2})*$/.test(text)) return typed(fromHex(text.replaceAll(" ", "")));
  return { do: "set", words: text };
}

function encodeKeys(text: string): Uint8Array {
  return encoder.encode(text.replace(/\^([?-_])/g, (_, key) => String.fromCharCode(control(key))));
}

function control(key: string): number {
  return key.charCodeAt(0) ^ 0x40;
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Settings with changes such as `-ECHO +XTABS VEOL=x`. */
export function changed(termios: Termios, words: string): Termios {
  const change: Record<string, number | boolean> = {};
  for (const word of words.split(" ").filter(Boolean)) {
    const [, sign, name, value] = word.match(/^([+-]?)(\w+)(?:=(.+))?$/su) ?? [];
    if (name === "XTABS") change.TABDLY = sign === "+" ? XTABS : 0;
    else if (name in FLAG_OPCODES && sign) change[name] = sign === "+";
    else if (name in CHARACTER_OPCODES && value) change[name] = characterValue(value);
    else throw new SyntaxError(`Cannot change settings: ${word}`);
  }
  return { ...termios, ...change };
}

function characterValue(text: string): number {
  return text === "undef" ? VDISABLE : encodeKeys(text)[0];
}

/** How typed bytes are split into calls: not at all, unless a test asks for it. */
export type Cut = (bytes: Uint8Array) => Uint8Array[];

/** Runs a script on our discipline, and reads the remaining input at the end. */
export function runDiscipline(script: Script, cut: Cut = (bytes) => [bytes]): Done[] {
  const initial = changed(SANE_TERMIOS, script.settings);
  const discipline = new LineDiscipline(initial);
  const queue = new ReadQueue(discipline);
  const done: Done[] = [];
  const carryOut = (step: Step) => {
    const { termios } = discipline;
    done.push({ step, termios, answer: answerOf(step, discipline, queue, cut) });
  };
  // A stopped terminal would keep a program that prints waiting.
  for (const step of parseSteps(script.steps)) {
    if (step.do !== "print" || !discipline.stopped) carryOut(step);
  }
  while (queue.readable) carryOut({ do: "read", max: READ_SIZE });
  carryOut({ do: "read", max: READ_SIZE });
  return done;
}

function answerOf(step: Step, discipline: LineDiscipline, queue: ReadQueue, cut: Cut): string {
  switch (step.do) {
    case "type":
      return answer(cut(step.bytes).map((part) => queue.receive(part)), queue);
    case "set":
      return answer([queue.setTermios(changed(discipline.termios, step.words))], queue);
    case "print":
      discipline.notedOutput(step.bytes);
      return answer([], queue);
    case "flush":
      queue.flush();
      return answer([], queue);
    case "read": {
      const bytes = queue.read(step.max);
      return `${answer([], queue)} read=${bytes ? toHex(bytes) : "none"}`;
    }
  }
}

function answer(outputs: DisciplineOutput[], queue: ReadQueue): string {
  const echo = outputs.map((output) => toHex(output.echo)).join("");
  const signals = outputs.flatMap((output) => output.signals)
    .map(({ signal, flush }) => flush ? `${signal},flush` : signal);
  const flow = outputs.flatMap((output) => output.flow);
  return `echo=${echo} signals=${signals} flow=${flow} input=${queue.available}`;
}
