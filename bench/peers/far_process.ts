// A far side that consists of one listening process and its children.

import { freePort, untilListening } from "../../tests/harness/ports.ts";
import { processTree, startWithoutStreams } from "../../tests/harness/processes.ts";

/** How long the far side may take to exit by itself, in ms. */
const GRACE = 2_000;

/** Starts a server on a free port, and waits until it listens. One that `stays` outlives its session. */
export async function startServer(
  command: (port: number) => readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
  stays = false,
): Promise<AsyncDisposable & { readonly port: number; readonly pid: number }> {
  const port = freePort();
  const words = command(port);
  const process = startWithoutStreams(words, env, cwd);
  await untilListening(port, words[0]);
  return { port, pid: process.pid, [Symbol.asyncDispose]: () => end(process, stays ? 0 : GRACE) };
}

/** Waits for a process whose client has gone, and after a while kills it and its children. */
async function end(process: Deno.ChildProcess, grace: number): Promise<void> {
  const timer = setTimeout(() => void kill(process.pid), grace);
  await process.status;
  clearTimeout(timer);
}

/** Kills a process and its children. */
export async function kill(root: number): Promise<void> {
  for (const { pid } of await processTree(root)) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
}
