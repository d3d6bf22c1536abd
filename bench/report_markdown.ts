// Writes a run as Markdown.

import { GOALS, judge, type Verdict } from "./goals.ts";
import { PEERS } from "./peers/all.ts";
import { find, type Gap, type Result, type Run } from "./results.ts";
import { MEASURES } from "./scenarios/all.ts";
import type { Measure } from "./scenarios/scenario.ts";

/** What the figures are, and how to get them. */
const INTRODUCTION = `# Performance

This document shows how rpty compares with other ways to get a shell on a distant host. Read it to see what rpty costs, and
where ssh is faster. All figures come from one run. The first of these commands writes this file, performance.svg, and
build/bench/performance.json, which has every sample:

    make bench                            # or: deno task bench
    make bench BENCH='--quick'            # local, ssh and rpty, fewer samples: two minutes
    make bench BENCH='--long'             # memory during a minute of output
    make bench BENCH='--peer ssh,rpty --scenario prompt,echo --delay 0,100'
    make bench BENCH='--help'

The others leave something out, and write all three files to build/bench.

## What is measured

| name | what it is |
| --- | --- |
| local | bash on a pty of the local kernel: the limit of what is possible |
| ssh | ssh to an sshd that the benchmark starts |
| socat | \`socat -,rawer TCP:…\` to \`EXEC:bash,pty,…\` |
| mosh | mosh-client and mosh-server, without the ssh that normally starts them |
| rpty | \`rpty-master -- ncat …\` to \`ncat -l --sh-exec rpty-slave\` |

- A relay between the two sides delays the bytes by half a round trip in each direction. It carries 100 Mbit a second, or 1 MB
  a second where the row says so. At 0 ms there is no relay, except to count bytes.
- A time starts with the write of the keys to the pty, and ends with the read of the bytes that complete the expected
  result: a numbered mark after the prompt, or a text on the screen. A helper in C takes the times.
- "Pipe beside it": a pipe that is written and read by system calls in that terminal's session, after as much other output as
  the terminal's own writes. The processor's caches are therefore equally cold.
- "Every 500 ms" and "every 20 ms" are the pauses between two keys. The other rows type as soon as the previous result is on
  the screen. After a pause the programs have slept, and the processor's caches are cold.
- Throughput is measured in turns: each peer shows the text once, and then again. The speed of a processor changes within
  seconds, with the work of the other one.
- Figures are medians, with the quartiles in brackets.
- Bytes are the payload of TCP or UDP in both directions, including acknowledgements.
`;

/** A run as Markdown. */
export function toMarkdown(run: Run): string {
  const roundTrips = [...new Set(run.results.map((one) => one.roundTrip))].sort((a, b) => a - b);
  return [
    INTRODUCTION,
    circumstances(run),
    "## Goals\n",
    goalTable(run),
    "![The same figures as curves](performance.svg)\n",
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
  return table(["", "kernel pty", "pipe beside it", "rpty", "pipe beside it"], rows);
}

function toCell(result: Result | undefined): string {
  if (result === undefined) return "";
  const { median, low, high, samples } = result;
  if (samples.length === 1) return toFigure(median);
  return `${toFigure(median)} (${toFigure(low)}–${toFigure(high)})`;
}

/** Three significant digits, and at most two after the point. */
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
