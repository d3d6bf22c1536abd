// Tests the oracle itself: it must be able to fail.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Comparison, describe, isWrong } from "./suite.ts";

const SAME: Comparison = { name: "a case", kernel: "0", rpty: "0", reason: undefined };
const LISTED: Comparison = { ...SAME, reason: "it must be" };

Deno.test("isWrong tells a difference, and a listed one that is none", () => {
  assert(!isWrong(SAME));
  assert(isWrong({ ...SAME, rpty: "EIO" }));
  assert(isWrong({ ...SAME, rpty: undefined }));
  assert(isWrong(LISTED));
  assert(!isWrong({ ...LISTED, rpty: "EIO" }));
});

Deno.test("describe shows both sides, long ones from where they part", () => {
  assertEquals(
    describe({ ...SAME, rpty: "EIO" }),
    "  a case\n    - kernel 0\n    + rpty   EIO",
  );
  const long = "x".repeat(1000);
  const shown = describe({ ...SAME, kernel: `${long}0`, rpty: `${long}1` });
  assert(shown.length < 200);
  assertStringIncludes(shown, "x1");
  assertStringIncludes(describe(LISTED), "is not");
});
