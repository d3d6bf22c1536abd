/**
 * The oracle alone: what a program sees on a kernel pty and under rpty, case by case.
 *
 *     deno task oracle [--verbose] [--musl] [--static[=BUILD]] [FAMILY | FAMILY/TEXT | TEXT]…
 *
 * BUILD is glibc, musl, or archive for musl with librpty.a; without it all three are run. A family's name runs
 * that family; any other text the cases whose names have it in them.
 */

import { type Build, STATIC_BUILDS } from "./compile.ts";
import { compareFamily, type Comparison, describe, families, isWrong } from "./suite.ts";

const verbose = Deno.args.includes("--verbose");
const builds = Deno.args.flatMap(buildsFor);
if (builds.length === 0) builds.push("glibc");
const wanted = Deno.args.filter((word) => !word.startsWith("--"));

/** The builds that an option asks for. */
function buildsFor(option: string): Build[] {
  if (option === "--musl") return ["musl"];
  if (option === "--static") return [...STATIC_BUILDS];
  if (!option.startsWith("--static=")) return [];
  const build = STATIC_BUILDS.find((one) => one === option.slice(2).replace("=", "-"));
  if (build === undefined) throw new TypeError(`Cannot build in the way of "${option}"`);
  return [build];
}

/** The filters that the arguments set for a family. */
function filtersFor(family: string): string[] {
  if (wanted.length === 0) return [""];
  return wanted.flatMap((word) => {
    const [name, ...rest] = word.split("/");
    if (name === family) return [rest.join("/")];
    return families().includes(name) ? [] : [word];
  });
}

function report(family: string, cases: Comparison[], ms: number): number {
  const wrong = cases.filter(isWrong);
  const listed = cases.filter((one) => one.reason !== undefined && !isWrong(one)).length;
  const verdict = wrong.length === 0 ? "ok" : `${wrong.length} WRONG`;
  const also = listed === 0 ? "" : `, ${listed} differ as listed`;
  if (cases.length > 0) {
    console.log(`${family} ... ${cases.length} cases${also}: ${verdict} (${Math.round(ms)} ms)`);
  }
  if (verbose) { for (const { name, kernel } of cases) console.log(`  ${name}: ${kernel}`); }
  for (const one of wrong) console.log(describe(one));
  return wrong.length;
}

let cases = 0;
let wrong = 0;
for (const build of builds) {
  if (build !== "glibc") console.log(`${build}:`);
  for (const family of families(build)) {
    for (const filter of filtersFor(family)) {
      const start = performance.now();
      const compared = await compareFamily(family, { filter, build });
      cases += compared.length;
      wrong += report(family, compared, performance.now() - start);
    }
  }
}
console.log(`\n${cases} cases, ${wrong} wrong`);
Deno.exit(wrong > 0 || cases === 0 ? 1 : 0);
