// Fuzzes the control sockets of a live session of root with requests of every kind: from a process outside the
// session, and from a program inside it.

import { assert, assertEquals } from "@std/assert";
import { eventually, processes, processInfo } from "../harness/processes.ts";
import type { ThroughOptions } from "../harness/through_rpty.ts";
import { asArguments, findPlaces, type SessionPlaces } from "../security/places.ts";
import { attack } from "../security/programs.ts";
import { type Attacked, attacked, gains, resultOf } from "../security/scene.ts";
import { AS_NOBODY, NOBODY } from "../security/stranger.ts";

const LONG = Deno.env.has("RPTY_TEST_LONG");
const SEED = Number(Deno.env.get("RPTY_FUZZ_SEED") ?? 1);
/** Requests of a run. */
const REPEATED = Deno.env.get("RPTY_FUZZ_INPUTS");
const COUNT = Number(REPEATED ?? (LONG ? 2_000 : 250));
/** How long, in ms, the session may take until it is as before: silent connections are closed after a while. */
const PATIENCE = 20_000;
/** Bytes by which the memory of the slave and the keeper may have grown. */
const MAX_GROWTH = 24 << 20;

/** What a session holds. */
interface Holdings {
  /** Descriptors of the slave and the keeper. */
  readonly slave: number;
  readonly keeper: number;
  readonly processes: number;
  readonly files: readonly string[];
}

function descriptorsOf(process: number): number {
  return [...Deno.readDirSync(`/proc/${process}/fd`)].length;
}

async function holdings({ far }: Attacked, namespace: string): Promise<Holdings> {
  const { processes: { slave, keeper }, ...places } = await findPlaces(far);
  const there = (await processes()).filter((one) => one.namespace === namespace);
  return {
    slave: descriptorsOf(slave),
    keeper: descriptorsOf(keeper),
    processes: there.length,
    files: asArguments({ ...places, processes: { slave, keeper, shell: 0 } }).sort(),
  };
}

async function memory({ processes: { slave, keeper } }: SessionPlaces): Promise<number> {
  const both = await Promise.all([slave, keeper].map(processInfo));
  return both.reduce((sum, one) => sum + (one?.memory ?? 0), 0);
}

/** The number of requests for each outcome. A run without any answer has tested nothing. */
function exercised(lines: readonly string[], outcomes: readonly string[]): void {
  const counts = new Map(lines.map((line) => {
    const [outcome, count] = line.split(" ");
    return [outcome, Number(count)];
  }));
  if (REPEATED !== undefined) return;
  for (const outcome of outcomes) {
    assert((counts.get(outcome) ?? 0) > 0, `no request was ${outcome}: ${JSON.stringify(lines)}`);
  }
}

/** Registers a run. Afterwards the session must hold what it held before. */
function fuzzed(
  who: string,
  outcomes: readonly string[],
  run: (scene: Attacked) => Promise<string[]>,
  options: ThroughOptions = {},
): void {
  attacked(`fuzz control sockets by ${who}, ${COUNT} requests`, async (scene) => {
    const { places } = scene;
    const seed = `RPTY_FUZZ_SEED=${SEED}`;
    const { namespace = "" } = await processInfo(places.processes.shell) ?? {};
    const before = await holdings(scene, namespace);
    const memoryBefore = await memory(places);
    const lines = await run(scene);
    exercised(lines, outcomes);
    let after = before;
    const isSame = async () => {
      after = await holdings(scene, namespace);
      return JSON.stringify(after) === JSON.stringify(before);
    };
    if (!await eventually(isSame, PATIENCE)) assertEquals(after, before, seed);
    const growth = await memory(places) - memoryBefore;
    assert(growth <= MAX_GROWTH, `${growth >> 20} MiB more, ${seed}`);
  }, options);
}

fuzzed("a stranger", ["closed"], async (scene) => {
  const lines = await scene.attack("requests", "stranger", `${SEED}`, `${COUNT}`);
  assertEquals(gains(lines.filter((line) => !/^[A-Z]+ \d+$/.test(line))), []);
  for (const outcome of ["GRANTED 0", "DESCRIPTOR 0"]) {
    assert(lines.includes(outcome), `${lines.join()}, RPTY_FUZZ_SEED=${SEED}`);
  }
  return lines;
});

/** A program that has the terminal, and everything that the session's user can reach. */
async function fuzzFromWithin(
  { session, place, places }: Attacked,
  who: "owner" | "guest" = "owner",
): Promise<string[]> {
  const words = [who, `${SEED}`, `${COUNT}`, ...asArguments(places)].join(" ");
  const as = who === "guest" ? AS_NOBODY : "";
  await place.write("attack", `${as} ${await attack("requests")} ${words} > result\n`);
  await session.launch("sh attack; clear");
  const lines = await resultOf(place, /^DESCRIPTOR \d+$/m);
  await session.waitForPrompt();
  return lines;
}

fuzzed("root's program in root's session", ["closed", "GRANTED"], (scene) => fuzzFromWithin(scene));
fuzzed(
  "another user's program in root's session",
  ["closed", "GRANTED"],
  (scene) => fuzzFromWithin(scene, "guest"),
);
fuzzed("a user's program in its session", ["closed", "GRANTED"], (scene) => fuzzFromWithin(scene), {
  far: { user: NOBODY },
});
