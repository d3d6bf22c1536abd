// The static shell on an ordinary host: the same screens on a kernel pty and through rpty.

import { inBash, sameOutput } from "./harness/bash.ts";
import { ROOT } from "./harness/build.ts";
import { ctrl, DOWN, ENTER, ESCAPE, TAB, UP } from "./harness/keys.ts";
import type { Scene } from "./harness/on_both.ts";

/** With an empty PATH all commands are applets. */
const COMMAND = ["/usr/bin/env", "PATH=/none", `${ROOT}/bin/rpty-bash`];

function inStaticShell(name: string, script: (scene: Scene) => Promise<void>): void {
  inBash(`static shell: ${name}`, script, { command: COMMAND, needs: [`${ROOT}/bin/rpty-bash`] });
}

inStaticShell("settings, size and identity", async (scene) => {
  await sameOutput(
    scene,
    "stty -a",
    "stty size",
    "tty -s; echo $?",
    "stty -g | tr -dc : | wc -c",
    "[ -c /dev/stdin ]; echo $?; [ -p /dev/stdin ]; echo $?",
    "stty rows 10; stty size; stty rows 24; stty size",
    "stty -ixon; stty -a | grep -o -- '-ixon '; stty ixon",
    "type ls vi bash help cd",
    "ls --color=always -d / | xxd",
  );
});

inStaticShell("line editing, completion and history", async ({ session, snapshot }) => {
  session.type(`unam${TAB}-s${ENTER}`);
  await session.waitFor("Linux");
  await session.waitForPrompt();
  session.type(`uni${TAB}${TAB}`);
  await session.waitFor(/uniq +unix2dos/);
  await snapshot("choices");
  session.type(
    `${ctrl("u")}echo one two three${ESCAPE}b${ctrl("w")}${ctrl("y")}${ctrl("y")}${ENTER}`,
  );
  await session.waitFor("one two two three");
  await session.waitForPrompt();
  session.type(`${UP}${UP}${DOWN}${ctrl("a")}${"y".repeat(90)}`);
  await session.waitFor(/y{10}echo/);
  await snapshot("a long line");
  session.type(ctrl("c"));
  await session.waitForPrompt();
  session.type(`${ctrl("r")}unam`);
  await session.waitFor(/reverse-i-search.*uname -s/);
  await snapshot("searching");
  session.type(ctrl("g"));
  await session.waitForPrompt();
  session.type(ctrl("l"));
  await session.waitFor(() => session.screen.cursor.row === 0);
  await snapshot("cleared");
});

inStaticShell("vi, less and more", async ({ session, snapshot, same, place }) => {
  await place.write("note.txt", "first\nsecond\nthird\n");
  await session.run("seq 200 > numbers; clear");
  session.type(`vi note.txt${ENTER}`);
  await session.waitFor(/note.txt.* 1\/3/);
  await snapshot("vi");
  session.type(`${DOWN}ddonew${ESCAPE}`);
  await session.waitFor("new");
  // busybox takes what follows an Escape at once as part of it.
  await session.settle();
  session.type(`:s/n/N/${ENTER}`);
  await session.waitFor("New");
  await snapshot("changed");
  session.type(`:wq${ENTER}`);
  await session.waitForPrompt();
  same("the file", await Deno.readTextFile(`${place.home}/note.txt`));
  await session.run("clear");
  session.type(`less -N numbers${ENTER}`);
  await session.waitFor(() => /23$/.test(session.screen.lines[22]));
  session.type(" /99\r");
  await session.waitFor(() => /99$/.test(session.screen.lines[0]));
  await snapshot("less");
  session.resize({ cols: 60, rows: 20 });
  session.type("g");
  await session.waitFor(() => /\b1$/.test(session.screen.lines[0]));
  session.type("q");
  await session.waitForPrompt();
  await session.run("clear");
  session.type(`more numbers${ENTER}`);
  await session.waitFor("--More--");
  await snapshot("more");
  session.type("q");
  await session.waitForPrompt();
});
