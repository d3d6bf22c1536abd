/**
 * What tests could not be run, and how that could be changed, in one line.
 *
 * @module
 */

import { lacks } from "./results.ts";

/** What to do for what is no program. */
const HOW: Readonly<Record<string, string>> = {
  long: "long (make test-long)",
  root: "root (run as root)",
  namespaces: "namespaces (run as root, or allow users namespaces)",
  TIOCSTI: "TIOCSTI (run as root)",
};

/** Below which folders a test's programs are built. */
const BUILT = /^.*\/(build\/[^/]+|bin)\/.*$/;

/** One line, for tests by their names: reasons with counts, and how to get what is missing. */
export function describeNotRun(tests: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const test of tests) {
    const reasons = new Set(lacks(test).map((need) => need.replace(BUILT, "$1")));
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = [...counts].sort(([, one], [, other]) => other - one)
    .map(([reason, count]) => `${count} ${HOW[reason] ?? reason}`);
  return `Not run here: ${tests.length} tests, for want of ${reasons.join(", ")}; ` +
    "programs: grep -v '^#' .ci/packages | xargs apt-get install";
}
