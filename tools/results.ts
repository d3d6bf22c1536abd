/**
 * The outcome of each test, in one file for each run, so that the runs of `make check`,
 * `make test` and `make test-long` can be counted together, each test once.
 *
 * @module
 */

/** Where the runs' results are kept. */
export const RESULTS = "build/results";

/** The outcome of a test. A test that failed and then passed when it was run again is flaky. */
export type Outcome = "passed" | "failed" | "skipped" | "flaky";

/** The tests of one run or of several, by file and name. */
export type Results = Record<string, Outcome>;

/** The text between a name that recurs and its number. */
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

/** Reads the JUnit report of deno test. The steps of a test are part of it, not separate tests. */
export function readReport(xml: string): Results {
  const results: Results = {};
  for (const [, name, file, body] of xml.matchAll(TESTCASE)) {
    // The file is the one that called Deno.test, perhaps a helper for several files: names may recur.
    const test = `${unescape(file)}: ${unescape(name)}`;
    let key = test;
    for (let n = 2; key in results; n++) key = `${test}${RECURS}${n}`;
    results[key] = outcomeOf(body);
  }
  for (const test of Object.keys(results)) {
    const parts = test.split(" > ");
    const parent = parts.map((_, i) => parts.slice(0, i).join(" > "))
      .find((name) => name in results);
    // A step that fails fails its test, too: else it is a test whose name looks like a step's.
    const isStep = parent !== undefined &&
      (results[test] !== "failed" || results[parent] === "failed");
    if (isStep) delete results[test];
  }
  return results;
}

/** The name of a failure that is no test's: a module that can't be loaded, a crash, no tests at all. */
export const UNEXPLAINED = "deno test: a failure that is no test's, or no tests at all";

/** Whether any test was run, or says why it was not: those that a filter leaves out don't. */
export function isAnythingRun(results: Results): boolean {
  return Object.entries(results).some(([test, outcome]) =>
    outcome !== "skipped" || REASON.test(test)
  );
}

/** Whether the tests that failed account for all failures that `deno test` counts at the end of what it has written. */
export function isExplained(results: Results, written: string): boolean {
  const counts = [...written.matchAll(/ \| (\d+) failed\b/g)];
  const failed = withOutcome(results, "failed").length;
  return failed > 0 && Number(counts.at(-1)?.[1] ?? Infinity) === failed;
}

/** How tests/harness/needs.ts ends the name of a test that cannot run. On other machines the name has no such end. */
const REASON = / \(not here: ([^()]*)\)$/;

/** What a test that was not run lacks, according to its name. */
export function lacks(test: string): string[] {
  return REASON.exec(test)?.[1].split(", ") ?? ["an unnamed reason"];
}

/** Outcomes in their order of precedence, for a test that was run more than once. */
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

/** A filter for `deno test --filter` that matches only these tests. */
export function filterFor(tests: readonly string[]): string {
  const names = tests.map((test) => test.slice(test.indexOf(": ") + 2).replace(/ #\d+$/, ""));
  const literal = names.map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
  return `/^(?:${literal.join("|")})$/`;
}

/** Up to so many failures may be the machine's fault. With more, nothing is run again. */
export const MAX_FLAKY = 3;

/**
 * What becomes of tests that failed, by a run of just them: if all passed then, those that were seen to pass are
 * flaky. What that run doesn't mention, as after a crash, has failed.
 */
export function afterAgain(results: Results, again: Results): Results {
  if (withOutcome(again, "failed").length > 0) return results;
  const outcomes = Object.entries(results).map(([test, outcome]) =>
    [test, outcome === "failed" && again[test] === "passed" ? "flaky" : outcome] as const
  );
  return Object.fromEntries(outcomes);
}
