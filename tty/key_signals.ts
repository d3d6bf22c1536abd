/** Signals that a terminal's keys make (termios(3), ISIG). The protocol numbers them in this order. */
export const KEY_SIGNALS = ["SIGINT", "SIGQUIT", "SIGTSTP"] as const;

/** One of {@linkcode KEY_SIGNALS}. */
export type KeySignal = typeof KEY_SIGNALS[number];

/** The setting that names each signal's key. */
export const SIGNAL_CHARACTERS = {
  SIGINT: "VINTR",
  SIGQUIT: "VQUIT",
  SIGTSTP: "VSUSP",
} as const satisfies Record<KeySignal, string>;
