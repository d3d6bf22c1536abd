// The oracle: each family of calls must have the same outcome on a kernel pty and under rpty, in every case.
//
//   families/NAME.c ── compiled ──> on a kernel pty ──> outcomes ─┐
//                              └──> under rpty ───────> outcomes ─┴─> compared, less what differences.ts lists

import { ROOT } from "../harness/build.ts";
import { startKernel } from "../harness/on_both.ts";
import { Place } from "../harness/place.ts";
import { RptySession } from "../harness/rpty.ts";
import { type Build, compileFamily } from "./compile.ts";
import { reasonsFor } from "./differences.ts";
import { Driver, type Outcomes, prepare } from "./driver.ts";

const FOLDER = `${ROOT}/tests/oracle`;
/** What the suite needs of the machine. */
export const NEEDS = ["namespaces", "cc", "mkfifo"] as const;

/** How the slave reaches a build: what has the interposer within is to need nobody else. */
const REACH: Readonly<Record<Build, readonly string[]>> = {
  "glibc": [],
  "musl": [],
  "static-glibc": ["--reach=all"],
  "static-musl": ["--reach=all"],
  "static-archive": ["--reach=preload"],
};

/** Which of a family's cases are run, and how it is built. */
export interface SuiteOptions {
  /** In the names of those that are run. */
  readonly filter?: string;
  readonly build?: Build;
}

/** How a case went on both terminals. */
export interface Comparison {
  readonly name: string;
  readonly kernel: string | undefined;
  readonly rpty: string | undefined;
  /** Why it may differ. */
  readonly reason: string | undefined;
}

/** Families whose cases start other programs, which are what they are however the family is built. */
const OF_OTHERS: readonly string[] = ["utilities"];

/** The families' names, in which that build makes sense. */
export function families(build: Build = "glibc"): string[] {
  const left = build === "static-glibc" || build === "static-musl" ? OF_OTHERS : [];
  return [...Deno.readDirSync(`${FOLDER}/families`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".c")).map((name) => name.slice(0, -2))
    .filter((name) => !left.includes(name)).sort();
}

/** Runs a family's cases. */
export async function compareFamily(
  family: string,
  { filter = "", build = "glibc" }: SuiteOptions = {},
): Promise<Comparison[]> {
  const command = [await compileFamily(family, build), filter];
  const kernel = await onKernel(command);
  const rpty = await onRpty(command, build);
  const reasons = reasonsFor(family, build);
  const names = new Set([...kernel.keys(), ...rpty.keys()]);
  return [...names].map((name) => ({
    name,
    kernel: kernel.get(name),
    rpty: rpty.get(name),
    reason: reasons[name],
  }));
}

/** Whether a case is not as it should be: it differs, or it doesn't and is listed. */
export function isWrong({ kernel, rpty, reason }: Comparison): boolean {
  return (kernel === rpty) === (reason !== undefined);
}

/** A wrong case as a test runner shows it. */
export function describe({ name, kernel, rpty, reason }: Comparison): string {
  if (reason !== undefined) {
    return `  ${name}\n      is listed as different (${reason}), and is not: ${kernel}`;
  }
  const [a, b] = markDifference(kernel ?? "(no such case)", rpty ?? "(no such case)");
  return `  ${name}\n    - kernel ${a}\n    + rpty   ${b}`;
}

/** Lines that differ far behind their start are cut to where they do. */
function markDifference(...[one, other]: [string, string]): string[] {
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  const from = start > 100 ? start - 60 : 0;
  return [one, other].map((text) => (from > 0 ? "…" : "") + text.slice(from, start + 400));
}

async function onKernel(command: string[]): Promise<Outcomes> {
  await using place = await Place.create();
  await prepare(place);
  await using session = await startKernel(place, { command });
  return await new Driver(session, place).outcomes();
}

async function onRpty(command: string[], build: Build): Promise<Outcomes> {
  await using place = await Place.create();
  await prepare(place);
  const slaveOptions = REACH[build];
  await using through = await RptySession.start(place, { command, slaveOptions });
  const outcomes = await new Driver(through.session, place).outcomes();
  await through.finish();
  return outcomes;
}
