import { assertEquals, assertStringIncludes } from "@std/assert";
import { toFigure, toMarkdown } from "./report_markdown.ts";
import { toSvg } from "./report_svg.ts";
import type { Result, Run } from "./results.ts";

function figure(peer: string, roundTrip: number, median: number): Result {
  const samples = [median - 1, median, median + 1];
  return { measure: "prompt", peer, roundTrip, median, low: median - 1, high: median + 1, samples };
}

const RUN: Run = {
  circumstances: {
    date: "2026-01-01",
    system: "linux 6",
    processors: "2 × model",
    load: [0, 1],
    seconds: 60,
    quick: false,
    versions: { ssh: "OpenSSH" },
  },
  results: [figure("ssh", 100, 101), figure("rpty", 100, 102), figure("rpty", 0, 2.5)],
  gaps: [{ scenario: "all", peer: "mosh", roundTrip: 0, reason: "missing here: mosh-client" }],
};

Deno.test("toMarkdown tells figures with their spread, goals and what is missing", () => {
  const text = toMarkdown(RUN);
  assertStringIncludes(text, "| Enter to prompt, ms | 101 (100–102) | 102 (101–103) |");
  assertStringIncludes(text, "| Enter to prompt | 100 ms | ≤ ssh × 1.02 | 103 ms | 102 ms | met |");
  assertStringIncludes(text, "| Throughput | 0 ms | ≥ ssh | – | – | not measured |");
  assertStringIncludes(text, "- mosh, all: missing here: mosh-client (0 ms)");
});

Deno.test("toFigure keeps the digits that mean something", () => {
  assertEquals([0.1234, 12.34, 123.4].map(toFigure), ["0.12", "12.3", "123"]);
});

Deno.test("toSvg draws a point for each figure, higher ones higher", () => {
  const svg = toSvg(RUN);
  const points = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="3"/g)]
    .map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
  const [ssh, near, far] = points;
  assertEquals(points.length, 3);
  assertEquals(ssh.x, far.x);
  assertEquals([near.x < far.x, near.y > far.y, far.y < ssh.y], [true, true, true]);
});
