// Bash's own tests of what has to do with terminals: each compares what bash says with what it should.

import { fileNames, partsOf, sameOutcomes, suiteFolder, type Terminal } from "./suite.ts";

const FOLDER = suiteFolder("bash");

/** Runs one of bash's test files. Its runner says nothing but warnings when all is well. */
async function runFile(name: string, { place, run }: Terminal): Promise<Record<string, string>> {
  const { status, output } = await run({
    command: ["sh", `./run-${name}`],
    folder: `${FOLDER}/tests`,
    env: {
      THIS_SH: "/bin/bash",
      BUILD_DIR: place.home,
      BASH_TSTOUT: `${place.home}/output`,
      PATH: `${FOLDER}/programs:${place.env.PATH}`,
    },
  });
  const said = output.replaceAll(/^warning: .*\r\n/gm, "");
  return { "": said === "" && status === 0 ? "passed" : `status ${status}: ${said}` };
}

const TERMINAL = ["jobs", "trap", "read", "history"];

/** All others, but for those that run all. */
const LEFT_OUT = ["all", "minimal", "gprof", ...TERMINAL];
const others = fileNames(`${FOLDER}/tests`).filter((name) => name.startsWith("run-"))
  .map((name) => name.slice("run-".length)).filter((name) => !LEFT_OUT.includes(name));

sameOutcomes("bash's tests of jobs, read, trap and history", {
  source: "bash",
  parts: partsOf(TERMINAL, runFile),
  cases: 4,
});

sameOutcomes("bash's other tests", {
  source: "bash",
  parts: partsOf(others, runFile),
  cases: 75,
});
