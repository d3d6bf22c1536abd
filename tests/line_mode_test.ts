// Line mode: the local kernel edits the lines.

import { assertEquals } from "@std/assert";
import { inBash } from "./harness/bash.ts";
import { BACKSPACE, ctrl, ENTER } from "./harness/keys.ts";

const END = ctrl("d");

inBash("cat: echo, erase, kill and word erase", async (scene) => {
  const { session } = scene;
  await session.launch("cat");
  session.type(`helo${BACKSPACE}lo${ENTER}`);
  await session.waitForOutput(/hel.*lo\r\nhello\r\n/);
  session.type(`gone${ctrl("u")}kept${ENTER}`);
  await session.waitForOutput(/kept\r\nkept\r\n/);
  session.type(`one two${ctrl("w")}three${ENTER}`);
  await session.waitForOutput(/three\r\none three\r\n/);
  session.type(`a${ctrl("v")}${ctrl("c")}b${ENTER}`);
  await session.waitForOutput("a\x03b\r\n");
  await scene.snapshot("before the end");
  session.type(END);
  await session.waitForPrompt();
  assertEquals(await session.run("echo status $?"), ["status 0"]);
  await scene.snapshot("all of it");
});

inBash("^D: ends one reader, and releases an unfinished line", async (scene) => {
  const { session } = scene;
  await session.launch("cat; echo between; cat; echo after");
  session.type(`one${ENTER}`);
  await session.waitForOutput("one\r\none\r\n");
  session.type(END);
  await session.waitForOutput("between");
  session.type(`two${END}`);
  await session.waitForOutput("twotwo");
  session.type(END);
  await session.waitForOutput("after");
  await session.waitForPrompt();
  await scene.snapshot("all of it");
});

inBash(
  "a line goes to the reader that asks for it, the next line to the next reader",
  async (scene) => {
    const { session } = scene;
    await session.launch("head -n1; echo -; head -n1; echo -; sh -c 'read a; echo $a'");
    session.type(`first${ENTER}second${ENTER}third${ENTER}`);
    await session.waitForOutput(/first\r\n-\r\nsecond\r\n-\r\nthird\r\n/);
    await session.waitForPrompt();
  },
);

inBash("text typed while a program runs is the shell's next command", async (scene) => {
  const { session } = scene;
  await session.launch("sleep 0.5");
  session.type(`echo typed ahead${ENTER}`);
  await session.waitForOutput(/\rtyped ahead\r\n/);
  await session.waitForPrompt();
  assertEquals(await session.run("echo next"), ["next"]);
});

inBash("wc counts a file that is typed", async (scene) => {
  const { session } = scene;
  await session.launch("wc");
  for (let line = 0; line < 20; line++) session.type(`line ${line}${ENTER}`);
  session.type(END);
  await session.waitForOutput(/\b20 +40 +150\b/);
  await session.waitForPrompt();
});

inBash("without echo nothing is shown, and the line arrives", async (scene) => {
  const { session } = scene;
  await session.launch("stty -echo; echo off; head -n1; stty echo");
  await session.waitForOutput("off\r\n");
  session.type(`hidden${ENTER}`);
  await session.waitForOutput("hidden\r\n");
  await session.waitForPrompt();
  await scene.snapshot("all of it");
});
