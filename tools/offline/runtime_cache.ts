/**
 * Where runtimes are kept from one build to the next: a directory that nobody else can write to, and
 * files that are known by their sums at each use.
 *
 * @module
 */

import { sha256 } from "../sha256.ts";

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

/** Makes `path` a directory of our own, with mode 0700, or says why it can't be one. */
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

/** Tells whether `path` is a file with that SHA-256; a file with another is removed. */
export async function isCached(path: string, sum: string): Promise<boolean> {
  const bytes = await Deno.readFile(path).catch(unlessNotFound);
  if (!bytes) return false;
  const found = await sha256(bytes);
  if (found === sum) return true;
  console.error(`Throwing away "${path}": its SHA-256 is ${found}, not ${sum}`);
  await Deno.remove(path);
  return false;
}
