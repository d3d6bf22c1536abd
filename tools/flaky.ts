/**
 * Which tests were flaky in the last run on CI, kept from one checkout to the next.
 *
 * @module
 */

const FILE = "rpty/flaky.json";

/** Where that is kept; nothing without a home. */
export function flakyFile(): string | undefined {
  const home = Deno.env.get("HOME");
  const base = Deno.env.get("XDG_CACHE_HOME") || (home && `${home}/.cache`);
  return base && `${base}/${FILE}`;
}

/** The names in such a file; none if there is no file. */
export function readFlaky(path: string): string[] {
  try {
    return JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Keeps those of this run. */
export function writeFlaky(path: string, tests: readonly string[]): void {
  Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
  Deno.writeTextFileSync(path, JSON.stringify(tests, null, 2));
}

/** What is wrong with a run of which these tests were flaky, `before` those of the run before it. */
export function flakyFailures(
  flaky: readonly string[],
  before: readonly string[],
  most: number,
): string[] {
  const again = flaky.filter((test) => before.includes(test))
    .map((test) => `flaky in the last run, too: ${test}`);
  return flaky.length > most ? [...again, `${flaky.length} flaky tests`] : again;
}
