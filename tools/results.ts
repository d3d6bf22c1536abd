/**
 * What became of each test, kept in one file for each run, so that the runs of `make check`,
 * `make test` and `make test-long` can be counted together, each test once.
 *
 * @module
 */

/** Where the runs' results are kept. */
export const RESULTS = "build/results";

/** What became of a test. */
export type Outcome = "passed" | "failed" | "skipped";

/** The tests of one run or of several, by file and name. */
export type Results = Record<string, Outcome>;

const TESTCASE = /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>(.*?)<\/testcase>/gs;

const ENTITIES: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function unescape(text: string): string {
  return text.replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
}

function outcomeOf(body: string): Outcome {
  if (/<(failure|error)\b/.test(body)) return "failed";
  return body.includes("<skipped") ? "skipped" : "passed";
}

/** Reads deno test's JUnit report; a test's steps are part of it, not tests of their own. */
export function readReport(xml: string): Results {
  const results: Results = {};
  for (const [, name, file, body] of xml.matchAll(TESTCASE)) {
    // The file is where Deno.test was called, perhaps a helper's for several files: names may recur.
    const test = `${unescape(file)}: ${unescape(name)}`;
    let key = test;
    for (let n = 2; key in results; n++) key = `${test} (${n})`;
    results[key] = outcomeOf(body);
  }
  for (const test of Object.keys(results)) {
    const parts = test.split(" > ");
    const isStep = parts.some((_, i) => i > 0 && parts.slice(0, i).join(" > ") in results);
    if (isStep) delete results[test];
  }
  return results;
}

/** How tests/harness/needs.ts names a test that can't run; elsewhere the same test has no such end. */
const REASON = / \(not here: [^()]*\)$/;

/** Joins runs: a test has failed if it did in any of them, and was skipped if in all of them. */
export function join(runs: Results[]): Results {
  const joined: Results = {};
  for (const run of runs) {
    for (const [name, outcome] of Object.entries(run)) {
      const test = name.replace(REASON, "");
      const before = joined[test];
      if (before === "failed" || (before === "passed" && outcome === "skipped")) continue;
      joined[test] = outcome;
    }
  }
  return joined;
}

/** The names of the tests with that outcome. */
export function withOutcome(results: Results, wanted: Outcome): string[] {
  return Object.keys(results).filter((test) => results[test] === wanted);
}

/** What `deno test --filter` takes for just these tests. */
export function filterFor(tests: readonly string[]): string {
  const names = tests.map((test) => test.slice(test.indexOf(": ") + 2).replace(/ \(\d+\)$/, ""));
  const literal = names.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return `/^(?:${literal.join("|")})$/`;
}
