// Programs that leave O_NONBLOCK set on the terminal. The shell clears it at its next prompt, and no later output is
// lost.

import { assertEquals } from "@std/assert";
import { ENTER } from "./harness/keys.ts";
import { onBoth, type Scene } from "./harness/on_both.ts";

const PYTHON = `python3 -c 'import os; os.set_blocking(1, False)'`;

/** Commands that leave the flag set. */
const WAYS: Readonly<Record<string, string>> = {
  "by the output": PYTHON,
  "by the errors": `python3 -c 'import os; os.set_blocking(2, False)'`,
  "by the input": `python3 -c 'import os; os.set_blocking(0, False)'`,
  "by the output alone": `${PYTHON} < /dev/null`,
  "by node": `node -e 'process.stdin.resume(); process.exit()'`,
};

const SHELLS = ["bash", "dash", "zsh", "mksh", "fish"] as const;

/** More than a FIFO and everything on the way can hold. */
const FLOOD = "seq 300000";

/** Runs a line, and waits until the shell has printed a mark: prompts differ, and some shells report that they repair the terminal. */
async function runs({ session }: Scene, line: string, mark: string): Promise<void> {
  session.type(`${line}; echo 'ran '${mark}${ENTER}`);
  await session.waitForOutput(`ran ${mark}\r\n`);
}

/**
 * Types two blanks, each after the echo of what came before: a shell that edits lines has then waited for a key, and some
 * see only in a read that finds nothing that O_NONBLOCK is set.
 */
async function waitsForKeys({ session }: Scene): Promise<void> {
  for (let blank = 0; blank < 2; blank++) {
    session.type(" ");
    await session.waitForOutput(" ");
  }
}

for (const shell of SHELLS) {
  onBoth(`${shell}: output is complete after O_NONBLOCK was left set`, {
    command: shell === "zsh" ? ["zsh", "-f"] : [shell],
    needs: [shell, "python3", "node"],
  }, async (scene) => {
    const { session } = scene;
    await runs(scene, "true", "first");
    for (const [index, command] of Object.values(WAYS).entries()) {
      await runs(scene, command, `way-${index}`);
      await waitsForKeys(scene);
      await runs(scene, "true", `mended-${index}`);
      // seq reports an error if it cannot write.
      session.type(`clear; ${FLOOD} && echo 'all of it,' ${index}${ENTER}`);
      await session.waitForOutput(`300000\r\nall of it, ${index}\r\n`);
    }
    session.type(`exit 3${ENTER}`);
    assertEquals(await session.exit(), 3);
  });
}
