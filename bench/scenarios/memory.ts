// Resident memory of both sides during `yes`.

import type { Scenario } from "./scenario.ts";

/** The fraction of the time after which a program's buffers have reached their size. */
const SETTLED = 0.3;
/** How often memory is read, in ms. */
const INTERVAL = 500;
/** The longest wait for the prompt after ^C, in ms. */
const PATIENCE = 20_000;

export const memory: Scenario = {
  name: "memory",
  measures: [
    { name: "memory_near", title: "Memory during `yes`, near side", unit: "MB" },
    { name: "memory_near_growth", title: "and its growth", unit: "MB" },
    { name: "memory_far", title: "Memory during `yes`, far side", unit: "MB" },
    { name: "memory_far_growth", title: "and its growth", unit: "MB" },
  ],
  roundTrips: [0],
  leaves: { local: "uses no program of its own" },
  run: async (session, { memorySeconds }) => {
    const { terminal } = session;
    await session.compose("yes");
    const flooded = session.untilPromptAfterFlood(2000 * memorySeconds + PATIENCE);
    await terminal.type("\r");
    const seen: { near: number; far: number }[] = [];
    const end = performance.now() + memorySeconds * 1000;
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
      const now = await session.memory();
      if (now !== undefined) seen.push(now);
    }
    await terminal.type("\x03");
    await flooded;
    const settled = Math.floor(seen.length * SETTLED);
    const megabytes = (side: "near" | "far") => seen.map((one) => one[side] / 1e6);
    const growth = (values: number[]) =>
      Math.max(...values.slice(settled)) - Math.max(...values.slice(0, settled + 1));
    return {
      memory_near: megabytes("near"),
      memory_near_growth: [growth(megabytes("near"))],
      memory_far: megabytes("far"),
      memory_far_growth: [growth(megabytes("far"))],
    };
  },
};
