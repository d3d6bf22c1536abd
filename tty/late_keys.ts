// Keys that were typed raw, before the terminal had applied a change that the programs had made.
// Both ends give them to a LineDiscipline, in this form.

import { NEWLINE, RETURN } from "./characters.ts";
import type { Termios } from "./termios.ts";

/**
 * The keys of which a raw terminal under `then` made `bytes`, as far as one under `now` would make
 * something else of them: with ICRNL Return had become NL.
 */
export function retyped(bytes: Uint8Array, then: Termios, now: Termios): Uint8Array {
  if (!then.ICRNL || now.ICRNL) return bytes;
  return bytes.map((byte) => byte === NEWLINE ? RETURN : byte);
}
