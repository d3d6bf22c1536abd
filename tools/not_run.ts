/**
 * Says in one line which tests could not be run, and what to install to run them.
 *
 * @module
 */

import { lacks } from "./results.ts";

/** How to provide needs that are not programs. */
const HOW: Readonly<Record<string, string>> = {
  long: "long (make test-long)",
  root: "root (run as root)",
  namespaces: "namespaces (run as root, or allow users namespaces)",
  TIOCSTI: "TIOCSTI (run as root)",
};

/** The folders in which the tests' programs are built. */
const BUILT = /^.*\/(build\/[^/]+|bin)\/.*$/;

/** One line about tests with these names: reasons with counts, and how to get what is missing. */
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
