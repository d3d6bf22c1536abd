// Runs a fuzz target with many inputs, each made from its own seed. A target returns the outcome of an input, and
// throws only if it has found a bug.

import { assert } from "@std/assert";
import { Dice } from "./mutate.ts";

/** The factor by which a long run has more inputs. */
const LONG_FACTOR = 30;
/** Milliseconds that an input may take: far more than any does. */
const MAX_TIME = 5000;
/** Bytes by which the memory in use may grow in the second half of a run, which has 30,000 inputs or more if it is long. */
const MAX_GROWTH = 8 << 20;

/** One run. */
export interface Target {
  readonly name: string;
  /** Inputs of a short run. */
  readonly inputs: number;
  /** The possible outcomes of an input. Each must occur, or the target is too weak. */
  readonly outcomes: readonly string[];
  /** Makes an input, tries it, and returns its outcome. */
  readonly run: (dice: Dice) => string | Promise<string>;
  /** Is awaited at the end, whatever the result of the run. */
  readonly after?: () => Promise<void>;
  /** Options of the test. */
  readonly options?: Omit<Deno.TestDefinition, "name" | "fn">;
}

/**
 * Options of a target that runs slaves: the C library stays open, and the listener for the keeper's end a little
 * longer.
 */
export const RUNS_SLAVES: Target["options"] = {
  ignore: Deno.build.os !== "linux",
  sanitizeResources: false,
  sanitizeOps: false,
};

function environmentNumber(name: string): number | undefined {
  const value = Deno.env.get(name);
  return value === undefined ? undefined : Number(value);
}

const LONG = Deno.env.has("RPTY_TEST_LONG");
/** The seed is the same in each run, except those of `make fuzz`. */
const SEED = environmentNumber("RPTY_FUZZ_SEED") ?? 1;

/** Registers a target as a test. RPTY_FUZZ_SEED and RPTY_FUZZ_INPUTS run certain inputs again. */
export function fuzz({ name, inputs, outcomes, run, after, options }: Target): void {
  const repeated = environmentNumber("RPTY_FUZZ_INPUTS");
  const count = repeated ?? inputs * (LONG ? LONG_FACTOR : 1);
  Deno.test({
    name: `fuzz ${name}, ${count} inputs`,
    ...options,
    async fn() {
      try {
        await runAll({ inputs: count, outcomes: repeated === undefined ? outcomes : [], run });
      } finally {
        await after?.();
      }
    },
  });
}

async function runAll(
  { inputs, outcomes, run }: Pick<Target, "inputs" | "outcomes" | "run">,
): Promise<void> {
  const seen = new Map<string, number>();
  let half = 0;
  for (let index = 0; index < inputs; index++) {
    if (index === inputs >> 1) half = await memory();
    const outcome = await runOne(SEED + index, run);
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
  }
  if (outcomes.length === 0) return;
  const growth = await memory() - half;
  assert(growth <= MAX_GROWTH, `${growth >> 20} MiB more after ${inputs} inputs from ${SEED}`);
  for (const outcome of outcomes) {
    assert(seen.has(outcome), `no input was ${outcome}: ${JSON.stringify([...seen])}`);
  }
}

/** Bytes in use after a collection. Buffers are freed only in a later turn of the event loop. */
export async function memory(): Promise<number> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) {
    throw new Error(
      "Cannot tell the memory in use: run it by make, or with --v8-flags=--expose-gc",
    );
  }
  gc();
  await new Promise((resolve) => setTimeout(resolve));
  gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

async function runOne(seed: number, run: Target["run"]): Promise<string> {
  const start = performance.now();
  try {
    const running = run(new Dice(seed));
    const outcome = typeof running === "string" ? running : await inTime(running);
    const time = performance.now() - start;
    assert(time < MAX_TIME, `took ${time} ms`);
    return outcome;
  } catch (error) {
    throw new Error(`Run it again with RPTY_FUZZ_SEED=${seed} RPTY_FUZZ_INPUTS=1`, {
      cause: error,
    });
  }
}

async function inTime(running: Promise<string>): Promise<string> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("it hangs")), MAX_TIME);
  try {
    return await Promise.race([running, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** The outcome of an input that ended with this error. Any other error is a bug. */
export function rejection(error: unknown, ...expected: readonly string[]): string {
  if (error instanceof Error && expected.includes(error.name)) return error.name;
  throw error;
}
