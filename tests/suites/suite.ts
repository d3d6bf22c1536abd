// Runs the test suite of another project on a kernel pty and through rpty. Each case must have the same outcome, whether
// it passes or not.
//
//   part ──> program on a kernel pty  ──> outcomes ─┐
//     └────> program in rpty's session ─> outcomes ─┴─> compared, the known differences taken out

import { ROOT } from "../harness/build.ts";
import { testWith } from "../harness/needs.ts";
import { startKernel } from "../harness/on_both.ts";
import { Place } from "../harness/place.ts";
import { RptySession } from "../harness/rpty.ts";
import type { Session } from "../harness/session.ts";

/** How long a program may run, in ms: bash's tests of jobs sleep for a minute. */
const PATIENCE = 180_000;
/** Differing cases that a failure shows. */
const SHOWN = 10;
/** Parts that run side by side: most of them sleep. */
const AT_ONCE = 6;

/** What became of each case. */
export type Outcomes = Readonly<Record<string, string>>;

/** A program to be run on a terminal. */
export interface Program {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs; otherwise in the home. */
  readonly folder?: string;
  /** What stty is to make of the terminal first. Nothing is typed before that. */
  readonly settings?: string;
  /** Is given the session when it has begun, to type. */
  readonly attend?: (session: Session) => void;
  /** Is given the program's output. */
  readonly onOutput?: (chunk: Uint8Array) => void;
}

/** Shown when the terminal is set: an escape sequence that says nothing to terminals. */
const READY = new TextEncoder().encode("\x1b]7777;ready\x07");
const SETUP = String.raw`stty $0 && printf '\033]7777;ready\007' && exec "$@"`;

/** What a program left behind. */
export interface Ended {
  readonly status: number;
  /** All that it wrote to the terminal. */
  readonly output: string;
}

/** A terminal: the kernel's or rpty's. */
export interface Terminal {
  readonly place: Place;
  /** Runs a program to its end. */
  run(program: Program): Promise<Ended>;
}

/** Programs of a suite by name, each with what it gives. */
export type Parts = Readonly<Record<string, (terminal: Terminal) => Promise<Outcomes>>>;

/** A test suite, or what of it is judged together. */
export interface Suite {
  /** The folder below build/suites that it needs. */
  readonly source: string;
  readonly needs?: readonly string[];
  readonly parts: Parts;
  /** At least so many cases, or something was not run at all. */
  readonly cases: number;
  /** Cases that have to differ, with the reason. One that does not differ any more is a failure. */
  readonly differences?: Readonly<Record<string, string>>;
}

/** Where a suite's files are. */
export function suiteFolder(source: string): string {
  return `${ROOT}/build/suites/${source}`;
}

/** The names in a folder of a suite's, in order; none where the suite is not here. */
export function fileNames(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch {
    return [];
  }
}

/** Parts that are run alike. */
export function partsOf(
  names: readonly string[],
  run: (name: string, terminal: Terminal) => Promise<Outcomes>,
): Parts {
  return Object.fromEntries(names.map((name) => [name, (terminal) => run(name, terminal)]));
}

/** Registers the test that a suite has the same outcomes on both terminals. */
export function sameOutcomes(name: string, suite: Suite): void {
  const needs = [
    "long",
    "namespaces",
    `${suiteFolder(suite.source)}.ready`,
    ...suite.needs ?? [],
  ];
  testWith(needs, name, async () => {
    const { kernel, rpty } = await runUntilSame(suite);
    const count = Object.keys(kernel).length;
    console.log(`${name}: ${count} cases, ${summary(kernel)}`);
    const faults = compare(kernel, rpty, suite.differences ?? {});
    if (count < suite.cases) faults.unshift(`${count} cases are fewer than ${suite.cases}`);
    if (faults.length === 0) return;
    const shown = faults.slice(0, SHOWN).join("\n");
    throw new Error(`Cannot see ${name} come out the same, ${faults.length} times:\n${shown}`);
  });
}

/** What is not as it should be. */
export function compare(
  kernel: Outcomes,
  rpty: Outcomes,
  differences: Readonly<Record<string, string>>,
): string[] {
  const names = new Set([
    ...Object.keys(kernel),
    ...Object.keys(rpty),
    ...Object.keys(differences),
  ]);
  return [...names].flatMap((name) => {
    const same = kernel[name] === rpty[name];
    if (name in differences) {
      return same ? [`${name}: differs no more, take it off the list (${differences[name]})`] : [];
    }
    return same ? [] : [`${name}:\n  kernel: ${kernel[name]}\n  rpty:   ${rpty[name]}`];
  });
}

/** How often each outcome came, and which tests fail on any terminal here. */
function summary(outcomes: Outcomes): string {
  const passed = Object.values(outcomes).filter((outcome) => outcome.startsWith("passed")).length;
  const skipped = Object.values(outcomes).filter((outcome) => outcome.startsWith("skipped")).length;
  const failed = Object.entries(outcomes)
    .filter(([, outcome]) => !/^(passed|skipped)/.test(outcome))
    .map(([name, outcome]) => `\n  ${name}: ${outcome.slice(0, 100).replaceAll(/\s+/g, " ")}`);
  const count = `${passed} passed, ${failed.length} failed, ${skipped} skipped`;
  return `on a kernel pty ${count}${failed.join("")}`;
}

/** The outcomes of both terminals. */
interface Both {
  kernel: Outcomes;
  rpty: Outcomes;
}

/** Runs all parts; and those that differ once more, one by one, since some tests are sensitive to time. */
async function runUntilSame(suite: Suite): Promise<Both> {
  const found: Record<string, Both> = {};
  const { parts, differences = {} } = suite;
  await runParts(parts, AT_ONCE, found);
  const differing = Object.entries(parts).filter(([part]) => {
    const { kernel, rpty } = found[part];
    const known = Object.entries(differences).filter(([name]) => name in kernel);
    return compare(kernel, rpty, Object.fromEntries(known)).length > 0;
  });
  for (const [part] of differing) console.log(`Once more, since it differs: ${part}`);
  await runParts(Object.fromEntries(differing), 1, found);
  return {
    kernel: Object.assign({}, ...Object.values(found).map(({ kernel }) => kernel)),
    rpty: Object.assign({}, ...Object.values(found).map(({ rpty }) => rpty)),
  };
}

/** Runs parts on both terminals, some at once, and puts what comes out into `found`. */
async function runParts(parts: Parts, atOnce: number, found: Record<string, Both>): Promise<void> {
  const tasks = Object.entries(parts).flatMap(([part, use]) => {
    const both: Both = found[part] = { kernel: {}, rpty: {} };
    return [
      async () => void (both.kernel = await outcomesOf(part, onKernel(use))),
      async () => void (both.rpty = await outcomesOf(part, throughRpty(use))),
    ];
  });
  const worker = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** The cases under names that are theirs in the suite; a part of one case has a name that is empty. */
async function outcomesOf(part: string, running: Promise<Outcomes>): Promise<Outcomes> {
  const found = await running.catch((error) => ({ end: `cannot be run: ${error.message}` }));
  return Object.fromEntries(
    Object.entries(found).map(([name, outcome]) => [
      name === "" ? part : `${part}: ${name}`,
      outcome,
    ]),
  );
}

async function onKernel(use: (terminal: Terminal) => Promise<Outcomes>): Promise<Outcomes> {
  await using place = await Place.create();
  return await use({
    place,
    run: async (program) => {
      await using session = await startKernel(place, { command: commandOf(program, place) });
      return await untilEnd(session, program, place);
    },
  });
}

async function throughRpty(use: (terminal: Terminal) => Promise<Outcomes>): Promise<Outcomes> {
  await using place = await Place.create();
  return await use({
    place,
    run: async (program) => {
      await using through = await RptySession.start(place, { command: commandOf(program, place) });
      return await untilEnd(through.session, program, place);
    },
  });
}

/** The same command for both: it sets what it needs by itself. */
function commandOf(program: Program, place: Place): string[] {
  const { command, env = {}, folder, settings = "sane" } = program;
  const variables = { TMPDIR: place.home, ...env };
  return [
    "env",
    `--chdir=${folder ?? place.home}`,
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ...["sh", "-c", SETUP, settings, ...command],
  ];
}

async function untilEnd(session: Session, program: Program, place: Place): Promise<Ended> {
  const decoder = new TextDecoder();
  let output = "";
  session.onOutput = afterReady((chunk) => {
    output += decoder.decode(chunk, { stream: true });
    program.onOutput?.(chunk);
  }, () => program.attend?.(session));
  const status = await session.exit(PATIENCE);
  return { status, output: output.replaceAll(place.folder, "PLACE") };
}

/** Calls `begin` when the sign of readiness has come, and `show` with what comes behind it. */
function afterReady(
  show: (chunk: Uint8Array) => void,
  begin: () => void,
): (chunk: Uint8Array) => void {
  let before: number[] | undefined = [];
  return (chunk) => {
    if (before === undefined) return show(chunk);
    before.push(...chunk);
    const at = before.findIndex((_, i) => READY.every((byte, j) => before?.[i + j] === byte));
    if (at < 0) return;
    const rest = before.slice(at + READY.length);
    before = undefined;
    begin();
    if (rest.length > 0) show(new Uint8Array(rest));
  };
}
