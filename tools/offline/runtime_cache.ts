/**
 * Keeps runtimes from one build to the next, in a directory that nobody else can write to. Their
 * sums are checked at each use.
 *
 * @module
 */

import { sha256 } from "../sha256.ts";

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Makes `path` our own directory, with mode 0700, or says why that is impossible. */
export function makePrivateDirectory(path: string): void {
  Deno.mkdirSync(path.replace(/\/[^/]*$/, "") || "/", { recursive: true });
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const { isDirectory, uid } = Deno.lstatSync(path); // a symlink is no directory
  const problem = !isDirectory
    ? "it is no directory"
    : uid !== Deno.uid()
    ? `it belongs to user ${uid}`
    : undefined;
  if (problem) throw new Error(`Cannot keep files in "${path}": ${problem}; set XDG_CACHE_HOME`);
  Deno.chmodSync(path, 0o700);
}

/** Whether `path` is a file with that SHA-256. A file with another sum is removed. */
export async function isCached(path: string, sum: string): Promise<boolean> {
  const bytes = await Deno.readFile(path).catch(unlessNotFound);
  if (!bytes) return false;
  const found = await sha256(bytes);
  if (found === sum) return true;
  console.error(`Throwing away "${path}": its SHA-256 is ${found}, not ${sum}`);
  await Deno.remove(path);
  return false;
}
