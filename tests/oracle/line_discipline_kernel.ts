// Runs scripts on the kernel's line discipline, through a probe in C.

import {
  CHARACTER_OPCODES,
  type CharacterName,
  type FlagName,
  type Termios,
} from "../../tty/termios.ts";
import { type Done, type Step, toHex } from "./line_discipline_script.ts";

const PROBE_SOURCE = new URL("./line_discipline_probe.c", import.meta.url).pathname;
const PROBE = new URL("../../build/line_discipline_probe", import.meta.url).pathname;
const COMPILER_FLAGS = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror"];

/** The flags and characters that the discipline uses. The probe knows the same ones. */
const FLAGS: FlagName[] = [
  ...["ISTRIP", "INLCR", "IGNCR", "ICRNL", "IUCLC", "IXON", "IXANY", "IXOFF", "IMAXBEL"] as const,
  ...["IUTF8", "PARMRK", "INPCK", "IGNPAR", "ISIG", "ICANON", "XCASE", "ECHO", "ECHOE"] as const,
  ...["ECHOK", "ECHONL", "NOFLSH", "IEXTEN", "ECHOCTL", "ECHOKE", "ECHOPRT", "EXTPROC"] as const,
  ...["OPOST", "OLCUC", "ONLCR", "OCRNL", "ONOCR", "ONLRET"] as const,
];
const UNUSED = ["VMIN", "VTIME", "VDSUSP", "VSWTCH", "VSTATUS", "VDISCARD"];
const CHARACTERS = (Object.keys(CHARACTER_OPCODES) as CharacterName[])
  .filter((name) => !UNUSED.includes(name));

/** Repeats on the kernel what was done on ours. Returns its outcomes; undefined if the kernel cannot be asked. */
export async function runKernel(scripts: Done[][]): Promise<(string[] | undefined)[]> {
  const commands = scripts.map((done) => done.map(stepCommands));
  const text = commands.flatMap((steps, i) => [
    "open",
    setCommand(scripts[i][0].termios),
    ...steps.flat(),
  ]).join("\n") + "\n";
  const lines = (await runProbe(text)).split("\n");
  let next = 0;
  return commands.map((steps, i) => {
    next++; // the answer to the initial settings
    const answers = steps.map((parts, j) =>
      merge(scripts[i][j].step, lines.slice(next, next += parts.length))
    );
    return answers.includes("unsupported") ? undefined : answers;
  });
}

async function runProbe(commands: string): Promise<string> {
  await compileProbe();
  const probe = new Deno.Command(PROBE, { stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();
  const [, output] = await Promise.all([
    new Blob([commands]).stream().pipeTo(probe.stdin),
    probe.output(),
  ]);
  if (!output.success) {
    throw new Error(`Cannot ask the kernel: the probe ended with ${output.code}`);
  }
  return new TextDecoder().decode(output.stdout);
}

async function compileProbe(): Promise<void> {
  await Deno.mkdir(new URL("../../build", import.meta.url), { recursive: true });
  const args = [...COMPILER_FLAGS, "-o", PROBE, PROBE_SOURCE];
  const { success, stderr } = await new Deno.Command("cc", { args }).output();
  if (!success) throw new Error(`Cannot compile the probe: ${new TextDecoder().decode(stderr)}`);
}

function stepCommands({ step, termios }: Done, i: number, all: Done[]): string[] {
  switch (step.do) {
    case "type":
      return cutForKernel(step.bytes, termios).map((part) => `type ${toHex(part)}`);
    case "print":
      return [`write ${toHex(step.bytes)}`];
    case "set":
      return [setCommand(all[i + 1].termios)];
    case "read":
      return [`read ${step.max}`];
    case "flush":
      return ["flush"];
  }
}

function setCommand(termios: Termios): string {
  const flags = FLAGS.map((name) => (termios[name] ? "+" : "-") + name);
  const characters = CHARACTERS.map((name) => `${name}=${termios[name]}`);
  const tabs = termios.TABDLY === 0 ? "-XTABS" : "+XTABS";
  return ["set", ...flags, tabs, ...characters].join(" ");
}

/**
 * Keys that the kernel treats differently if others stand in the same write are written alone: it
 * drops echo under way at a signal, and holds it back at a ^S. The probe's wait wants a line's end
 * last.
 */
function cutForKernel(bytes: Uint8Array, t: Termios): Uint8Array[] {
  const alone = [t.VINTR, t.VQUIT, t.VSUSP, t.VSTART, t.VSTOP];
  const last = [0x0a, 0x0d, t.VEOF, t.VEOL, t.VEOL2];
  const parts: Uint8Array[] = [];
  let start = 0;
  const cut = (end: number) => {
    if (end > start) parts.push(bytes.subarray(start, end));
    start = end;
  };
  bytes.forEach((received, i) => {
    const byte = t.ISTRIP ? received & 0x7f : received;
    const isAlone = alone.includes(byte);
    if (isAlone) cut(i);
    if (isAlone || last.includes(byte)) cut(i + 1);
  });
  cut(bytes.length);
  return parts;
}

/** One answer from those to the parts of a step. What a program prints is no echo. */
function merge(step: Step, answers: string[]): string {
  if (answers.includes("unsupported")) return "unsupported";
  const all = answers.map((answer) => new Map(answer.split(" ").map(pair)));
  const join = (key: string, comma: string) =>
    all.map((answer) => answer.get(key)).filter(Boolean).join(comma);
  const echo = step.do === "print" ? "" : join("echo", "");
  const signals = step.do === "flush" ? "" : join("signals", ",");
  const last = all.at(-1)!;
  const read = last.has("read") ? ` read=${last.get("read")}` : "";
  return `echo=${echo} signals=${signals} flow=${join("flow", ",")} input=${
    last.get("input")
  }${read}`;
}

function pair(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}
