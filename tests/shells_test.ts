// Shells: prompt, line editing, history and completion.

import { assertEquals } from "@std/assert";
import { BACKSPACE, ctrl, ENTER, LEFT, TAB, UP } from "./harness/keys.ts";
import { onBoth, type Scene } from "./harness/on_both.ts";
import type { Session } from "./harness/session.ts";

/** What each shell says when it has a terminal but no job control. */
const NO_JOBS = /no job control|job control turned off|can't access tty/i;

async function noWarning({ session }: Scene): Promise<void> {
  await session.waitForPrompt();
  if (NO_JOBS.test(session.screen.text)) throw session.failure("warns about job control");
}

/** Types a line, and puts right what is wrong in its middle. */
async function edit(session: Session): Promise<void> {
  session.type(`echo wrold${LEFT.repeat(3)}${BACKSPACE}${ctrl("d")}or${ctrl("e")} end`);
  await session.waitFor("echo world end");
}

/** Runs that line, completes a file's name in the next, and goes back to the first. */
async function completeAndGoBack(session: Session): Promise<void> {
  assertEquals(await session.run(""), ["world end"]);
  session.type(`cat comp${TAB}`);
  await session.waitFor("completion_target.txt");
  assertEquals(await session.run(""), ["completed"]);
  session.type(UP + UP);
  await session.waitFor(() => session.screen.cursorLine === "$ echo world end");
  assertEquals(await session.run(""), ["world end"]);
}

async function leave({ session }: Scene): Promise<void> {
  session.type(`exit 3${ENTER}`);
  assertEquals(await session.exit(), 3);
}

/** Edits, completes and goes back in a shell that has just started. */
async function startEditing(scene: Scene): Promise<void> {
  const { session, place } = scene;
  await place.write("completion_target.txt", "completed\n");
  await noWarning(scene);
  await edit(session);
  await completeAndGoBack(session);
}

/** Finds the line with the file's name again, which is shown as `found`, and runs it. */
async function searchAndLeave(scene: Scene, found: string): Promise<void> {
  const { session } = scene;
  session.type(`${ctrl("r")}comple`);
  await session.waitFor(found);
  await scene.snapshot("search");
  assertEquals(await session.run(""), ["completed"]);
  await scene.snapshot("all of it");
  await leave(scene);
}

onBoth("bash: prompt, editing, history, completion and ^R", {}, async (scene) => {
  const { session, place } = scene;
  await place.write("completion_target.txt", "completed\n");
  await noWarning(scene);
  await scene.snapshot("first prompt");

  await edit(session);
  await scene.snapshot("edited line");
  await completeAndGoBack(session);

  await searchAndLeave(scene, "(reverse-i-search)`comple': cat completion_target.txt");
});

onBoth("bash: a line longer than the screen is wide, edited at its start", {}, async (scene) => {
  const { session } = scene;
  await session.waitForPrompt();
  session.type(`echo ${"0123456789".repeat(9)}`);
  await scene.snapshot("wrapped");
  session.type(`${ctrl("a")}${ctrl("k")}echo short`);
  await session.waitFor("$ echo short");
  await scene.snapshot("cleared");
  assertEquals(await session.run(""), ["short"]);
  await leave(scene);
});

onBoth("dash: prompt, the kernel's line editing, exit", { command: ["dash"] }, async (scene) => {
  const { session } = scene;
  await noWarning(scene);
  session.type(`echo onx${BACKSPACE}e tow${BACKSPACE}${BACKSPACE}wo`);
  await session.waitFor("$ echo one two");
  assertEquals(await session.run(""), ["one two"]);
  session.type(`echo gone${ctrl("u")}echo stays`);
  await session.waitFor("$ echo stays");
  assertEquals(await session.run(""), ["stays"]);
  await scene.snapshot("all of it");
  await leave(scene);
});

onBoth(
  "zsh: prompt, editing, history, completion and ^R",
  { command: ["zsh"], needs: ["zsh"] },
  async (scene) => {
    await startEditing(scene);
    await searchAndLeave(scene, "bck-i-search: comple");
  },
);

onBoth(
  "fish: prompt, editing, history and completion",
  { command: ["fish"], needs: ["fish"] },
  async (scene) => {
    const { session, place } = scene;
    await place.write("completion_target.txt", "completed\n");
    await noWarning(scene);
    assertEquals(await session.run(`echo wrold${LEFT.repeat(3)}${BACKSPACE}${ctrl("d")}or`), [
      "world",
    ]);
    session.type(`cat comp${TAB}`);
    await session.waitFor(() =>
      session.screen.cursorLine.startsWith("$ cat completion_target.txt")
    );
    assertEquals(await session.run(""), ["completed"]);
    session.type(UP + UP);
    await session.waitFor(() => session.screen.cursorLine.startsWith("$ echo world"));
    assertEquals(await session.run(""), ["world"]);
    await scene.snapshot("all of it");
    await leave(scene);
  },
);

onBoth(
  "busybox ash: prompt, editing, history and completion",
  { command: ["busybox", "ash"], needs: ["busybox"] },
  async (scene) => {
    await startEditing(scene);
    await scene.snapshot("all of it");
    await leave(scene);
  },
);
