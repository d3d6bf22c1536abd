/**
 * Writes the import map that the build uses: deno.json's imports, where JSR answers, and else the
 * same with our own stand-ins (sys/std/) for the packages of JSR.
 *
 *     deno run -A tools/import_map.ts build/import_map.json
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };

/** How long JSR may take to answer, in milliseconds: a build must not hang on a silent network. */
const PATIENCE = 5000;

async function jsrAnswers(): Promise<boolean> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["cache", "--quiet", "--no-config", "--no-lock", config.imports["@std/assert"]],
    signal: AbortSignal.timeout(PATIENCE),
    stdin: "null",
    stderr: "null",
  });
  return (await child.output()).success;
}

/** Maps `jsr:@std/NAME` to `sys/std/NAME.ts`, as seen from the build directory. */
function withStandIns(imports: Record<string, string>): Record<string, string> {
  const entries = Object.entries(imports).map(([name, target]) => [
    name,
    target.replace(/^jsr:@std\/(\w+)@.*$/, "../sys/std/$1.ts"),
  ]);
  return Object.fromEntries(entries);
}

const imports = await jsrAnswers() ? config.imports : withStandIns(config.imports);
await Deno.writeTextFile(Deno.args[0], JSON.stringify({ imports }, null, 2) + "\n");
