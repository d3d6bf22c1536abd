// Full-screen programs.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { inBash } from "./harness/bash.ts";
import { ctrl, DOWN, ENTER, ESCAPE, PAGE_DOWN, TAB, UP } from "./harness/keys.ts";
import type { Mask, Scene } from "./harness/on_both.ts";

/** Starts a full-screen program, and waits until it shows something. */
async function open({ session }: Scene, command: string, shown: string | RegExp): Promise<void> {
  await session.run("clear");
  session.type(command + ENTER);
  await session.waitFor(() => session.screen.alternate);
  await session.waitFor(shown);
}

/** Types the keys that end it, and waits for the shell. */
async function close({ session }: Scene, keys: string): Promise<void> {
  session.type(keys);
  await session.waitFor(() => !session.screen.alternate);
  await session.waitForPrompt();
}

inBash("vim edits and saves a file", async (scene) => {
  const { session, place } = scene;
  await place.write("note.txt", "first\nsecond\nthird\n");
  await open(scene, "vim note.txt", '"note.txt" 3L');
  await scene.snapshot("opened");
  session.type(`onew line${ESCAPE}`);
  await session.waitFor("new line");
  await scene.snapshot("inserted");
  session.type(`${DOWN}dd:%s/s/S/g${ENTER}`);
  await session.waitFor("firSt");
  session.type(`:syntax on${ENTER}:set number${ENTER}/line${ENTER}`);
  await scene.snapshot("changed");
  await close(scene, `:wq${ENTER}`);
  assertEquals(await Deno.readTextFile(`${place.home}/note.txt`), "firSt\nnew line\nthird\n");
  await scene.snapshot("after");
}, { needs: ["vim"] });

inBash("nano edits and saves a file", async (scene) => {
  const { session, place } = scene;
  await place.write("note.txt", "first\nsecond\n");
  await open(scene, "nano note.txt", "Read 2 lines");
  await scene.snapshot("opened");
  session.type("zeroth ");
  await session.waitFor("zeroth first");
  session.type(`${DOWN}${ctrl("k")}`);
  await session.waitFor(() => !session.screen.text.includes("second"));
  await scene.snapshot("changed");
  session.type(ctrl("o"));
  await session.waitFor("File Name to Write: note.txt");
  session.type(ENTER);
  await session.waitFor(/Wrote \d lines?/);
  await scene.snapshot("written");
  await close(scene, ctrl("x"));
  assertEquals(await Deno.readTextFile(`${place.home}/note.txt`), "zeroth first\n");
}, { needs: ["nano"] });

inBash("less pages, searches and shows colours", async (scene) => {
  const { session } = scene;
  await session.run("seq 500 | sed 's/.*7$/& seven/' > numbers");
  await open(scene, "less numbers", "numbers");
  await scene.snapshot("first page");
  session.type(" ");
  await session.waitFor(/^46$/m);
  session.type(`/47 seven${ENTER}`);
  await session.waitFor(() => session.screen.lines[0] === "47 seven");
  await scene.snapshot("found");
  session.type("G");
  await session.waitFor("(END)");
  await scene.snapshot("the end");
  await close(scene, "q");
  await open(scene, "seq 100 | less", /^1$/m);
  session.type(PAGE_DOWN);
  await session.waitFor(/^46$/m);
  await scene.snapshot("from a pipe");
  await close(scene, "q");
  await scene.snapshot("after");
}, { needs: ["less"] });

inBash("man shows a page", async (scene) => {
  const { session, place } = scene;
  await place.write(
    "rope.1",
    ".TH ROPE 1\n.SH NAME\nrope \\- pulls\n.SH SYNOPSIS\n.B rope\n.I end\n.SH DESCRIPTION\n" +
      ".PP\nA long line that man has to fill to the width of the window, so it must know it.\n"
        .repeat(12),
  );
  await open(scene, "man ./rope.1", "DESCRIPTION");
  await session.waitFor("Manual page");
  await scene.snapshot("first page");
  session.type("G");
  await session.waitFor("(END)");
  await scene.snapshot("the end");
  await close(scene, "q");
}, { needs: ["man"] });

/** What a program left behind: cursor and modes. */
const MODES: Mask = (dump) => dump.split("\n").slice(-2).join("\n");

inBash("top and htop draw, take keys and leave", async (scene) => {
  const { session } = scene;
  await session.run("clear");
  session.type(`top${ENTER}`);
  await session.waitFor(/^ *PID +USER +PR +NI +VIRT/m);
  await session.waitFor(/^top - .* load average:/m);
  session.type("h");
  await session.waitFor("Help for Interactive Commands");
  session.type("q");
  await session.waitFor(/^ *PID +USER +PR +NI +VIRT/m);
  session.type("q");
  await session.waitForPrompt();
  await open(scene, "htop", "F10Quit");
  await session.waitFor(/PID.*USER.*PRI.*NI/);
  session.type("h");
  await session.waitFor(/htop .* - .*/);
  session.type("q");
  await session.waitFor("F10Quit");
  await close(scene, "q");
  await session.run("clear");
  await scene.snapshot("after", MODES);
}, { needs: ["top", "htop"] });

/** A repository whose commits have fixed dates, and so fixed names. */
const REPOSITORY = [
  "export GIT_AUTHOR_DATE='2020-02-02T02:02:02Z' GIT_COMMITTER_DATE='2020-02-02T02:02:02Z'",
  "git init -q repo && cd repo",
  'for i in $(seq 12); do seq $i > f; git add f; git commit -qm "change $i"; done',
  "clear",
];

inBash("git log goes through the pager", async (scene) => {
  const { session } = scene;
  for (const line of REPOSITORY) await session.run(line);
  session.type(`git log --stat${ENTER}`);
  await session.waitFor("change 12");
  await session.waitFor(() => session.screen.cursorLine === ":");
  await scene.snapshot("first page");
  session.type("G");
  await session.waitFor("(END)");
  await scene.snapshot("the end");
  session.type("q");
  await session.waitForPrompt();
  await session.run("git log --oneline -3");
  await session.run("git status -s; git diff HEAD~1 | cat");
  await scene.snapshot("after");
}, { needs: ["git", "less"] });

inBash("git add -p asks for each hunk", async (scene) => {
  const { session } = scene;
  for (const line of REPOSITORY) await session.run(line);
  await session.run("sed -i 's/^1$/one/; s/^12$/twelve/' f; clear");
  session.type(`git add -p${ENTER}`);
  await session.waitFor("(1/2) Stage this hunk");
  session.type(`y${ENTER}`);
  await session.waitFor("(2/2)");
  await scene.snapshot("second hunk");
  session.type(`n${ENTER}`);
  await session.waitForPrompt();
  await session.run("git diff --cached --stat | cat");
  await scene.snapshot("after");
}, { needs: ["git"] });

inBash("python's REPL edits lines and keeps a history", async (scene) => {
  const { session } = scene;
  const prompt = ">>> ";
  // Since Python 3.13 there is another one, which indents by itself.
  await session.run("PYTHON_BASIC_REPL=1 python3 -q", { prompt });
  assertEquals(await session.run("6*7", { prompt }), ["42"]);
  assertEquals(await session.run(`${UP}+1`, { prompt }), ["43"]);
  await session.run("for i in range(2):", { prompt: "... " });
  await session.run("    print('line', i)", { prompt: "... " });
  assertEquals(await session.run("", { prompt }), ["line 0", "line 1"]);
  session.type(`str.upp${TAB}`);
  await session.waitFor("str.upper(");
  assertEquals(await session.run("'text')", { prompt }), ["'TEXT'"]);
  session.type("half" + ctrl("c"));
  await session.waitForOutput("KeyboardInterrupt");
  await session.waitForPrompt(prompt);
  await scene.snapshot("all of it");
  session.type(ctrl("d"));
  await session.waitForPrompt();
}, { needs: ["python3"] });

inBash("node's REPL completes and colours", async (scene) => {
  const { session } = scene;
  const prompt = "> ";
  await session.run("export NODE_REPL_HISTORY= NO_UPDATE_NOTIFIER=1");
  await session.run("node", { prompt });
  await session.settle();
  assertEquals(await session.run("6*7", { prompt }), ["42"]);
  session.type("[1,'two']");
  await session.waitFor("[1,'two']");
  await session.run("", { prompt });
  session.type("process.std");
  await scene.snapshot("typed");
  session.type(TAB);
  await scene.snapshot("one tab");
  session.type(TAB);
  await session.waitFor("process.stdout");
  await scene.snapshot("completion");
  session.type(ctrl("c"));
  await session.waitForPrompt(prompt);
  session.type(ctrl("d"));
  await session.waitForPrompt();
}, { needs: ["node"] });

inBash("whiptail asks in a box", async (scene) => {
  const { session } = scene;
  await session.run("clear");
  session.type(
    `whiptail --title Choose --menu "Which colour?" 15 50 3 r Red g Green b Blue 2> answer${ENTER}`,
  );
  await session.waitFor("<Cancel>");
  await scene.snapshot("opened");
  session.type(DOWN);
  await scene.snapshot("second");
  session.type(`${TAB}${ENTER}`);
  await session.waitForPrompt();
  const answer = await session.run("echo; echo answer $(cat answer)");
  assertStringIncludes(answer.join(), "answer g");
}, { needs: ["whiptail"] });
