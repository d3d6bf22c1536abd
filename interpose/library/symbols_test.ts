// One library for every C library: it needs none by name, no version of any symbol, and none that must be there.

import { assert, assertEquals } from "@std/assert";
import { ROOT } from "../../tests/harness/build.ts";
import { testWith } from "../../tests/harness/needs.ts";

const LIBRARY = `${ROOT}/build/librpty.so`;

async function outputOf(program: string, ...args: string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(program, { args: [...args, LIBRARY] })
    .output();
  assert(success, `${program} failed`);
  return new TextDecoder().decode(stdout);
}

testWith(["readelf"], "librpty.so needs no library and no version of a symbol", async () => {
  assert(!/\(NEEDED\)/.test(await outputOf("readelf", "-dW")));
  assert(!/VERNEED|VERDEF|Version needs/.test(await outputOf("readelf", "-dVW")));
});

testWith(["nm"], "librpty.so can do without any of the symbols that it borrows", async () => {
  const borrowed = (await outputOf("nm", "-D", "--undefined-only")).trim().split("\n");
  assert(borrowed.length > 1, "it borrows some");
  assertEquals(borrowed.filter((line) => !/^\s*w /.test(line)), []);
});
