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

/** How a helper is compiled in another way than by cc with the usual flags. */
export interface Variant {
  /** Distinguishes the result. */
  readonly name: string;
  readonly compiler?: string;
  readonly flags: readonly string[];
}

const USUAL: Variant = { name: "", flags: [] };

/**
 * The path of the program that is compiled from `tests/harness/NAME.c`.
 *
 * @throws {Error} with the compiler's words if it does not compile.
 */
export function helper(name: string, { name: kind, ...how }: Variant = USUAL): Promise<string> {
  const sources = [`${ROOT}/tests/harness/${name}.c`];
  return compiledProgram(kind === "" ? name : `${name}-${kind}`, { sources, ...how });
}

/** What a program is made of. */
export interface Recipe {
  /** The sources; `headers` are looked at as well to see whether it must be made anew. */
  readonly sources: readonly string[];
  readonly headers?: readonly string[];
  readonly compiler?: string;
  readonly flags?: readonly string[];
}

/**
 * The path of the program NAME, compiled as the recipe says.
 *
 * @throws {Error} with the compiler's words if it does not compile.
 */
export function compiledProgram(name: string, recipe: Recipe): Promise<string> {
  const path = compiled.get(name) ?? compile(name, recipe);
  compiled.set(name, path);
  return path;
}

async function compile(name: string, recipe: Recipe): Promise<string> {
  const { sources, headers = [], compiler = "cc", flags = [] } = recipe;
  const target = `${BUILD}/${name}`;
  const newest = Math.max(...await Promise.all([...sources, ...headers].map(modified)));
  if (await modified(target) > newest) return target;
  await Deno.mkdir(BUILD, { recursive: true });
  // Test files may run side by side: each compiles for itself, and the last rename wins.
  const draft = `${target}.${crypto.randomUUID()}`;
  const { success, stderr } = await new Deno.Command(compiler, {
    args: ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-o", draft, ...sources, ...flags],
  }).output();
  if (!success) throw new Error(`Cannot compile "${name}": ${new TextDecoder().decode(stderr)}`);
  await Deno.rename(draft, target);
  return target;
}
