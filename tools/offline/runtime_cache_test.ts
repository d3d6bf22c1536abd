import { assertEquals, assertThrows } from "@std/assert";
import { testWith } from "../../tests/harness/needs.ts";
import { isCached, makePrivateDirectory } from "./runtime_cache.ts";

const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async function inDirectory(body: (path: string) => void | Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await body(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("isCached() keeps a file with the sum and removes any other", () =>
  inDirectory(async (path) => {
    const file = `${path}/denort`;
    assertEquals(await isCached(file, ABC), false);
    await Deno.writeTextFile(file, "abc");
    assertEquals(await isCached(file, ABC), true);
    await Deno.writeTextFile(file, "abd");
    assertEquals(await isCached(file, ABC), false);
    assertThrows(() => Deno.lstatSync(file), Deno.errors.NotFound);
  }));

Deno.test("makePrivateDirectory() makes it and closes one that others could enter", () =>
  inDirectory((path) => {
    const mode = () => Deno.lstatSync(`${path}/.cache/rpty`).mode! & 0o777;
    makePrivateDirectory(`${path}/.cache/rpty`);
    assertEquals(mode(), 0o700);
    Deno.chmodSync(`${path}/.cache/rpty`, 0o777);
    makePrivateDirectory(`${path}/.cache/rpty`);
    assertEquals(mode(), 0o700);
  }));

Deno.test("makePrivateDirectory() refuses a symlink", () =>
  inDirectory((path) => {
    Deno.mkdirSync(`${path}/there`);
    Deno.symlinkSync(`${path}/there`, `${path}/rpty`);
    assertThrows(() => makePrivateDirectory(`${path}/rpty`), Error, "it is no directory");
  }));

// Only root can make one.
testWith(
  ["root"],
  "makePrivateDirectory() refuses a directory of somebody else",
  () =>
    inDirectory((path) => {
      Deno.mkdirSync(`${path}/rpty`);
      Deno.chownSync(`${path}/rpty`, 65534, 65534);
      assertThrows(() => makePrivateDirectory(`${path}/rpty`), Error, "it belongs to user 65534");
    }),
);
