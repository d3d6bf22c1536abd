// fish's own tests of interactive use. They drive fish by pexpect, which gets a terminal of the harness: see
// fish_driver.py.

import { TERMINAL_ENV } from "../harness/place.ts";
import { fileNames, partsOf, sameOutcomes, suiteFolder } from "./suite.ts";
import type { Outcomes, Terminal } from "./suite.ts";
import { ZptyServer } from "./zpty_server.ts";

const FOLDER = suiteFolder("fish");
const DRIVER = new URL("fish_driver.py", import.meta.url).pathname;

/** How long a file may take, in ms. */
const PATIENCE = 60_000;

/** The status of a test that can't be run. */
const SKIPPED = 127;

/** Files that need more than the terminal's bytes, with what. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  exit_nohang: "its foreground group",
  job_summary: "to kill by the numbers that processes have there",
  terminal: "its window's size",
};

async function runFile(name: string, terminal: Terminal): Promise<Outcomes> {
  const { place } = terminal;
  await using _server = new ZptyServer(`${place.home}/socket`, terminal, "sh");
  const settings = await Deno.readTextFile(`${FOLDER}/tests/interactive.config`);
  const functions = `set -p fish_function_path ${FOLDER}/tests/test_functions\n`;
  await place.write("config/fish/config.fish", functions + settings);
  await Deno.mkdir(`${place.home}/data/fish`, { recursive: true });
  const { code, stdout } = await new Deno.Command("python3", {
    args: ["-B", DRIVER, `${FOLDER}/tests/pexpects/${name}.py`, `${place.home}/socket`],
    clearEnv: true,
    env: {
      ...place.env,
      ...TERMINAL_ENV,
      TERM: "dumb",
      TMPDIR: place.home,
      XDG_CONFIG_HOME: `${place.home}/config`,
      XDG_DATA_HOME: `${place.home}/data`,
      PYTHONPATH: `${FOLDER}/build_tools`,
      FISH_UNIT_TESTS_RUNNING: "1",
      fish: "/usr/bin/fish",
      fish_key_reader: "/usr/bin/fish_key_reader",
      fish_test_helper: `${FOLDER}/fish_test_helper`,
    },
    cwd: `${FOLDER}/tests`,
    stdin: "null",
    stderr: "inherit",
    signal: AbortSignal.timeout(PATIENCE),
  }).output();
  if (code === 0) return { "": "passed" };
  const reason = new TextDecoder().decode(stdout).split("\n").slice(0, 2).join(" ");
  return { "": code === SKIPPED ? "skipped: by itself" : `failed: ${reason}` };
}

const names = fileNames(`${FOLDER}/tests/pexpects`).filter((name) => name.endsWith(".py"))
  .map((name) => name.slice(0, -".py".length)).filter((name) => !(name in LEFT_OUT));

sameOutcomes("fish's tests of interactive use", {
  source: "fish",
  needs: ["fish", "python3"],
  parts: partsOf(names, runFile),
  cases: 30,
});
