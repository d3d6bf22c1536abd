import type { KeySignal } from "../tty/key_signals.ts";
import { remembered } from "../tty/remembered.ts";
import { type Termios, VDISABLE } from "../tty/termios.ts";

/** Keys that the kernel translates into others before or after it looks for signals. */
const TRANSLATED = [0x0a, 0x0d];

/**
 * The keys that make signals, where we can make them in place of the kernel: where it gives keys out as typed and
 * does not echo them. In the input such a key has its place. The kernel's signals come to us through a thread, and we
 * would have to wait for it before each read.
 */
export const signalKeys = remembered((termios: Termios): ReadonlyMap<number, KeySignal> => {
  const { ISIG, ICANON, ECHO, VINTR, VQUIT, VSUSP } = termios;
  if (!ISIG || ICANON || ECHO) return new Map();
  // If two are the same the kernel takes the first.
  const keys = ([[VSUSP, "SIGTSTP"], [VQUIT, "SIGQUIT"], [VINTR, "SIGINT"]] as const)
    .filter(([key]) => key !== VDISABLE);
  return keys.some(([key]) => TRANSLATED.includes(key)) ? new Map() : new Map(keys);
});
