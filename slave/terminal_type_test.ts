import { assertEquals, assertNotEquals } from "@std/assert";
import { knownTerminalType } from "./terminal_type.ts";

/** Runs with a directory of descriptions, so that the host's own matter little. */
function withDescriptions(
  name: string,
  described: readonly string[],
  fn: (environment: { TERMINFO: string }) => void,
): void {
  Deno.test(`knownTerminalType ${name}`, async () => {
    const TERMINFO = await Deno.makeTempDir();
    for (const path of described) {
      await Deno.mkdir(`${TERMINFO}/${path.slice(0, path.indexOf("/"))}`, { recursive: true });
      await Deno.writeTextFile(`${TERMINFO}/${path}`, "");
    }
    fn({ TERMINFO });
    await Deno.remove(TERMINFO, { recursive: true });
  });
}

withDescriptions("keeps what is described", ["r/rpty-one", "72/rpty-two"], (environment) => {
  assertEquals(knownTerminalType("rpty-one", environment), "rpty-one");
  assertEquals(knownTerminalType("rpty-two", environment), "rpty-two", "by its letter's code");
});

withDescriptions("takes a shorter name", ["r/rpty", "r/rpty-256color"], (environment) => {
  assertEquals(knownTerminalType("rpty-kitty-direct", environment), "rpty");
  assertEquals(knownTerminalType("rpty-256color-direct", environment), "rpty-256color");
});

withDescriptions("takes a common one", ["x/xterm-256color", "v/vt100"], (environment) => {
  assertEquals(knownTerminalType("rpty-unheard-of", environment), "xterm-256color");
  assertEquals(knownTerminalType("", environment), "xterm-256color");
});

withDescriptions("leaves dumb terminals dumb", ["x/xterm-256color"], (environment) => {
  assertEquals(knownTerminalType("dumb", environment), "dumb");
});

withDescriptions("looks where the environment says", ["r/rpty"], ({ TERMINFO }) => {
  assertEquals(knownTerminalType("rpty", { TERMINFO_DIRS: `/nowhere::${TERMINFO}` }), "rpty");
});

Deno.test("knownTerminalType looks in the home, and not beside it", async () => {
  const HOME = await Deno.makeTempDir();
  await Deno.mkdir(`${HOME}/.terminfo/r`, { recursive: true });
  await Deno.writeTextFile(`${HOME}/.terminfo/r/rpty`, "");
  await Deno.mkdir(`${HOME}/.terminfo/v`);
  await Deno.writeTextFile(`${HOME}/.terminfo/v/vt100`, "");
  await Deno.writeTextFile(`${HOME}/secret`, "");
  assertEquals(knownTerminalType("rpty", { HOME }), "rpty");
  // Letter, slash, name: this path would be $HOME/secret.
  assertNotEquals(knownTerminalType("../secret", { HOME }), "../secret");
  await Deno.remove(HOME, { recursive: true });
});
