// Each family of calls gives the same on a kernel pty and under rpty (issue 5).

import { assert } from "@std/assert";
import { testWith } from "../harness/needs.ts";
import type { Build } from "./compile.ts";
import { reasonsFor } from "./differences.ts";
import { compareFamily, describe, families, isWrong, NEEDS } from "./suite.ts";

/** Cases in all families; fewer would mean that some were lost. */
const AT_LEAST = 900;

const counts: number[] = [];

async function compare(family: string, build: Build): Promise<number> {
  const cases = await compareFamily(family, { build });
  const wrong = cases.filter(isWrong).map(describe);
  assert(wrong.length === 0, `${wrong.length} of ${cases.length} are wrong:\n${wrong.join("\n")}`);
  const names = new Set(cases.map(({ name }) => name));
  const unknown = Object.keys(reasonsFor(family, build)).filter((name) => !names.has(name));
  assert(unknown.length === 0, `There are no cases ${JSON.stringify(unknown)}`);
  return cases.length;
}

for (const family of families()) {
  testWith(NEEDS, `oracle: ${family}`, async () => {
    counts.push(await compare(family, "glibc"));
  });
}

Deno.test("oracle: no case was lost", () => {
  // A run that is filtered by name has but some of the families.
  if (counts.length < families().length) return;
  const count = counts.reduce((sum, some) => sum + some);
  assert(count >= AT_LEAST, `there are ${count} cases`);
});

for (const family of families()) {
  testWith([...NEEDS, "musl-gcc", "long"], `oracle: ${family}, a program of musl's`, async () => {
    await compare(family, "musl");
  });
}
