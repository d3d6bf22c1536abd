// TERM for programs on this host: the name of the user's terminal, if this host knows it.

/**
 * Where ncurses looks for descriptions (terminfo(5)). Each has a directory per first letter, on Darwin named by its
 * hex code.
 */
const DIRECTORIES = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo"];

/** Described on every host with any descriptions. Most terminals of today understand one of them. */
const COMMON_TYPES = ["xterm-256color", "xterm", "vt100"];

/**
 * `type`, or the nearest name that this host has a description of: `type` without its last part, and so on (`xterm-
 * kitty`, `xterm`), then a common one. On a host without descriptions it is `type`.
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
