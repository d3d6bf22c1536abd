// Bash's own tests of what has to do with terminals: each compares what bash says with what it should.

import { sameOutcomes, suiteFolder, type Terminal } from "./suite.ts";

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

function files(...names: string[]) {
  return Object.fromEntries(names.map((name) => [
    name,
    (terminal: Terminal) => runFile(name, terminal),
  ]));
}

const TERMINAL = ["jobs", "trap", "read", "history"];

/** All others, but for those that run all. */
function otherFiles(): string[] {
  const left = ["all", "minimal", "gprof", ...TERMINAL];
  return [...Deno.readDirSync(`${FOLDER}/tests`)]
    .filter(({name})=>name.startsWith("run-")).map(({ name }) => name.slice("run-".length)).filter(name=>!left.includes(name)).sort();
}

sameOutcomes("bash's tests of jobs, read, trap and history", {
  source: "bash",
  parts: files(...TERMINAL),
  cases: 4,
});

sameOutcomes("bash's other tests", {
  source: "bash",
  parts: files(...otherFiles()),
  cases: 75,
});
