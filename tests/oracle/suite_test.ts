// Each family of calls has the same outcomes on a kernel pty and under rpty.

import { assert } from "@std/assert";
import { testWith } from "../harness/needs.ts";
import { ARCHIVE, type Build, STATIC_BUILDS } from "./compile.ts";
import { reasonsFor } from "./differences.ts";
import { compareFamily, describe, families, isWrong, NEEDS } from "./suite.ts";

async function compare(family: string, build: Build, filter = ""): Promise<void> {
  const cases = await compareFamily(family, { build, filter });
  const wrong = cases.filter(isWrong).map(describe);
  assert(wrong.length === 0, `${wrong.length} of ${cases.length} are wrong:\n${wrong.join("\n")}`);
  assert(cases.length > 0);
  if (filter !== "") return;
  const names = new Set(cases.map(({ name }) => name));
  const unknown = Object.keys(reasonsFor(family, build)).filter((name) => !names.has(name));
  assert(unknown.length === 0, `There are no cases ${JSON.stringify(unknown)}`);
}

/**
 * Families that look at owners and privileges. Another user's remote side is in a user namespace, where both are other
 * than on the kernel's terminal.
 */
const OF_ROOT = ["identity", "ioctl", "open"];

function needsOf(family: string): string[] {
  return [...NEEDS, ...OF_ROOT.includes(family) ? ["root"] : []];
}

for (const family of families()) {
  testWith(needsOf(family), `oracle: ${family}`, async () => {
    await compare(family, "glibc");
  });
}

for (const family of families()) {
  testWith(
    [...needsOf(family), "musl-gcc", "long"],
    `oracle: ${family}, a program of musl's`,
    async () => {
      await compare(family, "musl");
    },
  );
}

/** What each needs besides the suite's. */
const NEEDS_OF: Readonly<Record<typeof STATIC_BUILDS[number], readonly string[]>> = {
  "static-glibc": [],
  "static-musl": ["musl-gcc"],
  "static-archive": ["musl-gcc", ARCHIVE],
};

/** What a terminal is asked most: run with the sample, too. */
const SAMPLE: readonly (readonly [family: string, filter: string])[] = [
  ["termios", ""],
  ["open", ""],
  ["ioctl", "WINSZ"],
];

for (const build of STATIC_BUILDS) {
  for (const [family, filter] of SAMPLE) {
    const name = `oracle: ${filter === "" ? family : filter}, ${build}`;
    testWith([...needsOf(family), ...NEEDS_OF[build]], name, async () => {
      await compare(family, build, filter);
    });
  }
  const sampled = SAMPLE.filter(([, filter]) => filter === "").map(([family]) => family);
  for (const family of families(build).filter((family) => !sampled.includes(family))) {
    testWith(
      [...needsOf(family), ...NEEDS_OF[build], "long"],
      `oracle: ${family}, ${build}`,
      async () => {
        await compare(family, build);
      },
    );
  }
}
