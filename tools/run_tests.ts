/**
 * Runs tests, streams what they write, and keeps their outcomes for tools/count_tests.ts.
 *
 *     deno run -A tools/run_tests.ts [--name=RUN] [--minutes=N] [--again] [DENO-TEST-OPTION…] FILE…
 *
 * A FILE in TypeScript goes to `deno test`, any other is a program that passes if it exits with 0.
 * With --again a few tests that failed are run once more: those of whole sessions depend on a machine that
 * may be busy. Those that are then seen to pass are flaky: named, counted, and limited on CI.
 *
 * When the minutes are over, the tests are interrupted, which names those that were running.
 *
 * @module
 */

import { parseArgs } from "node:util";
import {
  afterAgain,
  filterFor,
  isAnythingRun,
  isExplained,
  MAX_FLAKY,
  readReport,
  RESULTS,
  type Results,
  UNEXPLAINED,
  withOutcome,
} from "./results.ts";

/** How long interrupted tests may take to end, in milliseconds. */
const GRACE = 15_000;

/** Bytes at the end of what was written that are kept: the summary is there. */
const TAIL = 64 * 1024;

/** What came of a command. */
interface Run {
  readonly success: boolean;
  /** The end of what it has written. */
  readonly tail: string;
}

/** Runs a command until its end or the deadline, and passes on what it writes. */
async function run(command: string, args: string[], deadline: number): Promise<Run> {
  const child = new Deno.Command(command, { args, stdin: "null", stdout: "piped" }).spawn();
  const passedOn = passOn(child.stdout);
  let interrupted = false;
  const interrupt = setTimeout(() => {
    console.error(`Out of time: interrupting ${command}`);
    interrupted = true;
    child.kill("SIGINT");
  }, Math.max(0, deadline - Date.now()));
  const kill = setTimeout(() => child.kill("SIGKILL"), Math.max(0, deadline - Date.now()) + GRACE);
  const { success } = await child.status;
  clearTimeout(interrupt);
  clearTimeout(kill);
  return { success: success && !interrupted, tail: await passedOn };
}

async function passOn(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const decoder = new TextDecoder();
  let tail = "";
  for await (const bytes of output) {
    for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
    tail = (tail + decoder.decode(bytes, { stream: true })).slice(-TAIL);
  }
  return tail;
}

async function runDenoTest(args: string[], deadline: number): Promise<Results> {
  const report = await Deno.makeTempFile();
  try {
    const { success, tail } = await run(
      Deno.execPath(),
      ["test", `--junit-path=${report}`, ...args],
      deadline,
    );
    const results = readReport(await Deno.readTextFile(report));
    return success && isAnythingRun(results) || isExplained(results, tail)
      ? results
      : { ...results, [UNEXPLAINED]: "failed" };
  } finally {
    await Deno.remove(report);
  }
}

/** Runs the failed tests among `results` once more. */
async function runAgain(results: Results, args: string[], deadline: number): Promise<Results> {
  const failed = withOutcome(results, "failed");
  const isFew = failed.length > 0 && failed.length <= MAX_FLAKY;
  if (!isFew || failed.includes(UNEXPLAINED)) return results;
  console.log(`Once more: ${failed.join("; ")}`);
  const again = await runDenoTest([`--filter=${filterFor(failed)}`, ...args], deadline);
  return afterAgain(results, again);
}

async function runPrograms(programs: string[], deadline: number): Promise<Results> {
  const results: Results = {};
  for (const program of programs) {
    const { success } = await run(program, [], deadline);
    results[program] = success ? "passed" : "failed";
    console.log(`${program} ... ${results[program]}`);
  }
  return results;
}

// ^C reaches the tests, too. Wait for them: they print what was running.
Deno.addSignalListener("SIGINT", () => {});

const { values, positionals, tokens } = parseArgs({
  options: {
    name: { type: "string", default: "tests" },
    minutes: { type: "string", default: "60" },
    again: { type: "boolean", default: false },
  },
  strict: false,
  allowPositionals: true,
  tokens: true,
});
const deadline = Date.now() + Number(values.minutes) * 60_000;
const options = tokens.flatMap((token) =>
  token.kind === "option" && !["name", "minutes", "again"].includes(token.name)
    ? [token.value ? `${token.rawName}=${token.value}` : token.rawName]
    : []
);
const isModule = (file: string) => file.endsWith(".ts");
const modules = positionals.filter(isModule);
// What an earlier run left is not taken for this one's, should this one break off.
await Deno.mkdir(RESULTS, { recursive: true });
await Deno.remove(`${RESULTS}/${values.name}.json`).catch(() => {});
const results: Results = {
  ...await runPrograms(positionals.filter((file) => !isModule(file)), deadline),
  ...modules.length > 0 ? await runModules() : {},
};

async function runModules(): Promise<Results> {
  const args = [...options, ...modules];
  const results = await runDenoTest(args, deadline);
  return values.again ? await runAgain(results, args, deadline) : results;
}

await Deno.writeTextFile(`${RESULTS}/${values.name}.json`, JSON.stringify(results, null, 2));
Deno.exit(withOutcome(results, "failed").length > 0 ? 1 : 0);
