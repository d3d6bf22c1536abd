// What the two programs' command lines have in common.

import { type Trace, traceTo } from "../protocol/trace.ts";

/** Exit status where rpty or the transport failed, as ssh's. */
export const FAILED = 255;

/** Exit status for a bad command line. */
export const BAD_USAGE = 2;

/** Seconds of silence, where --timeout does not say. */
export const DEFAULT_TIMEOUT_SECONDS = 60;

/** Seconds. Setting a timer for longer than 2^31 milliseconds would fire it at once. */
const MAX_TIMEOUT_SECONDS = 1_000_000;

/** What both understand. */
export interface CommonOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** The command line, or the environment, is not as it should be: the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Tells the user something on standard error, in one line; what a peer may have put into it does no harm. */
export function say(program: string, text: string): void {
  const harmless = text.replace(
    // deno-lint-ignore no-control-regex
    /[\x00-\x09\x0b-\x1f\x7f-\x9f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(`${program}: ${harmless}\n`));
  } catch {
    // Nobody listens.
  }
}

/**
 * The value of --timeout, in milliseconds.
 *
 * @throws {UsageError} if it is none.
 */
export function parseTimeout(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new UsageError(`--timeout takes seconds, more than 0, not "${text}"`);
  }
  return seconds * 1000;
}

/**
 * The trace that RPTY_DEBUG asks for: appended to that file, each line with the program's name first.
 *
 * @throws {UsageError} if the file can't be written.
 */
export function openTrace(program: string): Trace | undefined {
  const path = Deno.env.get("RPTY_DEBUG");
  if (!path) return undefined;
  const file = openTraceFile(path);
  const encoder = new TextEncoder();
  return traceTo((line) => file.writeSync(encoder.encode(`${program} ${line}`)));
}

function openTraceFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { append: true, create: true, mode: 0o600 });
  } catch (error) {
    throw new UsageError(`cannot write RPTY_DEBUG's file "${path}": ${(error as Error).message}`);
  }
}
