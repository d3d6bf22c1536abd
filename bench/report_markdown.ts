// A run as a document.

import { GOALS, judge, type Verdict } from "./goals.ts";
import { PEERS } from "./peers/all.ts";
import { find, type Gap, type Result, type Run } from "./results.ts";
import { MEASURES } from "./scenarios/all.ts";
import type { Measure } from "./scenarios/scenario.ts";

/** What the figures are, and how to get them. */
const INTRODUCTION = `# Performance

rpty beside what else gives a shell on a distant host, all in one run. This file and performance.svg are written
by the first of these commands, and build/bench/performance.json, which has every sample:

    make bench                            # or: deno task bench
    make bench BENCH='--quick'            # local, ssh and rpty, fewer samples: two minutes
    make bench BENCH='--long'             # memory under a minute of output
    make bench BENCH='--peer ssh,rpty --scenario prompt,echo --delay 0,100'
    make bench BENCH='--help'

Those that leave something out write all three files to build/bench.

- *local*: bash on a pty of the kernel's, the limit. *ssh*: to an sshd of the benchmark's own. *socat*:
  \`socat -,rawer TCP:…\` to \`EXEC:bash,pty,…\`. *mosh*: mosh-client and mosh-server, without the ssh that
  starts them. *rpty*: \`rpty-master -- ncat …\` to \`ncat -l --sh-exec rpty-slave\`.
- Between the sides stands a relay, which delays by half a round trip each way and lets 100 Mbit pass a
  second (1 MB where that is said); at 0 ms there is none, but to count bytes.
- Times go from the write of the keys to the pty until the read of the bytes that complete what is waited
  for: a numbered mark behind the prompt, or what the screen shows. A C helper takes them.
- A pipe beside a terminal is written and read by system calls in that terminal's session, behind as much
  output as the terminal's writes have behind them: so the processors' caches are as cold.
- Throughput is measured in turns, one flood of each peer, and again: a processor's speed changes within seconds, with
  what else the machine and its neighbours do.
- Figures are medians, with the quartiles behind them.
- Bytes are payload of TCP or UDP, both ways together, with what acknowledges them.
`;

/** A run as Markdown. */
export function toMarkdown(run: Run): string {
  const roundTrips = [...new Set(run.results.map((one) => one.roundTrip))].sort((a, b) => a - b);
  return [
    INTRODUCTION,
    circumstances(run),
    "## Goals\n",
    goalTable(run),
    "![The same as curves](performance.svg)\n",
    ...roundTrips.flatMap((roundTrip) => [
      `## ${roundTrip} ms round trip\n`,
      distanceTable(run, roundTrip),
    ]),
    "## Calls on the terminal\n",
    callTable(run),
    gapList(run.gaps),
  ].filter((part) => part !== "").join("\n");
}

function circumstances({ circumstances: at }: Run): string {
  const versions = Object.entries(at.versions).map(([name, version]) => `${name}: ${version}`);
  return [
    `${at.date}, ${at.system}, ${at.processors}; load ${
      at.load.map((one) => one.toFixed(1)).join(" to ")
    }; ` +
    `${Math.round(at.seconds)} s${at.quick ? " (--quick)" : ""}.`,
    "",
    ...versions.map((line) => `- ${line}`),
    "",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

function goalTable(run: Run): string {
  const rows = GOALS.map((goal) => goalRow(judge(goal, run)));
  return table(["", "round trip", "goal", "bound", "rpty", "met"], rows);
}

function goalRow({ goal, value, bound, met }: Verdict): string[] {
  const unit = MEASURES.find(({ name }) => name === goal.measure)?.unit ?? "";
  const figure = (number: number | undefined) =>
    number === undefined ? "–" : `${toFigure(number)} ${unit}`;
  const word = met === undefined ? "not measured" : met ? "met" : "**not met**";
  return [goal.title, `${goal.roundTrip} ms`, goal.goal, figure(bound), figure(value), word];
}

function isCall({ name }: Measure): boolean {
  return /^(call|pipe)_/.test(name);
}

function distanceTable(run: Run, roundTrip: number): string {
  const peers = PEERS.map(({ name }) => name).filter((peer) =>
    run.results.some((one) => one.peer === peer && one.roundTrip === roundTrip)
  );
  const rows = MEASURES.filter((measure) => !isCall(measure)).map(({ name, title, unit }) => [
    `${title}, ${unit}`,
    ...peers.map((peer) => toCell(find(run, name, peer, roundTrip))),
  ]).filter((cells) => cells.slice(1).some((cell) => cell !== ""));
  return table(["", ...peers], rows);
}

function pipeOf(call: string): string {
  return call.replace("call_", "pipe_");
}

function callTable(run: Run): string {
  const rows = MEASURES.filter(({ name }) => name.startsWith("call_")).map((
    { name, title, unit },
  ) => [
    `${title}, ${unit}`,
    toCell(find(run, name, "local", 0)),
    toCell(find(run, pipeOf(name), "local", 0)),
    toCell(find(run, name, "rpty", 0)),
    toCell(find(run, pipeOf(name), "rpty", 0)),
  ]);
  return table(["", "kernel's pty", "pipe beside it", "rpty", "pipe beside it"], rows);
}

function toCell(result: Result | undefined): string {
  if (result === undefined) return "";
  const { median, low, high, samples } = result;
  if (samples.length === 1) return toFigure(median);
  return `${toFigure(median)} (${toFigure(low)}–${toFigure(high)})`;
}

/** Three digits, and no more after the point than mean something. */
export function toFigure(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

function gapList(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return "";
  const lines = new Map<string, number[]>();
  for (const { peer, scenario, roundTrip, reason } of gaps) {
    const line = `${peer}, ${scenario}: ${reason}`;
    lines.set(line, [...lines.get(line) ?? [], roundTrip]);
  }
  const bullets = [...lines].map(([line, at]) => `- ${line} (${at.join(", ")} ms)`);
  return ["## Not measured\n", ...bullets, ""].join("\n");
}
