// bash's own tests that concern terminals. Each compares bash's output with the expected one.

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

/** Those of what has to do with terminals come first: they take longest. */
const TERMINAL = ["jobs", "trap", "read", "history"];
/** Those that run all. */
const LEFT_OUT = ["all", "minimal", "gprof"];
const others = fileNames(`${FOLDER}/tests`).filter((name) => name.startsWith("run-"))
  .map((name) => name.slice("run-".length))
  .filter((name) => ![...LEFT_OUT, ...TERMINAL].includes(name));

sameOutcomes("bash's tests", {
  source: "bash",
  parts: partsOf([...TERMINAL, ...others], runFile),
  cases: 80,
});
