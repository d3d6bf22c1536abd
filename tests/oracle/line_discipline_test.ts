// Our line discipline and the kernel's must give the same outcomes for the same scripts.

import { assert, assertEquals } from "@std/assert";
import { missing, testWith } from "../harness/needs.ts";
import { runKernel } from "./line_discipline_kernel.ts";
import { randomCut, randomScript, seededRandom } from "./line_discipline_random.ts";
import { type Cut, type Done, runDiscipline, type Script } from "./line_discipline_script.ts";
import { TABLE } from "./line_discipline_table.ts";

/** The number of random scripts in a run. SCRIPTS and SEED in the environment choose others. */
const RANDOM_SCRIPTS = Number(Deno.env.get("SCRIPTS") ?? 5000);

/** Differing scripts that a failure shows. */
const SHOWN = 3;

compared("table", (canTypeAhead) => {
  assert(TABLE.length >= 250);
  assertEquals(new Set(TABLE.map(({ name }) => name)).size, TABLE.length);
  return compare(TABLE, canTypeAhead);
});

compared("by chance", (canTypeAhead) => {
  const seed = Number(Deno.env.get("SEED") ?? Date.now() % 1e9);
  const random = seededRandom(seed);
  const scripts = Array.from(
    { length: RANDOM_SCRIPTS },
    (_, i) => randomScript(`SEED=${seed}, script ${i}`, random),
  );
  return compare(scripts, canTypeAhead, randomCut(random));
});

/**
 * Registers a comparison of all scripts. The kernel can be asked those that type ahead of a reader only where
 * TIOCSTI is allowed: elsewhere the others are compared.
 */
function compared(name: string, test: (canTypeAhead: boolean) => Promise<void>): void {
  const title = `LineDiscipline does what the kernel does: ${name}`;
  testWith(["TIOCSTI"], title, () => test(true));
  if (missing(["TIOCSTI"]).length > 0) {
    testWith([], `${title}, but for what is typed ahead`, () => test(false));
  }
}

async function compare(scripts: Script[], canTypeAhead: boolean, cut?: Cut): Promise<void> {
  const ours = scripts.map((script) => runDiscipline(script, cut));
  const kernels = await runKernel(ours);
  const asked = kernels.filter((answers) => answers !== undefined).length;
  const least = canTypeAhead ? scripts.length : scripts.length / 3;
  assert(asked >= least, `the kernel answers ${asked} of ${scripts.length} scripts`);
  const differing = scripts.flatMap((script, i) => {
    const difference = kernels[i] && firstDifference(ours[i], kernels[i]);
    return difference ? [{ script, difference }] : [];
  }).sort((a, b) => a.script.steps.length - b.script.steps.length);
  const shown = differing.slice(0, SHOWN).map(({ script, difference }) =>
    `${script.name}: ${JSON.stringify([script.settings, script.steps])}\n${difference}`
  );
  assert(differing.length === 0, `${differing.length} scripts differ:\n${shown.join("\n")}`);
}

function firstDifference(ours: Done[], kernels: string[]): string | undefined {
  const at = ours.findIndex(({ answer }, i) => answer !== kernels[i]);
  if (at < 0) return undefined;
  const { step, answer } = ours[at];
  const [kernel, our] = excerpts(kernels[at], answer);
  return `  differ at step ${at} (${step.do})\n  kernel ${kernel}\n  ours   ${our}`;
}

/** Both from a little before where they differ. */
function excerpts(...[one, other]: [string, string]): string[] {
  let start = 0;
  while (one[start] === other[start]) start++;
  return [one, other].map((text) => text.slice(Math.max(0, start - 80), start + 80));
}
