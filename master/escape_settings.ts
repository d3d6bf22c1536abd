// Settings with which the kernel would keep escape keys from us, and the settings it gets in their place.

import { NEWLINE, RETURN } from "../tty/characters.ts";
import { remembered } from "../tty/remembered.ts";
import { type CharacterName, type Termios, VDISABLE } from "../tty/termios.ts";

/** The characters of escape keys, and the newline before them. */
const ESCAPE_KEYS: ReadonlySet<number> = new Set([
  NEWLINE,
  RETURN,
  ...[..."~.?"].map((key) => key.charCodeAt(0)),
]);

/** The key of `~^Z`. If it makes a signal or ends a line it is recognized by that. */
const SUSPEND_KEY = 0x1a;
const KNOWN_SUSPEND_KEYS: readonly CharacterName[] = ["VSUSP", "VEOL", "VEOL2"];

const FLOW_KEYS = ["VSTART", "VSTOP"] as const;

/** The characters with a special meaning under these settings. */
function specialCharacters({ ISIG, IXON, ICANON, IEXTEN }: Termios): CharacterName[] {
  return [
    ...ISIG ? ["VINTR", "VQUIT", "VSUSP", "VDSUSP"] as const : [],
    ...IXON ? FLOW_KEYS : [],
    ...ICANON ? ["VERASE", "VKILL", "VEOF", "VEOL", "VEOL2", "VWERASE", "VREPRINT"] as const : [],
    ...ICANON || IEXTEN ? ["VLNEXT", "VDISCARD", "VSTATUS"] as const : [],
  ];
}

function takesKey(termios: Termios, name: CharacterName): boolean {
  const key = termios[name];
  return ESCAPE_KEYS.has(key) || key === SUSPEND_KEY && !KNOWN_SUSPEND_KEYS.includes(name);
}

/** Whether the kernel would swallow an escape key under these settings, or never end its line. */
export const takesEscapes = remembered((termios: Termios): boolean => {
  const { EXTPROC, IGNCR, ICANON, ICRNL, ISIG, VSUSP } = termios;
  return EXTPROC || IGNCR || ICANON && !ICRNL ||
    specialCharacters(termios).some((name) => takesKey(termios, name)) ||
    ICANON && ISIG && VSUSP !== VDISABLE && !canEndBySuspend(termios);
});

/** Whether the kernel can end a line at VSUSP in canonical mode, without a difference to the user. */
function canEndBySuspend(termios: Termios): boolean {
  const others = specialCharacters(termios).filter((name) => name !== "VSUSP");
  return !termios.NOFLSH && freeLineEnd(termios) !== undefined &&
    !others.some((name) => termios[name] === termios.VSUSP);
}

function freeLineEnd({ VEOL, VEOL2, IEXTEN }: Termios): "VEOL" | "VEOL2" | undefined {
  if (VEOL === VDISABLE) return "VEOL";
  return IEXTEN && VEOL2 === VDISABLE ? "VEOL2" : undefined;
}

/** The settings while we edit a line: keys come as they are typed, except for signals and flow control. */
export const untreated = remembered((termios: Termios): Termios => ({
  ...termios,
  ...{ ICANON: false, ECHO: false, ECHONL: false, IEXTEN: false, EXTPROC: false },
  ...{ ICRNL: false, INLCR: false, IGNCR: false, IUCLC: false, ISTRIP: false },
}));

/**
 * The settings while the slave's line discipline treats all keys. Flow control stays here, if it leaves escape keys
 * alone.
 */
export const keysOnly = remembered((termios: Termios): Termios => ({
  ...untreated(termios),
  ISIG: false,
  PARMRK: false,
  IXON: termios.IXON && !FLOW_KEYS.some((name) => takesKey(termios, name)),
}));

/**
 * The key of which we make SIGTSTP in place of the kernel, which would drop the `~` before it. In canonical mode the
 * kernel gives it out as the end of a line.
 */
export const suspendKey = remembered((termios: Termios): number | undefined => {
  const { ICANON, ECHO, ISIG, VSUSP } = termios;
  if (!ISIG || VSUSP === VDISABLE || takesEscapes(termios)) return undefined;
  // Without echo we make all signals of keys ourselves.
  return ICANON || ECHO ? VSUSP : undefined;
});

/** The settings with which the kernel leaves that key to us. */
export const withSuspendKey = remembered((termios: Termios): Termios => {
  const end = termios.ICANON ? freeLineEnd(termios) : undefined;
  const left = { ...termios, VSUSP: VDISABLE };
  return end === undefined ? left : { ...left, [end]: termios.VSUSP };
});
