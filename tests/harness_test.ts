// Tests the harness itself: it must be able to fail.

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { toText } from "@std/streams";
import { inBash } from "./harness/bash.ts";
import { Judge, startKernel } from "./harness/on_both.ts";
import { Place } from "./harness/place.ts";
import { FaultyRelay, seededRandom } from "./harness/relay.ts";
import { PROMPT, Session } from "./harness/session.ts";

Deno.test("Judge tells screens of different sizes apart", async () => {
  await using place = await Place.create();
  const judge = new Judge(500);
  const look = async (cols: number) => {
    await using session = await startKernel(place, { size: { cols, rows: 24 } });
    await session.waitForPrompt();
    session.type(`echo ${"x".repeat(100)}`);
    await judge.scene(session, place).snapshot("a long line");
  };
  await look(80);
  judge.recording = false;
  await look(80);
  const error = await assertRejects(() => look(70), Error);
  assertStringIncludes(error.message, "a long line");
});

Deno.test("Judge tells values apart", async () => {
  await using place = await Place.create();
  const judge = new Judge();
  await using session = await startKernel(place, { command: ["cat"] });
  judge.scene(session, place).same("answer", [1]);
  judge.recording = false;
  judge.scene(session, place).same("answer", [1]);
  await assertRejects(async () => await judge.scene(session, place).same("answer", [2]), Error);
});

Deno.test("Session shows the screen when an expectation fails", async () => {
  await using place = await Place.create();
  await using session = await startKernel(place, { command: ["echo", "something else"] });
  await session.exit();
  const error = await assertRejects(() => session.waitFor("this", 100), Error);
  assertStringIncludes(error.message, "something else");
  assertStringIncludes(error.message, "ended with status 0");
});

Deno.test("Session answers what programs ask the terminal", async () => {
  await using session = await Session.start({
    command: ["bash", "-c", `stty raw -echo; printf '\\033[6n'; head -c6 | od -An -c; stty sane`],
    env: { PATH: "/usr/bin:/bin", TERM: "xterm" },
    cwd: "/",
  });
  await session.waitFor(/033 +\[ +1 +; +1 +R/);
  assertEquals(await session.exit(), 0);
});

Deno.test("FaultyRelay splits, corrupts and cuts, the same each time", async () => {
  const text = "0123456789".repeat(10);
  using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using relay = new FaultyRelay(server.addr.port, {
    split: 3,
    garbage: new TextEncoder().encode("hi\n"),
    corruptAt: 1,
    cutAfter: 50,
  });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: relay.port });
  const served = await server.accept();
  await served.write(new TextEncoder().encode(text));
  const got = await toText(client.readable).catch(() => "");
  served.close();
  assertEquals(got.slice(0, 4), "hi\n0");
  assertEquals(got.length <= 53 + 2, true);
  assertEquals(seededRandom(5)(), seededRandom(5)());
});

inBash("Session.run knows where the output begins, however long the command is", async (scene) => {
  const { session } = scene;
  const columns = 80;
  for (const length of [columns - 1, columns, columns + 1, 2 * columns]) {
    await session.run("clear");
    const command = "echo here;".padStart(length - PROMPT.length);
    assertEquals(await session.run(command), ["here"], `${length}`);
  }
});
