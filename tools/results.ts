/**
 * What became of each test, kept in one file for each run, so that the runs of `make check`,
 * `make test` and `make test-long` can be counted together, each test once.
 *
 * @module
 */

/** Where the runs' results are kept. */
export const RESULTS = "build/results";

/** What became of a test; one that failed and passed when it was run once more is flaky. */
export type Outcome = "passed" | "failed" | "skipped" | "flaky";

/** The tests of one run or of several, by file and name. */
export type Results = Record<string, Outcome>;

/** What stands between a name that recurs and its number. */
const RECURS = " #";

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
    for (let n = 2; key in results; n++) key = `${test}${RECURS}${n}`;
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
const REASON = / \(not here: ([^()]*)\)$/;

/** What a test that was not run lacks, by its name. */
export function lacks(test: string): string[] {
  return REASON.exec(test)?.[1].split(", ") ?? ["an unnamed reason"];
}

/** From what decides most to what decides least, when a test was run more than once. */
const PRECEDENCE: readonly Outcome[] = ["failed", "flaky", "passed", "skipped"];

/** Joins runs: a test has failed if it did in any of them, and was skipped if in all of them. */
export function join(runs: Results[]): Results {
  const joined: Results = {};
  const names = new Map<string, string>();
  for (const [name, outcome] of runs.flatMap((run) => Object.entries(run))) {
    const test = name.replace(REASON, "");
    const before = names.get(test);
    if (before !== undefined) {
      if (PRECEDENCE.indexOf(joined[before]) <= PRECEDENCE.indexOf(outcome)) continue;
      delete joined[before];
    }
    names.set(test, name);
    joined[name] = outcome;
  }
  return joined;
}

/** The names of the tests with that outcome. */
export function withOutcome(results: Results, wanted: Outcome): string[] {
  return Object.keys(results).filter((test) => results[test] === wanted);
}

/** What `deno test --filter` takes for just these tests. */
export function filterFor(tests: readonly string[]): string {
  const names = tests.map((test) => test.slice(test.indexOf(": ") + 2).replace(/ #\d+$/, ""));
  const literal = names.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return `/^(?:${literal.join("|")})$/`;
}

/** Failures that may be the machine's; more are ours, and nothing is run once more. */
export const MAX_FLAKY = 3;

/**
 * What becomes of tests that failed, by a run of just them: those that were then seen to pass are flaky.
 * What that run doesn't mention, as after a crash, has failed.
 */
export function afterAgain(results: Results, again: Results): Results {
  const outcomes = Object.entries(results).map(([test, outcome]) =>
    [test, outcome === "failed" && again[test] === "passed" ? "flaky" : outcome] as const
  );
  return Object.fromEntries(outcomes);
}
