/**
 * Counts the tests of all runs since the results were last removed, each once. Ends with the line
 * `N passed, N failed`. The arguments are steps (such as `make check`) that failed, which count as
 * one failure where no test explains them. With CI=true, a test that could not run is a failure.
 *
 * @module
 */

import { join, RESULTS, type Results, withOutcome } from "./results.ts";

function readRuns(): Results[] {
  try {
    return Array.from(
      Deno.readDirSync(RESULTS),
      ({ name }) => JSON.parse(Deno.readTextFileSync(`${RESULTS}/${name}`)),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

const results = join(readRuns());
const skipped = withOutcome(results, "skipped");
const failed = withOutcome(results, "failed");
for (const test of skipped) console.log(`not run: ${test}`);
for (const test of failed) console.log(`failed: ${test}`);
for (const step of Deno.args) console.log(`failed: ${step}`);

const missing = Deno.env.get("CI") === "true" ? skipped.length : 0;
const failures = Math.max(failed.length + missing, Deno.args.length > 0 ? 1 : 0);
console.log(`${withOutcome(results, "passed").length} passed, ${failures} failed`);
Deno.exit(failures > 0 ? 1 : 0);
