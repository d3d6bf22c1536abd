// Which bytes have a special meaning under the settings, so that all others can be passed on unseen.

import { NEWLINE, RETURN } from "./characters.ts";
import type { Termios } from "./termios.ts";

/** Whether input passes unchanged. */
export function isTransparent(t: Termios): boolean {
  const caseless = t.IUCLC && t.IEXTEN;
  if (t.EXTPROC) return !t.ISTRIP && !caseless;
  return !(t.ISTRIP || caseless || t.IGNCR || t.ICRNL || t.INLCR || t.ICANON || t.IXON || t.ISIG ||
    t.ECHO || t.PARMRK);
}

/** 1 for each byte that may have a special meaning. */
export function specialBytes(t: Termios): Uint8Array {
  const special = new Uint8Array(256);
  const mark = (on: boolean, ...bytes: number[]) => {
    if (on) { for (const byte of bytes) if (byte >= 0) special[byte] = 1; }
  };
  mark(t.IGNCR || t.ICRNL, RETURN);
  mark(t.INLCR || t.ICANON, NEWLINE);
  mark(t.ICANON, t.VERASE, t.VKILL, t.VEOF, t.VEOL);
  mark(t.ICANON && t.IEXTEN, t.VWERASE, t.VLNEXT, t.VEOL2);
  mark(t.ICANON && t.IEXTEN && t.ECHO, t.VREPRINT);
  mark(t.IXON, t.VSTART, t.VSTOP);
  mark(t.ISIG, t.VINTR, t.VQUIT, t.VSUSP);
  return special;
}
