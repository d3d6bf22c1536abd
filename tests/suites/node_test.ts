// Node's own tests of terminals. Node's runner starts each on a pseudoterminal, types the file NAME.in, and compares the
// output with NAME.out. This does the same on the terminal under test.

import { fileNames, partsOf, sameOutcomes, suiteFolder } from "./suite.ts";
import type { Outcomes, Terminal } from "./suite.ts";

const FOLDER = `${suiteFolder("node")}/test/pseudo-tty`;
/** As Node's runner sets the terminal: so the transcript is the same on all systems. */
const SETTINGS = "-onlcr -echoctl";

async function runFile(name: string, { run }: Terminal): Promise<Outcomes> {
  const source = await Deno.readTextFile(`${FOLDER}/${name}.js`);
  const flags = /\/\/\s+Flags:(.*)/.exec(source)?.[1].trim().split(/\s+/) ?? [];
  const keys = await Deno.readTextFile(`${FOLDER}/${name}.in`).catch(() => undefined);
  const { status, output } = await run({
    command: ["node", ...flags, `${FOLDER}/${name}.js`],
    settings: SETTINGS,
    attend: (session) => keys !== undefined && session.type(keys),
  });
  const matches = await isExpected(name, output);
  const end = status === 0 ? "" : `, status ${status}`;
  return { "": `${matches ? "passed" : `failed: ${output}`}${end}` };
}

/** Whether each line is as expected, where a star stands for anything. */
async function isExpected(name: string, shown: string): Promise<boolean> {
  const expected = await Deno.readTextFile(`${FOLDER}/${name}.out`);
  const patterns = lines(expected.replaceAll("%(basename)s", `${name}.js`).replaceAll("%%", "%"));
  // deno-lint-ignore no-control-regex -- Node's runner drops what some systems echo
  const found = lines(shown.replaceAll(/[\x00-\x08\x0b\x0e-\x1f]/g, ""));
  return patterns.length === found.length && patterns.every((pattern, i) => {
    const parts = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(found[i]);
  });
}

function lines(text: string): string[] {
  return text.split("\n").map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "" && !/^(==|\*\*)/.test(line));
}

const names = fileNames(FOLDER).filter((name) => name.endsWith(".js"))
  .map((name) => name.slice(0, -".js".length));

sameOutcomes("Node's tests of terminals", {
  source: "node",
  needs: ["node"],
  parts: partsOf(names, runFile),
  cases: 35,
});
