import type { KeySignal } from "../tty/key_signals.ts";
import { remembered } from "../tty/remembered.ts";
import { type Termios, VDISABLE } from "../tty/termios.ts";

/** Keys that the kernel makes others of before it looks for signals, or after. */
const TRANSLATED = [0x0a, 0x0d];

/**
 * The keys that make signals, where we can make them in place of the kernel: in what it gives out as typed,
 * and doesn't echo. There they have a place in the input, whereas the kernel's signals come to us over a
 * thread, and would have to be waited for before each read.
 */
export const signalKeys = remembered((termios: Termios): ReadonlyMap<number, KeySignal> => {
  const { ISIG, ICANON, ECHO, VINTR, VQUIT, VSUSP } = termios;
  if (!ISIG || ICANON || ECHO) return new Map();
  // The kernel takes the first that fits.
  const keys = ([[VSUSP, "SIGTSTP"], [VQUIT, "SIGQUIT"], [VINTR, "SIGINT"]] as const)
    .filter(([key]) => key !== VDISABLE);
  return keys.some(([key]) => TRANSLATED.includes(key)) ? new Map() : new Map(keys);
});
