// The static shell: two files beside rpty-slave with a bash and a busybox, for hosts that have no programs.

/** The shell, and the program that has its commands (small_hosts/shell/applets.c). */
const SHELL = "rpty-bash";
const APPLETS = "busybox-rpty";

/**
 * The command line that runs `command` in the static shell; without a command it runs the shell itself. The command
 * may be an applet.
 *
 * @throws {Error} if the two files are not in the folder of `program`.
 */
export function inStaticShell(
  command: readonly string[],
  program: string,
): readonly [string, ...string[]] {
  const folder = program.slice(0, program.lastIndexOf("/") + 1);
  for (const name of [SHELL, APPLETS]) {
    if (!isFile(folder + name)) {
      throw new Error(
        `Cannot find the static shell: "${folder}${name}" is missing: ` +
          `${SHELL} and ${APPLETS} belong beside rpty-slave`,
      );
    }
  }
  const shell = folder + SHELL;
  return command.length === 0 ? [shell] : [shell, "-c", 'exec "$@"', SHELL, ...command];
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
