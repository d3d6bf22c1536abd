// libuv's own tests. Node's terminals, processes, signals and pipes are built on libuv. All tests run with the terminal
// as their standard streams; the tests of terminals also run one by one.

import { partsOf, sameOutcomes, suiteFolder } from "./suite.ts";
import type { Ended, Outcomes, Terminal } from "./suite.ts";

const FOLDER = suiteFolder("libuv");
/** It runs as anyone; as root only with this. */
const ENV = { UV_RUN_AS_ROOT: "1" };
/** Its ports are fixed and its files are made where it runs: each run has its own network and folder. */
const SETUP = `ip link set lo up && ln -sfn ${FOLDER}/test test && exec "$@"`;

/** Runs all of it, or one test with the terminal's streams as its own. */
function start({ run }: Terminal, ...test: string[]): Promise<Ended> {
  const runner = [`${FOLDER}/build/uv_run_tests`, ...test];
  return run({ command: ["unshare", "--net", "sh", "-c", SETUP, "sh", ...runner], env: ENV });
}

/** A line of its report. */
const RESULT = /^(ok|not ok) \d+ - (\S+)(?: # SKIP (.*))?$/gm;

async function runAll(terminal: Terminal): Promise<Outcomes> {
  const { output } = await start(terminal);
  const text = output.replaceAll("\r\n", "\n");
  return Object.fromEntries(
    [...text.matchAll(RESULT)].map(([, result, name, reason]) => [
      name,
      reason === undefined ? result === "ok" ? "passed" : "failed" : `skipped: ${reason}`,
    ]),
  );
}

/** Among all others a test has the terminal only by its name. */
async function runOne(name: string, terminal: Terminal): Promise<Outcomes> {
  const { status, output } = await start(terminal, name, name);
  return { "": status === 0 ? "passed" : `status ${status}: ${output}` };
}

const NO_PTYS = "programs there get no pseudoterminals of their own: the test is skipped";

sameOutcomes("libuv's tests", {
  source: "libuv",
  needs: ["root", "ip"],
  parts: { all: runAll, ...partsOf(["tty", "tty_file", "tty_pty"], runOne) },
  cases: 400,
  differences: { "tty_pty": NO_PTYS, "all: tty_pty": NO_PTYS },
});
