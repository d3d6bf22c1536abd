// Programs that make system calls themselves: static ones, Go and Rust programs. Each as root, where
// the whole session is under the filter, and as a user, where each program is by itself.

import { assertEquals } from "@std/assert";
import { inBash, sameOutput } from "./harness/bash.ts";
import { ROOT } from "./harness/build.ts";
import { ctrl, DOWN, ENTER, UP } from "./harness/keys.ts";
import type { Scene } from "./harness/on_both.ts";

const REACH = `${ROOT}/build/reach`;
const NOBODY = 65534;

/** Registers a script for both: as root and as a user. */
function reached(
  name: string,
  programs: readonly string[],
  script: (scene: Scene) => Promise<void>,
): void {
  const needs = programs.map((program) => program === "fzf" ? program : `${REACH}/${program}`);
  inBash(`${name}, as root`, script, { needs: ["root", ...needs] });
  inBash(`${name}, as a user`, script, { needs, rpty: { far: { user: NOBODY } } });
}

/** Waits for what a program shows before it waits for keys; where it asks the terminal, for the answer, too. */
async function shown({ session }: Scene, text: string | RegExp): Promise<void> {
  await session.waitFor(text);
  await session.settle();
}

/** Starts a program on a clear screen, and waits until it shows something. */
async function start(scene: Scene, command: string, text: string | RegExp): Promise<void> {
  await scene.session.run("clear");
  scene.session.type(command + ENTER);
  await shown(scene, text);
}

reached("a static C program asks for all that a terminal knows", ["calls"], async (scene) => {
  const calls = `${REACH}/calls`;
  await sameOutput(
    scene,
    calls,
    `${calls} < /dev/null`,
    `${calls} | cat`,
    `${calls} change`,
    "stty -a",
    `stty rows 24 cols 80; sh -c "${calls}"`,
    `env -i ${calls}`,
  );
});

reached("fzf chooses from a pipe, and is resized", ["fzf"], async (scene) => {
  const { session } = scene;
  await start(scene, "seq 30 | fzf", "30/30");
  await scene.snapshot("all");
  session.type("1");
  await session.waitFor("12/30");
  session.type(UP + UP);
  await session.waitFor(/^> 11/m);
  await scene.snapshot("filtered");
  session.resize({ cols: 60, rows: 15 });
  await scene.snapshot("smaller");
  session.type(ENTER);
  await session.waitForPrompt();
  assertEquals(await session.run("echo $?"), ["0"]);
  await scene.snapshot("after");
});

reached("x/term: sizes, raw keys, and a password", ["xterm"], async (scene) => {
  const { session } = scene;
  await start(scene, `${REACH}/xterm`, "ready");
  for (const key of ["a", ENTER, "\n", ctrl("c"), ctrl("d"), "\x1b"]) {
    session.type(key);
    await session.waitFor(`key ${key.charCodeAt(0)}`);
  }
  session.resize({ cols: 100, rows: 30 });
  await session.waitFor("size 100 30");
  await scene.snapshot("keys");
  session.type("q");
  await shown(scene, "password:");
  session.type(`seekrit${ENTER}`);
  await session.waitFor("<seekrit> <nil>");
  await session.waitForPrompt();
  await scene.snapshot("after");
  await sameOutput(scene, "stty -a", `echo q | ${REACH}/xterm | cat`);
});

reached("bubbletea draws a list, and takes keys and sizes", ["tea"], async (scene) => {
  const { session } = scene;
  await start(scene, `${REACH}/tea`, "window 80 by 24");
  session.type(DOWN);
  await session.waitFor("> two");
  session.type("a");
  await session.waitFor("added 3");
  await scene.snapshot("changed");
  session.resize({ cols: 50, rows: 12 });
  await session.waitFor("window 50 by 12");
  await scene.snapshot("smaller");
  session.type(ENTER);
  await session.waitFor("chose two");
  await session.waitForPrompt();
  await scene.snapshot("after");
  // Its standard input is a pipe: so it opens /dev/tty.
  await start(scene, `echo | ${REACH}/tea`, "window 50 by 12");
  session.type(UP);
  await session.waitFor("> three");
  session.type("q");
  await session.waitFor("chose three");
  await session.waitForPrompt();
  await scene.snapshot("from a pipe");
});

reached("tcell reads and writes /dev/tty", ["cell"], async (scene) => {
  const { session } = scene;
  await start(scene, `${REACH}/cell < /dev/null > /dev/null`, "screen of 80 by 24");
  session.type(DOWN);
  await session.waitFor("last key: Down");
  await scene.snapshot("a key");
  session.resize({ cols: 60, rows: 15 });
  await session.waitFor("screen of 60 by 15");
  await scene.snapshot("smaller");
  session.type("q");
  await session.waitForPrompt();
  await scene.snapshot("after");
});

reached("survey asks for a line, a choice and a password", ["prompt"], async (scene) => {
  const { session } = scene;
  await start(scene, `${REACH}/prompt`, "? Name?");
  session.type("Adb\x7fa");
  await session.waitFor("? Name? Ada");
  session.type(ENTER);
  await shown(scene, "green");
  session.type(DOWN);
  await session.waitFor("> blue");
  await scene.snapshot("list");
  session.type(ENTER);
  await shown(scene, "? Secret?");
  session.type("xyz");
  await session.waitFor("***");
  session.type(ENTER);
  await session.waitFor("<Ada> <blue> <xyz>");
  await session.waitForPrompt();
  await scene.snapshot("after");
});

reached("gum chooses, asks and confirms", ["gum"], async (scene) => {
  const { session } = scene;
  const gum = `${REACH}/gum`;
  await start(scene, `${gum} choose red green blue`, "submit");
  session.type(DOWN);
  await session.waitFor("> green");
  await scene.snapshot("choose");
  session.type(ENTER);
  await session.waitForPrompt();
  await scene.snapshot("chosen");
  await start(scene, `x=$(${gum} input --placeholder name); echo "<$x>"`, "submit");
  session.type("Ada");
  await session.waitFor("Ada");
  session.type(ENTER);
  await session.waitFor("<Ada>");
  await session.waitForPrompt();
  await start(scene, `${gum} confirm sure && echo yes || echo no`, "toggle");
  await scene.snapshot("confirm");
  session.type("n");
  await session.waitFor(/^no$/m);
  await session.waitForPrompt();
  await scene.snapshot("after");
});

for (const how of ["static", "dynamic"]) {
  reached(`crossterm and rustix in a ${how} Rust program`, [`screen-${how}`], async (scene) => {
    const { session } = scene;
    await start(scene, `${REACH}/screen-${how}`, "rustix: 80 by 24");
    session.type(UP);
    await session.waitFor("last: Up");
    await scene.snapshot("a key");
    session.resize({ cols: 60, rows: 15 });
    await session.waitFor("rustix: 60 by 15");
    await scene.snapshot("smaller");
    session.type("q");
    await session.waitFor("done");
    await session.waitForPrompt();
    await scene.snapshot("after");
  });
}
