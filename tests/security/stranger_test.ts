// A stranger gets nothing, whatever it tries.

import { assertEquals } from "@std/assert";
import { keysAreEchoed } from "./echo.ts";
import { attacked, gains } from "./scene.ts";

/** What a stranger would like to do to a session, and in how many ways each is tried at least. */
const VERBS = ["read", "write", "signal", "resize", "freeze", "time"];
const LEAST_WAYS = 10;

attacked("a stranger doesn't see when a key is pressed", async ({ session, ...scene }) => {
  await using stranger = await scene.begin("stranger", "watch");
  const [, watched] = /^watching (\d+)$/.exec(await stranger.line() ?? "") ?? [];
  assertEquals(Number(watched) > 0, true);
  for (const key of ["k", "e", "y"]) {
    session.type(key);
    await session.waitForOutput(key);
  }
  await stranger.go();
  assertEquals(await stranger.rest(), []);
  session.type("\x15");
  await session.waitForPrompt();
});

attacked(
  "a stranger can neither read, write, signal, resize, freeze nor time a session",
  async (scene) => {
    const lines = await scene.attack("stranger_ways");
    const ways = new Map(
      lines.flatMap((line) => {
        const [, verb, count] = /^tried (\w+): (\d+) ways$/.exec(line) ?? [];
        return verb === undefined ? [] : [[verb, Number(count)]];
      }),
    );
    assertEquals(VERBS.filter((verb) => (ways.get(verb) ?? 0) < LEAST_WAYS), []);
    assertEquals(gains(lines), []);
    await keysAreEchoed(scene.session, "after all ways to freeze it");
  },
);
