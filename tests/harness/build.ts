// The paths of what is built, and the tests' C helpers, which are compiled at their first use.

/** The checkout's root, without a slash at its end. */
export const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
/** Where the helpers are built. */
export const BUILD = `${ROOT}/build/tests`;

async function modified(path: string): Promise<number> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.mtime?.getTime() ?? 0;
}

/** Compilations, finished or not: sessions that start together need the same programs. */
const compiled = new Map<string, Promise<string>>();

/** How a helper is compiled, if not by cc with the usual flags. */
export interface Variant {
  /** Distinguishes the result. */
  readonly name: string;
  readonly compiler?: string;
  readonly flags: readonly string[];
  /** The folder below tests/ with the source. */
  readonly folder?: string;
  /** Files that the source includes, from the checkout's root. */
  readonly includes?: readonly string[];
}

const USUAL: Variant = { name: "", flags: [] };

/**
 * The path of the program that is compiled from `tests/harness/NAME.c`, or from a variant's folder.
 *
 * @throws {Error} with the compiler's words if it does not compile.
 */
export function helper(name: string, variant: Variant = USUAL): Promise<string> {
  const key = [variant.folder, name, variant.name].filter((part) => part).join("-");
  const path = compiled.get(key) ?? compile(name, `${BUILD}/${key}`, variant);
  compiled.set(key, path);
  return path;
}

async function compile(name: string, target: string, variant: Variant): Promise<string> {
  const { compiler = "cc", flags, folder = "harness", includes = [] } = variant;
  const source = `${ROOT}/tests/${folder}/${name}.c`;
  const sources = [source, ...includes.map((path) => `${ROOT}/${path}`)];
  const newest = Math.max(...await Promise.all(sources.map(modified)));
  if (await modified(target) > newest) return target;
  await Deno.mkdir(BUILD, { recursive: true });
  // Test files may run in parallel: each compiles for itself, and the last rename wins.
  const draft = `${target}.${crypto.randomUUID()}`;
  const { success, stderr } = await new Deno.Command(compiler, {
    args: ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-o", draft, source, ...flags],
  }).output();
  if (!success) throw new Error(`Cannot compile "${source}": ${new TextDecoder().decode(stderr)}`);
  await Deno.rename(draft, target);
  return target;
}
