// Tests the matrix itself: it notices a screen that differs, and a known difference that is gone.

import { assertEquals, assertRejects } from "@std/assert";
import { testWith } from "../harness/needs.ts";
import { AT_PROMPT, type Program } from "./program.ts";
import { outcomeOf } from "./run.ts";

const row = (command: string): Program => {
  const steps = [[`${command}\r`, AT_PROMPT]] as const;
  return { program: "a program", does: "what it does", needs: [], steps, differs: "a reason" };
};

/** The far side has no ptys. */
const DIFFERS = "ls /dev/pts | grep -c .";

testWith(["namespaces"], "the matrix finds a text that differs", async () => {
  assertEquals(await outcomeOf(row(DIFFERS)), { result: "differs: a reason" });
});

testWith(["namespaces"], "the matrix finds a colour that differs", async () => {
  const command = `tput setaf $(( $(${DIFFERS}) > 0 )); echo text; tput sgr0`;
  assertEquals(await outcomeOf(row(command)), { result: "differs: a reason" });
});

testWith(["namespaces"], "the matrix finds a known difference that is gone", async () => {
  await assertRejects(() => outcomeOf(row("echo same")), Error, "are the same now");
});
