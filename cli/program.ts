// What the command lines of both programs have in common.

import { harmless } from "../protocol/harmless.ts";
import { DEFAULT_TIMEOUT } from "../protocol/limits.ts";
import { type Trace, traceTo } from "../protocol/trace.ts";
import { describeErrno, libc, S_IFMT, S_IFREG, SystemError } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";

/** Exit status if rpty or the transport failed, the same as ssh's. */
export const FAILED = 255;

/** Exit status for a bad command line. */
export const BAD_USAGE = 2;

/** --timeout's default, as the user writes it. */
export const DEFAULT_TIMEOUT_SECONDS = DEFAULT_TIMEOUT / 1000;

/** Seconds. A timer for more than 2^31 milliseconds would fire at once. */
const MAX_TIMEOUT_SECONDS = 1_000_000;

/** Only the owner may read the trace. */
const TRACE_MODE = 0o600;

/** Options of both programs. */
export interface CommonOptions {
  /** Milliseconds. */
  readonly timeout: number;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** The command line or the environment is not valid. The message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Shows a message on standard error, in one line. Characters that a peer may have put into it are made harmless. */
export function say(program: string, text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(`${program}: ${harmless(text)}\n`));
  } catch {
    // Nobody reads it.
  }
}

/**
 * Reads the value of --timeout, in milliseconds.
 *
 * @throws {UsageError} if it is not valid.
 */
export function parseTimeout(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new UsageError(`--timeout must be a number of seconds greater than 0, not "${text}"`);
  }
  return seconds * 1000;
}

/**
 * Opens the trace that RPTY_DEBUG asks for. It is appended to that file, each line with the program's name first.
 *
 * @throws {UsageError} if the file can't be written, or others may write or read it.
 */
export function openTrace(program: string): Trace | undefined {
  const path = Deno.env.get("RPTY_DEBUG");
  if (!path) return undefined;
  const fd = openTraceFile(path);
  const encoder = new TextEncoder();
  return traceTo((line) => {
    libc.write(fd, encoder.encode(`${program} ${line}`));
  });
}

/** The trace contains what the user types: nobody else may have created the file, or may read it. */
function openTraceFile(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY, O_CLOEXEC } =
    PLATFORM.open;
  const flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  let fd: number | undefined;
  try {
    fd = libc.open(path, flags, TRACE_MODE);
    const { mode, owner, links } = libc.fstat(fd);
    const isOurs = (mode & S_IFMT) === S_IFREG && owner === libc.geteuid() && links === 1;
    if (!isOurs) {
      throw new UsageError(
        `${refusal(path)}: it must be a regular file that you own, without other hard links`,
      );
    }
    libc.fchmod(fd, TRACE_MODE);
    return fd;
  } catch (error) {
    if (fd !== undefined) libc.close(fd);
    if (!(error instanceof SystemError)) throw error;
    throw new UsageError(`${refusal(path)}: ${describeErrno(error.errno)}`);
  }
}

function refusal(path: string): string {
  return `cannot write RPTY_DEBUG's file "${path}"`;
}
