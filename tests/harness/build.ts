// Where things are, and the tests' own C helpers, compiled when first wanted.

/** The checkout's root, without a slash at its end. */
export const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
/** Where the helpers are built. */
const BUILD = `${ROOT}/build/tests`;

async function modified(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.mtime?.getTime() ?? 0;
}

/** What is being compiled, or was: sessions that start together want the same. */
const compiled = new Map<string, Promise<string>>();

/**
 * The path of the program that is compiled from `tests/harness/NAME.c`.
 *
 * @throws {Error} with the compiler's words if it does not compile.
 */
export function helper(name: string, ...flags: string[]): Promise<string> {
  const path = compiled.get(name) ?? compile(name, flags);
  compiled.set(name, path);
  return path;
}

async function compile(name: string, flags: readonly string[]): Promise<string> {
  const source = `${ROOT}/tests/harness/${name}.c`;
  const target = `${BUILD}/${name}`;
  if (await modified(target) > await modified(source)) return target;
  await Deno.mkdir(BUILD, { recursive: true });
  // Test files may run side by side: each compiles for itself, and the last rename wins.
  const draft = `${target}.${crypto.randomUUID()}`;
  const { success, stderr } = await new Deno.Command("cc", {
    args: ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-o", draft, source, ...flags],
  }).output();
  if (!success) throw new Error(`Cannot compile "${source}": ${new TextDecoder().decode(stderr)}`);
  await Deno.rename(draft, target);
  return target;
}
