// Measures rpty and other ways to get a remote shell, and writes the results.
//
//   options ──> plan ──> runner ──> results ──> performance.md and .svg, every sample in performance.json

import { missing, observe } from "./circumstances.ts";
import { GOALS, judge } from "./goals.ts";
import { createHome } from "./home.ts";
import { type Options, parseOptions, USAGE } from "./options.ts";
import { PEERS } from "./peers/all.ts";
import type { Peer } from "./peers/peer.ts";
import { toFigure, toMarkdown } from "./report_markdown.ts";
import { toSvg } from "./report_svg.ts";
import type { Gap, Run } from "./results.ts";
import { measureAll } from "./runner.ts";
import { SCENARIOS } from "./scenarios/all.ts";
import type { Effort } from "./scenarios/scenario.ts";

/** From this round trip on, in ms, there are fewer samples, because each takes at least that long. */
const EFFORTS = [
  { from: 300, many: 10, unhurried: 10, few: 2, heavy: 2, turns: 2 },
  { from: 100, many: 20, unhurried: 20, few: 3, heavy: 3, turns: 3 },
  { from: 0, many: 50, unhurried: 20, few: 7, heavy: 3, turns: 9 },
];
const QUICK_EFFORTS = [
  { from: 100, many: 7, unhurried: 7, few: 2, heavy: 2, turns: 2 },
  { from: 0, many: 20, unhurried: 7, few: 3, heavy: 2, turns: 5 },
];
/** Seconds under `yes`. */
const MEMORY_SECONDS = { long: 60, usual: 5 };

function effort({ quick, long }: Options, roundTrip: number): Effort {
  const efforts = quick ? QUICK_EFFORTS : EFFORTS;
  const [much] = efforts.filter(({ from }) => roundTrip >= from);
  return { ...much, memorySeconds: MEMORY_SECONDS[long ? "long" : "usual"] };
}

/** The peers that can run here; those that can't are gaps. */
async function available(wanted: readonly string[]): Promise<{ peers: Peer[]; gaps: Gap[] }> {
  const peers: Peer[] = [];
  const gaps: Gap[] = [];
  for (const peer of PEERS.filter(({ name }) => wanted.includes(name))) {
    const lacks = await missing(peer);
    if (lacks.length === 0) peers.push(peer);
    const reason = `missing here: ${lacks.join(", ")}`;
    if (lacks.length > 0) gaps.push({ scenario: "all", peer: peer.name, roundTrip: 0, reason });
  }
  return { peers, gaps };
}

async function measure(options: Options): Promise<Run> {
  const started = performance.now();
  const tell = (line: string) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  const { peers, gaps } = await available(options.peers);
  for (const { peer, reason } of gaps) tell(`without ${peer}: ${reason}`);
  const before = await observe(peers);
  await using place = await createHome();
  const plan = {
    peers,
    scenarios: SCENARIOS.filter(({ name }) => options.scenarios.includes(name)),
    roundTrips: options.roundTrips,
    effort: (roundTrip: number) => effort(options, roundTrip),
  };
  const measured = await measureAll(plan, place, tell);
  const circumstances = {
    ...before,
    load: [before.load[0], Deno.loadavg()[0]] as const,
    seconds: (performance.now() - started) / 1000,
    quick: options.quick,
  };
  return { circumstances, results: measured.results, gaps: [...gaps, ...measured.gaps] };
}

function showGoals(run: Run): void {
  for (const { goal, value, bound, met } of GOALS.map((one) => judge(one, run))) {
    if (met === undefined || value === undefined || bound === undefined) continue;
    const figures = `${toFigure(value)}, bound ${toFigure(bound)}`;
    const where = `${goal.title} at ${goal.roundTrip} ms`;
    console.log(`${met ? "met    " : "not met"}  ${where}: ${figures} (${goal.goal})`);
  }
}

async function write(run: Run, { output, samples }: Options): Promise<void> {
  const files = {
    [`${output}/performance.md`]: toMarkdown(run),
    [`${output}/performance.svg`]: toSvg(run),
    [`${samples}/performance.json`]: JSON.stringify(run, null, 1) + "\n",
  };
  for (const folder of [output, samples]) await Deno.mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) await Deno.writeTextFile(path, text);
  console.log(`Written: ${Object.keys(files).join(", ")}`);
}

async function main(): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(Deno.args);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    console.error(error.message);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const run = await measure(options);
  showGoals(run);
  await write(run, options);
  return 0;
}

if (import.meta.main) Deno.exit(await main());
