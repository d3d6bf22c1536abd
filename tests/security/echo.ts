// Measures how long keys take from the keyboard to the screen while something else goes on.

import { assert } from "@std/assert";
import { ctrl } from "../harness/keys.ts";
import type { Session } from "../harness/session.ts";

/** How long, in ms, a key may take on a machine that has other things to do. */
export const LONGEST_ECHO = 2_000;
/** How long, in ms, a key is waited for, so that a failure tells how late it was, if it is not very late. */
const PATIENCE = 8_000;
const KEYS = "abcdefghijklmnopqrstuvwxyz";

/** Types keys at the shell's prompt, one after the other, and gives how long each took, in ms. */
export async function echoTimes(session: Session, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at++) {
    const key = KEYS[at % KEYS.length];
    const start = performance.now();
    session.type(key);
    await session.waitForOutput(key, PATIENCE).catch(() => {
      throw new Error(`Cannot see key ${at + 1} of ${count} echoed within ${PATIENCE} ms`);
    });
    times.push(performance.now() - start);
  }
  session.type(ctrl("u"));
  await session.waitForPrompt();
  return times;
}

/** Types keys, tells the longest time, and fails if that is not bearable. */
export async function keysAreEchoed(session: Session, during: string, count = 30): Promise<void> {
  const longest = Math.max(...await echoTimes(session, count));
  console.log(`${during}: each key is echoed within ${longest.toFixed(1)} ms`);
  assert(longest <= LONGEST_ECHO, `${during}: a key was echoed after ${longest.toFixed(0)} ms`);
}
