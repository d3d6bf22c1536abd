import { assertEquals } from "@std/assert";
import { describeNotRun } from "./not_run.ts";

Deno.test("describeNotRun() counts by reason, and says what to do", () => {
  const tests = [
    "./a_test.ts: one (not here: long)",
    "./a_test.ts: two (2) (not here: zsh, long)",
    "./a_test.ts: three (not here: /some/where/build/reach/calls)",
    "./a_test.ts: four (not here: /some/where/build/reach/cell, /some/where/build/reach/calls)",
    "./a_test.ts: five",
  ];
  assertEquals(
    describeNotRun(tests),
    "Not run here: 5 tests, for want of 2 long (make test-long), 2 build/reach, 1 zsh, " +
      "1 an unnamed reason; programs: grep -v '^#' .ci/packages | xargs apt-get install",
  );
});
