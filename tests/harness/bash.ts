// Steps that many scripts repeat in bash.

import { assertEquals } from "@std/assert";
import { ENTER } from "./keys.ts";
import { type BothOptions, onBoth, type Scene } from "./on_both.ts";

/** Registers a script for bash on both terminals: it begins at the first prompt and ends with `exit`. */
export function inBash(
  name: string,
  script: (scene: Scene) => Promise<void>,
  options: BothOptions = {},
): void {
  onBoth(name, options, async (scene) => {
    await scene.session.waitForPrompt();
    await script(scene);
    await leave(scene);
  });
}

/** Leaves the shell with a status that must come back. */
export async function leave({ session }: Scene, status = 0): Promise<void> {
  session.type(`exit ${status}${ENTER}`);
  assertEquals(await session.exit(), status);
}

/** Commands whose output must be the same on both terminals. */
export async function sameOutput(scene: Scene, ...commands: string[]): Promise<void> {
  for (const command of commands) scene.same(command, await scene.session.run(command));
}
