/**
 * Says in one line which tests could not be run, and what to do to run them.
 *
 * @module
 */

import { lacks } from "./results.ts";

/** The reason of needs that are programs or libraries, or are built with them. */
const PROGRAMS = "programs";

/** How to provide needs, by reason. */
const HOW: Readonly<Record<string, string>> = {
  long: "time (make test-long)",
  root: "root (run as root)",
  namespaces: "namespaces (run as root, or allow users namespaces)",
  TIOCSTI: "TIOCSTI (run as root)",
  [PROGRAMS]: "programs (grep -v '^#' .ci/packages | xargs apt-get install)",
};

/** A need that is no program: something of the kernel's, or several words. */
const NO_PROGRAM = /^\/proc\/| /;

function reasonOf(need: string): string {
  return need in HOW || NO_PROGRAM.test(need) ? need : PROGRAMS;
}

/** One line about tests with these names: reasons with counts, and how to get what is missing. */
export function describeNotRun(tests: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const test of tests) {
    for (const reason of new Set(lacks(test).map(reasonOf))) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  const reasons = [...counts].sort(([, one], [, other]) => other - one)
    .map(([reason, count]) => `${count} ${HOW[reason] ?? reason}`);
  return `Not run here: ${tests.length} tests, for want of ${reasons.join(", ")}`;
}
