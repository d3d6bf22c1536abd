// Each family of calls gives the same on a kernel pty and under rpty (issue 5).

import { assert } from "@std/assert";
import { testWith } from "../harness/needs.ts";
import { DIFFERENCES } from "./differences.ts";
import { compareFamily, describe, families, isWrong, NEEDS } from "./suite.ts";

/** Cases in all families; fewer would mean that some were lost. */
const AT_LEAST = 400;

let count = 0;

for (const family of families()) {
  testWith(NEEDS, `oracle: ${family}`, async () => {
    const cases = await compareFamily(family);
    count += cases.length;
    const wrong = cases.filter(isWrong);
    const listed = Object.keys(DIFFERENCES[family] ?? {});
    const unknown = listed.filter((name) => !cases.some((one) => one.name === name));
    assert(
      wrong.length === 0,
      `${wrong.length} of ${cases.length} cases are wrong:\n${wrong.map(describe).join("\n")}`,
    );
    assert(unknown.length === 0, `There are no cases ${JSON.stringify(unknown)}`);
  });
}

Deno.test("oracle: no family was lost", () => {
  // A run that was filtered by name has had but some of them.
  if (count > 0) assert(count >= AT_LEAST || count < AT_LEAST / 2, `only ${count} cases ran`);
});
