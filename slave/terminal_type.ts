// TERM for programs here: what the user's terminal calls itself, if this host knows that name.

/** Where ncurses looks for descriptions (terminfo(5)), each with a directory per first letter, or its code in hex on Darwin. */
const DIRECTORIES = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo"];

/** Described on every host that describes anything; most terminals of today understand it. */
const COMMON_TYPES = ["xterm-256color", "xterm", "vt100"];

/**
 * `type`, or the nearest that this host has a description of: the name without its last part, and so on
 * (`xterm-kitty`, `xterm`), then a common one. On a host without descriptions `type` stays.
 */
export function knownTerminalType(
  type: string,
  environment: Readonly<Record<string, string>>,
): string {
  const directories = [
    environment.TERMINFO,
    environment.HOME && `${environment.HOME}/.terminfo`,
    ...(environment.TERMINFO_DIRS ?? "").split(":"),
    ...DIRECTORIES,
  ].filter((directory) => directory) as string[];
  return candidates(type).find((name) => isDescribed(name, directories)) ?? type;
}

function candidates(type: string): string[] {
  const parts = type.split("-");
  const shorter = parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
  return type === "dumb" ? [] : [...shorter, ...COMMON_TYPES];
}

function isDescribed(type: string, directories: readonly string[]): boolean {
  if (!/^[\w.+-]+$/.test(type)) return false;
  const letters = [type[0], type.charCodeAt(0).toString(16)];
  return directories.some((directory) =>
    letters.some((letter) => exists(`${directory}/${letter}/${type}`))
  );
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
