import { assertEquals } from "@std/assert";
import { describeNotRun } from "./not_run.ts";

Deno.test("describeNotRun() counts by reason, and says what to do", () => {
  const tests = [
    "./a_test.ts: one (not here: long)",
    "./a_test.ts: two (2) (not here: zsh, long)",
    "./a_test.ts: three (not here: vim, /some/where/build/reach/calls)",
    "./a_test.ts: four (not here: /some/where/build/reach/cell)",
    "./a_test.ts: five (not here: Linux 6.3)",
    "./a_test.ts: six",
  ];
  assertEquals(
    describeNotRun(tests),
    "Not run here: 6 tests, for want of " +
      "3 programs (grep -v '^#' .ci/packages | xargs apt-get install), 2 time (make test-long), " +
      "1 Linux 6.3, 1 an unnamed reason",
  );
});
