// The result of each row, in one file a row, because the tables' tests run in parallel.

import { ROOT } from "../harness/build.ts";
import { PATH } from "../harness/needs.ts";
import type { Program } from "./program.ts";

/** Where the rows' results are kept, if `make programs` asks for them. */
export const RECORDS = `${ROOT}/build/programs/results`;
const WANTED = Deno.env.get("RPTY_PROGRAMS_RECORD") === "1";

/** Characters of a version that are kept. Some programs print everything they were built with. */
const VERSION_LENGTH = 48;

/** The outcome of a row. */
export interface Outcome {
  readonly result: string;
  readonly screens?: number;
}

/** A row of docs/programs.md. */
export interface Record extends Outcome {
  readonly kind: string;
  readonly program: string;
  readonly does: string;
  readonly version: string;
  readonly masks: readonly string[];
}

/** Keeps a row's outcome. */
export function record(kind: string, row: Program, outcome: Outcome): void {
  if (!WANTED) return;
  const { program, does, masks = [] } = row;
  const kept: Record = {
    ...{ kind, program, does, version: versionOf(row), masks: masks.map(({ why }) => why) },
    ...{ result: outcome.result, screens: outcome.screens },
  };
  Deno.mkdirSync(RECORDS, { recursive: true });
  const name = `${program} ${does}`.replaceAll(/\W+/g, "-");
  Deno.writeTextFileSync(`${RECORDS}/${name}.json`, JSON.stringify(kept, null, 2));
}

/** The first line with the program's version. */
function versionOf({ program, needs, version, env }: Program): string {
  const command = version ?? `${needs[0] ?? program} --version`;
  const { stdout } = new Deno.Command("bash", {
    args: ["-c", `{ ${command}; } 2>&1 </dev/null | grep -m 1 .`],
    clearEnv: true,
    env: { PATH, HOME: "/nonexistent", ...env },
    stderr: "null",
  }).outputSync();
  return new TextDecoder().decode(stdout).trim().slice(0, VERSION_LENGTH);
}
