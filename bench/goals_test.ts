import { assertEquals } from "@std/assert";
import { GOALS, judge } from "./goals.ts";
import type { Result } from "./results.ts";
import { MEASURES } from "./scenarios/all.ts";

function figure(measure: string, peer: string, roundTrip: number, median: number): Result {
  return { measure, peer, roundTrip, median, low: median, high: median, samples: [median] };
}

function goal(measure: string, words: string) {
  const found = GOALS.find((one) => one.measure === measure && one.goal === words);
  if (found === undefined) throw new Error(`Cannot find the goal "${words}" of ${measure}`);
  return found;
}

Deno.test("judge holds a figure against a number", () => {
  const prompt = goal("prompt", "≤ 3 ms");
  const run = (median: number) => ({ results: [figure("prompt", "rpty", 0, median)] });
  assertEquals(judge(prompt, run(3)).met, true);
  assertEquals(judge(prompt, run(3.1)).met, false);
});

Deno.test("GOALS hold both paces against a number near by, and against ssh far away", () => {
  const paced = GOALS.filter(({ measure }) => /_(500|20)$/.test(measure));
  assertEquals(paced.length, 8);
  const run = {
    results: ["prompt_500", "prompt_20", "echo_500", "echo_20"].flatMap((measure) => [
      figure(measure, "rpty", 0, 2.1),
      figure(measure, "ssh", 100, 100),
      figure(measure, "rpty", 100, 101.9),
    ]),
  };
  for (const one of paced) assertEquals(judge(one, run).met, one.roundTrip === 100);
});

Deno.test("judge holds a figure against another's at the same round trip", () => {
  const echo = goal("echo_readline", "≤ ssh × 1.02");
  const run = (median: number) => ({
    results: [
      figure("echo_readline", "ssh", 0, 1),
      figure("echo_readline", "ssh", 100, 100),
      figure("echo_readline", "rpty", 100, median),
    ],
  });
  assertEquals(judge(echo, run(101)), { goal: echo, value: 101, bound: 102, met: true });
  assertEquals(judge(echo, run(103)).met, false);
});

Deno.test("judge takes more for better where it is", () => {
  const throughput = goal("throughput", "≥ ssh");
  const run = (median: number) => ({
    results: [figure("throughput", "ssh", 0, 100), figure("throughput", "rpty", 0, median)],
  });
  assertEquals(judge(throughput, run(120)).met, true);
  assertEquals(judge(throughput, run(90)).met, false);
});

Deno.test("judge says nothing of what was not measured", () => {
  assertEquals(judge(goal("prompt", "≤ 3 ms"), { results: [] }).met, undefined);
  const alone = { results: [figure("throughput", "rpty", 0, 1)] };
  assertEquals(judge(goal("throughput", "≥ ssh"), alone).met, undefined);
});

Deno.test("GOALS are of things that are measured", () => {
  const names = new Set(MEASURES.map(({ name }) => name));
  assertEquals(GOALS.filter(({ measure }) => !names.has(measure)), []);
});
