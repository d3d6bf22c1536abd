// The rooms of the C code, and which may know which: calls -> library -> terminal <- keeper.

import { assert, assertEquals } from "@std/assert";

const HERE = new URL(".", import.meta.url).pathname;

/** What a file of each room may include, beside its own room. Tests may also use testing/. */
const KNOWS: Record<string, readonly string[]> = {
  terminal: [],
  library: ["terminal"],
  calls: ["library", "terminal"],
  keeper: ["terminal"],
  testing: ["terminal"],
};

/** Tests put what they test together themselves. */
const KNOWN_TO_TESTS = ["testing", "library"];

function violationsIn(room: string, name: string, text: string): string[] {
  const known = [room, ...KNOWS[room], ...(name.endsWith("_test.c") ? KNOWN_TO_TESTS : [])];
  return [...text.matchAll(/^#include "([^"]*)"/gm)]
    .filter(([, included]) => !known.includes(included.split("/")[0]))
    .map(([line]) => `${room}/${name}: ${line}`);
}

Deno.test("includes run one way through the rooms", async () => {
  const violations: string[] = [];
  let files = 0;
  for (const room of Object.keys(KNOWS)) {
    for await (const { name } of Deno.readDir(HERE + room)) {
      if (!/\.[ch]$/.test(name)) continue;
      violations.push(
        ...violationsIn(room, name, await Deno.readTextFile(`${HERE}${room}/${name}`)),
      );
      files++;
    }
  }
  assert(files > 150, `${files} files`);
  assertEquals(violations, []);
});

Deno.test("a wrong include would be seen", () => {
  assertEquals(violationsIn("terminal", "a.c", '#include "library/real.h"\n'), [
    'terminal/a.c: #include "library/real.h"',
  ]);
});
