// Starts the master as a user does: from a shell with job control on the local terminal.

import { assert } from "@std/assert";
import { shellLine } from "./far_side.ts";
import { ctrl, ENTER } from "./keys.ts";
import { eventually } from "./processes.ts";
import type { Session } from "./session.ts";
import { type Through, throughRpty } from "./through_rpty.ts";

/** The local shell's prompt. */
export const LOCAL = { prompt: "local> " };

/** How long, in ms, a master that was continued may take to get the terminal. */
const PATIENCE = 5_000;

/** Registers a test of a master below a local shell. It begins at the far shell's prompt. */
export function belowShell(name: string, test: (scene: Through) => Promise<void>): void {
  let line = "";
  const wrap = (master: readonly string[]) => {
    line = shellLine(master);
    return ["bash", "--norc"];
  };
  throughRpty(name, { wrap }, async (scene) => {
    const { session } = scene;
    await session.waitForPrompt();
    await session.run(`PS1='${LOCAL.prompt}'`, LOCAL);
    session.type(line + ENTER);
    await session.waitForPrompt();
    await test(scene);
  });
}

/** Types `~^Z` after a newline. */
export async function typeSuspend(session: Session): Promise<void> {
  // In two steps, because the kernel throws away what was typed just before ^Z, and the tilde is not echoed.
  session.type("~");
  await session.settle();
  session.type(ctrl("z"));
}

/** Types `fg`, and waits until the master has the terminal again. Keys typed before that are echoed under the shell's settings. */
export async function resume(session: Session): Promise<void> {
  session.type(`fg${ENTER}`);
  await session.waitForOutput("rpty-master");
  assert(
    await eventually(() => !session.pty.echoes, PATIENCE),
    "the terminal is still the shell's",
  );
}
