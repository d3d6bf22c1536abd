// Reads and writes that the C library makes by itself, in programs that use the terminal in unusual ways.

import { assertEquals, assertMatch } from "@std/assert";
import { inBash } from "./harness/bash.ts";
import { helper } from "./harness/build.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import { throughRpty } from "./harness/through_rpty.ts";

/** How tests/harness/unusual_streams.c opens its streams. */
const WAYS = [
  "usual",
  "getty",
  "freopen",
  "freopen-both",
  "output-as-input",
  "errors-as-input",
  "input-as-output",
] as const;

inBash("a line that a program asks for by stdio is its own, however it opens", async (scene) => {
  const { session } = scene;
  const streams = await helper("unusual_streams");
  for (const way of WAYS) {
    await session.launch(`${streams} ${way}`);
    await session.waitForOutput("line? ");
    session.type(`echo by ${way}${ENTER}`);
    await session.waitForOutput(`got echo by ${way}\r\n`);
    await session.waitForPrompt();
  }
  await scene.snapshot("all of it");
}, { needs: ["cc"] });

/** Commands that read the terminal by the output, and what ends each. */
const READERS: Readonly<Record<string, string>> = {
  "read line <&1; echo got $line": "",
  "read line <&2; echo got $line": "",
  "cat <&2": ctrl("d"),
  "head -1 <&1": "",
  "sed 's/^/got /' < /dev/tty": ctrl("d"),
  "tee /dev/tty": ctrl("d"),
  "exec 3<>/dev/tty; read line <&3; echo got $line >&3; exec 3<&-": "",
};

inBash("commands read the terminal by any of its descriptors", async (scene) => {
  const { session } = scene;
  for (const [command, end] of Object.entries(READERS)) {
    await session.launch(command);
    session.type(`a line${ENTER}`);
    await session.settle();
    session.type(end);
    await session.waitForPrompt();
  }
  await scene.snapshot("all of it");
});

inBash("pagers take keys from the errors", async (scene) => {
  const { session } = scene;
  for (const pager of ["more", "less"]) {
    session.type(`clear; seq 100 | ${pager}${ENTER}`);
    await session.waitFor("20");
    await session.settle();
    session.type(" ");
    await session.waitFor("40");
    session.type("q");
    await session.waitForPrompt();
  }
}, { needs: ["less", "more"] });

inBash("programs that use stdio are stopped in the background", async (scene) => {
  const { session } = scene;
  const streams = await helper("unusual_streams");
  await session.run("stty tostop");
  for (const [command, name] of [[`${streams} usual`, "writes"], ["sh -c 'echo x'", "echoes"]]) {
    await session.run(`${command} &`);
    await session.run("until jobs -s | grep -q .; do sleep 0.05; done");
    scene.same(name, await session.run("jobs -s | wc -l"));
    await session.run("kill -9 %%; wait %% 2> /dev/null; clear");
  }
  await session.run("stty -tostop");
  await session.run(`${streams} usual > /dev/null &`);
  await session.run("until jobs -s | grep -q .; do sleep 0.05; done");
  await session.launch("fg > /dev/null");
  session.type(`for it${ENTER}`);
  await session.waitForPrompt();
  assertEquals(await session.run("jobs -s | wc -l"), ["0"]);
}, { needs: ["cc"] });

throughRpty(
  "where code can't be changed, streams are those of a pipe, and --verbose says so once",
  {
    needs: ["cc"],
    slaveOptions: ["--verbose"],
  },
  async ({ session, far }) => {
    await session.waitForPrompt();
    const fixed = await helper("deny_write_execute");
    const streams = await helper("unusual_streams");
    for (let times = 0; times < 2; times++) {
      await session.launch(`${fixed} ${streams} usual`);
      await session.waitForOutput("line? ");
      session.type(`a line${ENTER}`);
      await session.waitForOutput("got a line\r\n");
      await session.waitForPrompt();
    }
    session.type(`exit${ENTER}`);
    assertEquals(await session.exit(), 0);
    const said = far.errors.match(/a sandbox keeps rpty from/g) ?? [];
    assertEquals(said.length, 1, far.errors);
    assertMatch(far.errors, /^rpty-slave: a sandbox keeps rpty from/m);
  },
);
