/**
 * Counts the tests of runs that tools/run_tests.ts kept, each once. The last line is `N passed, N failed`.
 *
 *     deno run -A tools/count_tests.ts [--run=NAME]… [STEP…]
 *
 * Without --run all runs in build/results count. The arguments are steps (such as `make check`) that
 * failed; together they count as one failure if no test explains them. One line says what could not be run.
 * With CI=true that is a failure, and so are more than a few flaky tests, or a test that was also flaky in
 * the previous run on CI.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { flakyFailures, flakyFile, readFlaky, writeFlaky } from "./flaky.ts";
import { describeNotRun } from "./not_run.ts";
import { join, MAX_FLAKY, RESULTS, type Results, withOutcome } from "./results.ts";

const CI = Deno.env.get("CI") === "true";

function namesOfRuns(): string[] {
  try {
    return Array.from(Deno.readDirSync(RESULTS), ({ name }) => name.replace(/\.json$/, ""));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A run without results has failed. */
function readRun(name: string): Results {
  try {
    return JSON.parse(Deno.readTextFileSync(`${RESULTS}/${name}.json`));
  } catch {
    return { [`the run "${name}", which left no results`]: "failed" };
  }
}

/** Whether the flaky tests make the run fail, and why. Their names are kept for the next run. */
function judged(flaky: string[]): string[] {
  const path = flakyFile();
  if (path === undefined) {
    return ["Cannot keep flaky tests: neither HOME nor XDG_CACHE_HOME is set"];
  }
  const failures = flakyFailures(flaky, readFlaky(path), MAX_FLAKY);
  writeFlaky(path, flaky);
  return failures;
}

const { values, positionals: steps } = parseArgs({
  options: { run: { type: "string", multiple: true } },
  allowPositionals: true,
});
const results = join((values.run ?? namesOfRuns()).map(readRun));
const flaky = withOutcome(results, "flaky");
const notRun = withOutcome(results, "skipped");
const failures = [
  ...withOutcome(results, "failed"),
  ...CI ? notRun.map((test) => `not run: ${test}`) : [],
  ...CI ? judged(flaky) : [],
];

for (const test of failures) console.log(`failed: ${test}`);
for (const step of steps) console.log(`failed: ${step}`);
for (const test of flaky) console.log(`flaky: ${test}`);
if (notRun.length > 0) console.log(describeNotRun(notRun));

const failed = Math.max(failures.length, steps.length > 0 ? 1 : 0);
console.log(`${withOutcome(results, "passed").length + flaky.length} passed, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);
