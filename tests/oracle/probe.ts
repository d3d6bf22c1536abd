// The probes: C programs that examine a terminal. They are compiled at their first use.

const FOLDER = new URL(".", import.meta.url).pathname;
const BUILD = new URL("../../build/probes", import.meta.url).pathname;
const COMPILER_FLAGS = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror"];

/**
 * Compiles `tests/oracle/NAME.c` and gives the program's path.
 *
 * @throws {Error} with the compiler's words if it does not compile.
 */
export async function compileProbe(name: string, ...flags: string[]): Promise<string> {
  await Deno.mkdir(BUILD, { recursive: true });
  const program = `${BUILD}/${name}${flags.join("")}`;
  // Test files may run side by side: each compiles for itself, and the last rename wins.
  const draft = `${program}.${crypto.randomUUID()}`;
  const args = [...COMPILER_FLAGS, "-o", draft, `${FOLDER}${name}.c`, ...flags];
  const { success, stderr } = await new Deno.Command("cc", { args }).output();
  if (!success) {
    throw new Error(`Cannot compile ${name}.c: ${new TextDecoder().decode(stderr)}`);
  }
  await Deno.rename(draft, program);
  return program;
}
