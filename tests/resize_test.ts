// The window's size: changed by the user, and by programs.

import { assertEquals } from "@std/assert";
import { inBash } from "./harness/bash.ts";
import { belowShell, LOCAL, resume, typeSuspend } from "./harness/below_shell.ts";
import { ENTER } from "./harness/keys.ts";
import { onBoth } from "./harness/on_both.ts";

inBash("bash and programs started later see the new size", async (scene) => {
  const { session } = scene;
  session.resize({ cols: 100, rows: 30 });
  await session.waitFor(() => session.screen.lines.length === 30);
  const sizes =
    "until [ \"$(stty size)\" = '30 100' ]; do sleep 0.02; done; echo $COLUMNS; tput cols";
  assertEquals((await session.run(sizes)).at(-1), "100");
  assertEquals(await session.run("echo $COLUMNS $LINES"), ["100 30"]);
  assertEquals(
    await session.run("python3 -c 'import os; print(os.get_terminal_size())'"),
    ["os.terminal_size(columns=100, lines=30)"],
  );
  session.type(`echo ${"x".repeat(120)}`);
  await session.waitFor("x".repeat(93));
  await scene.snapshot("long line in the wide window");
  await session.run("");
}, { needs: ["python3"] });

inBash("what is typed right behind a change of size finds the new one", async ({ session }) => {
  for (let cols = 81; cols < 101; cols++) {
    session.resize({ cols, rows: 24 });
    assertEquals(await session.run("stty size"), [`24 ${cols}`]);
  }
});

/** Tells the size whenever it is told that it has changed. */
const WATCHER = `
import os, signal, time
def tell(*_):
    size = os.get_terminal_size()
    os.write(1, b"%d %d\\n" % (size.lines, size.columns)) # print must not be entered twice
signal.signal(signal.SIGWINCH, tell)
print("ready", flush=True)
while True:
    time.sleep(0.05)
`;

inBash("a handler of SIGWINCH runs at once", async (scene) => {
  const { session, place } = scene;
  await place.write("watcher.py", WATCHER);
  await session.launch("python3 watcher.py");
  await session.waitForOutput("ready");
  for (const [rows, cols] of [[30, 90], [10, 40], [24, 80]]) {
    session.resize({ rows, cols });
    await session.waitForOutput(`${rows} ${cols}\r\n`);
  }
  session.type("\x03");
  await session.waitForOutput("KeyboardInterrupt");
  await session.waitForPrompt();
}, { needs: ["python3"] });

onBoth(
  "vim draws for the new size",
  { command: ["vim", "-u", "NONE", "note.txt"], needs: ["vim"] },
  async (scene) => {
    const { session } = scene;
    await session.waitFor("note.txt");
    session.type("isome text\x1b");
    await session.waitFor("some text");
    await session.settle();
    session.resize({ cols: 60, rows: 15 });
    await session.waitFor(() => (session.screen.lines[13] ?? "").startsWith("~"));
    await scene.snapshot("smaller");
    session.resize({ cols: 100, rows: 35 });
    await session.waitFor(() => (session.screen.lines[33] ?? "").startsWith("~"));
    await scene.snapshot("larger");
    session.type(`:q!${ENTER}`);
    assertEquals(await session.exit(), 0);
  },
);

onBoth("a start in a window of another size", { size: { cols: 133, rows: 43 } }, async (scene) => {
  const { session } = scene;
  await session.waitForPrompt();
  assertEquals(await session.run("stty size"), ["43 133"]);
  session.type(`exit${ENTER}`);
  await session.exit();
});

belowShell(
  "a size that a program has set is given back on ~^Z and at the end, and comes back on fg",
  async ({ session }) => {
    await session.run("stty rows 50 cols 70");
    await typeSuspend(session);
    await session.waitForPrompt(LOCAL.prompt);
    assertEquals((await session.run("stty size", LOCAL)).at(-1), "24 80");
    await resume(session);
    assertEquals(await session.run("stty size"), ["50 70"]);
    session.type(`exit 5${ENTER}`);
    await session.waitForPrompt(LOCAL.prompt);
    assertEquals((await session.run("stty size", LOCAL)).at(-1), "24 80");
  },
);
