// The calls of job control on a kernel pty and under rpty: a probe in C must see the same.
//
// CASES=background/default in the environment shows what the kernel says to the cases of that name.

import { assert, assertEquals } from "@std/assert";
import { testWith } from "../harness/needs.ts";
import { startKernel } from "../harness/on_both.ts";
import { Place } from "../harness/place.ts";
import { eventually } from "../harness/processes.ts";
import { RptySession } from "../harness/rpty.ts";
import type { Session } from "../harness/session.ts";
import { compileProbe } from "./probe.ts";

/** How long the probe may take, in ms: it starts some 600 processes. */
const PATIENCE = 60_000;
/** With fewer cases than this, the probe has lost some. */
const LEAST_CASES = 500;
/** Differing cases that a failure shows. */
const SHOWN = 40;
/** Lines of the probe's survivors, and of its leader if that sees the terminal go away. */
const SURVIVORS = 3;
const HUNG_UP = 4;

/** A way to build the probe, and why cases must differ then. */
interface Build {
  readonly flags: readonly string[];
  reasonFor(name: string): string | undefined;
}

const DYNAMIC: Build = { flags: [], reasonFor: () => undefined };

/** Builds that the keeper answers for. */
const STATIC: Build = {
  flags: ["-static"],
  reasonFor(name) {
    const [place] = name.split("/", 1);
    const call = name.slice(name.lastIndexOf("/") + 1);
    if (call === "poll") return "the kernel polls FIFOs: the input has no room for output";
    if (call === "ttyname") return "a path is the kernel's, to a FIFO";
    if (place === "gives-up" && call !== "and-leaves") {
      return "the keeper keeps nothing about its callers";
    }
    const isStopped = /^(background|orphaned)\/(default|handled|restarted)\/.*-tostop$/.test(name);
    // The input FIFO accepts no write, so a write to descriptor 0 is reported.
    return isStopped && call !== "write-to-0-tostop"
      ? "a write is the kernel's, and the FIFO takes it"
      : undefined;
  },
};

type Answers = ReadonlyMap<string, string>;

/** A probe's file. The survivors' lines come in any order. */
async function answersIn(place: Place): Promise<Answers> {
  const text = await Deno.readTextFile(answersOf(place));
  return new Map(
    text.trimEnd().split("\n").map((line) => {
      const at = line.indexOf(": ");
      return [line.slice(0, at), line.slice(at + 2)] as const;
    }).filter(([name]) => name.includes("/") || name === "broken"),
  );
}

type Options = readonly ("leave" | "wait")[];
type Run = (place: Place, options: Options, build: Build) => Promise<void>;

/** Waits for the probe's end, or until it waits, and takes the terminal away. */
async function untilDone(session: Session, place: Place, options: Options): Promise<void> {
  const isReady = async () => (await Deno.readTextFile(answersOf(place))).includes("ready\n");
  if (!options.includes("wait")) assertEquals(await session.exit(PATIENCE), 0);
  else assert(await eventually(() => isReady().catch(() => false), PATIENCE), "it is not ready");
  await session[Symbol.asyncDispose]();
}

function answersOf(place: Place): string {
  return `${place.home}/answers`;
}

async function command(place: Place, options: Options, { flags }: Build): Promise<string[]> {
  return [await compileProbe("job_control_probe", ...flags), answersOf(place), ...options];
}

const underKernel: Run = async (place, options, build) => {
  await using session = await startKernel(place, { command: await command(place, options, build) });
  await untilDone(session, place, options);
};

const throughRpty: Run = async (place, options, build) => {
  await using through = await RptySession.start(place, {
    command: await command(place, options, build),
  });
  await untilDone(through.session, place, options);
  await through.finish();
};

async function answers(
  run: Run,
  options: Options,
  count: number,
  build: Build,
): Promise<Answers> {
  await using place = await Place.create();
  await run(place, options, build);
  const all = () => answersIn(place);
  assert(
    await eventually(async () => (await all()).size >= count, PATIENCE),
    "answers are missing",
  );
  return await all();
}

/** Both runs' answers to the same cases, or what differs. */
function compare(kernel: Answers, rpty: Answers, { reasonFor }: Build): void {
  assertEquals([...rpty.keys()].sort(), [...kernel.keys()].sort());
  const differing = [...kernel].filter(([name, answer]) =>
    rpty.get(name) !== answer && reasonFor(name) === undefined
  );
  const shown = differing.slice(0, SHOWN).map(([name, answer]) =>
    `${name}\n  kernel ${answer}\n  rpty   ${rpty.get(name)}`
  );
  assert(differing.length === 0, `${differing.length} cases differ:\n${shown.join("\n")}`);
  const needless = [...kernel.keys()].filter((name) =>
    reasonFor(name) !== undefined && rpty.get(name) === kernel.get(name)
  );
  assertEquals(needless, [], "these are listed as different, and are not");
}

function onBothTerminals(
  name: string,
  options: Options,
  count: number,
  build = DYNAMIC,
  needs: readonly string[] = [],
): void {
  // Taking a terminal from another session takes privileges on the kernel's.
  testWith(["cc", "namespaces", "root", ...needs], name, async () => {
    const kernel = await answers(underKernel, options, count, build);
    const wanted = Deno.env.get("CASES");
    for (const [name, answer] of kernel) {
      if (wanted !== undefined && name.startsWith(wanted)) console.log(`${name}: ${answer}`);
    }
    compare(kernel, await answers(throughRpty, options, count, build), build);
  });
}

onBothTerminals("job control: who calls what from where", [], LEAST_CASES);
onBothTerminals("job control: who calls what, a static program", [], LEAST_CASES, STATIC, ["root"]);
onBothTerminals("job control: who outlives the session's leader", ["leave"], SURVIVORS);
onBothTerminals("job control: who outlives the terminal", ["wait"], HUNG_UP);
