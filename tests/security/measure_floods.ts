// Measures how long keys take while a stranger floods the session, and without a flood. Run it on an otherwise idle
// machine.
//
//   make all && build/deno run -A --import-map=build/import_map.json tests/security/measure_floods.ts [KEYS]

import { Place } from "../harness/place.ts";
import { RptySession } from "../harness/rpty.ts";
import { echoTimes } from "./echo.ts";
import { asArguments, findPlaces } from "./places.ts";
import { attack } from "./programs.ts";
import { Stranger } from "./stranger.ts";

/** What is to be reached, in ms, on a machine that does nothing else. */
const GOAL = 50;
const FLOODS = ["none", "silent", "connections", "garbage", "requests", "lingering"];

/** The times of keys in a session of their own, in ms, in order of length. */
async function measure(flood: string, keys: number): Promise<number[]> {
  await using place = await Place.create();
  await using through = await RptySession.start(place, { command: ["bash"] });
  await through.session.waitForPrompt();
  const places = await findPlaces(through.far);
  const program = [await attack("flood"), flood, ...asArguments(places)];
  const stranger = flood === "none" ? undefined : new Stranger(places.processes.shell, program);
  try {
    await stranger?.line();
    return (await echoTimes(through.session, keys)).sort((one, other) => one - other);
  } finally {
    await stranger?.[Symbol.asyncDispose]();
  }
}

function row(flood: string, times: readonly number[]): string {
  const at = (part: number) => times[Math.floor(part * (times.length - 1))];
  const cells = [at(0.5), at(0.99), at(1)].map((time) => time.toFixed(1).padStart(8));
  return `${flood.padEnd(12)}${cells.join("")}${at(1) > GOAL ? `  over ${GOAL} ms` : ""}`;
}

console.log(`${"flood".padEnd(12)}  median     99%     max   (ms)`);
for (const flood of FLOODS) {
  try {
    console.log(row(flood, await measure(flood, Number(Deno.args[0] ?? 200))));
  } catch (error) {
    console.log(`${flood.padEnd(12)}  ${error instanceof Error ? error.message : error}`);
  }
}
Deno.exit();
