/**
 * Which tests were flaky in the last run on CI, kept from one checkout to the next.
 *
 * @module
 */

const FILE = "rpty/flaky.json";

/** Where the names are kept; undefined without a home directory. */
export function flakyFile(): string | undefined {
  const home = Deno.env.get("HOME");
  const base = Deno.env.get("XDG_CACHE_HOME") || (home && `${home}/.cache`);
  return base && `${base}/${FILE}`;
}

/** The names in the file; empty if there is no file. */
export function readFlaky(path: string): string[] {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Keeps the names of this run. */
export function writeFlaky(path: string, tests: readonly string[]): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
  Deno.writeTextFileSync(path, JSON.stringify(tests, null, 2));
}

/** Why a run with these flaky tests fails. `before` are the flaky tests of the previous run. */
export function flakyFailures(
  flaky: readonly string[],
  before: readonly string[],
  most: number,
): string[] {
  const again = flaky.filter((test) => before.includes(test))
    .map((test) => `flaky in the last run, too: ${test}`);
  return flaky.length > most ? [...again, `${flaky.length} flaky tests`] : again;
}
