// Tests of the suites' runner: how it compares two runs.

import { assertEquals } from "@std/assert";
import { compare } from "./suite.ts";

Deno.test("compare() finds cases that differ, or are in one run only", () => {
  const kernel = { same: "passed", differs: "passed", "kernel's": "failed" };
  const rpty = { same: "passed", differs: "failed: why", "rpty's": "passed" };
  assertEquals(compare(kernel, rpty, {}), [
    "differs:\n  kernel: passed\n  rpty:   failed: why",
    "kernel's:\n  kernel: failed\n  rpty:   undefined",
    "rpty's:\n  kernel: undefined\n  rpty:   passed",
  ]);
});

Deno.test("compare() lets known differences be, but not those that are gone", () => {
  const differences = { known: "no ptys there", gone: "mended since" };
  const kernel = { known: "passed", gone: "passed" };
  assertEquals(compare(kernel, { known: "skipped", gone: "passed" }, differences), [
    "gone: differs no more, take it off the list (mended since)",
  ]);
  assertEquals(compare({}, {}, { absent: "renamed" }).length, 1);
});
