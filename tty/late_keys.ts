// Keys that were typed raw before the terminal had applied a change of settings. Both sides give them to a
// LineDiscipline in this form.

import { NEWLINE, RETURN } from "./characters.ts";
import type { Termios } from "./termios.ts";

/**
 * The keys from which a raw terminal under `then` made `bytes`. Only what matters under `now` is undone: ICRNL turned
 * Return into NL.
 */
export function retyped(bytes: Uint8Array, then: Termios, now: Termios): Uint8Array {
  if (!then.ICRNL || now.ICRNL) return bytes;
  return bytes.map((byte) => byte === NEWLINE ? RETURN : byte);
}
