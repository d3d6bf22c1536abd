// The static shell: a bash and a busybox for hosts that have nothing, in two files beside rpty-slave.

/** The shell, and what it takes its commands from (small_hosts/shell/applets.c). */
const SHELL = "rpty-bash";
const APPLETS = "busybox-rpty";

/**
 * What runs `command` by the static shell, so that it may be one of its applets; without one, the shell itself.
 *
 * @throws {Error} if the two files don't lie in the folder of `program`.
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
