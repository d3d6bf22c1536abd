// zsh's own tests. The tests of interactive shells ask zpty for pseudoterminals, and get terminals of the harness: see
// zpty.zsh. The others run on the terminal under test.

import { shellWord } from "../harness/far_side.ts";
import { type Place, TERMINAL_ENV } from "../harness/place.ts";
import { type Outcomes, partsOf, sameOutcomes, suiteFolder, type Terminal } from "./suite.ts";
import { ZptyServer } from "./zpty_server.ts";

const FOLDER = suiteFolder("zsh");
const ZPTY = new URL("zpty.zsh", import.meta.url).pathname;

/** How long a file may take, in ms. */
const PATIENCE = 120_000;

/**
 * Files that ask for pseudoterminals. Not here: E01options, which begins to remove the root folder's files, and
 * trusts the terminal to answer no; Y02compmatch and Y03arguments, which compute for a minute.
 */
const INTERACTIVE = [
  ...["X02zlevi", "X03zlebindkey", "X04zlehighlight", "Y01completion"],
  ...["W02jobs", "W03jobparameters", "V08zpty"],
];

/** Of the others those of descriptors, processes, signals and history. */
const ON_TERMINAL = [
  ...["A01grammar", "A04redirect", "A05execution", "A07control", "B03print", "B04read", "B05eval"],
  ...["B06fc", "B11kill", "B12limit", "B13whence", "C03traps", "C05debug", "D03procsubst"],
  ...["D08cmdsubst", "E02xtrace", "V14system", "W01history"],
];

/** What stands before the first test, where none is run. */
const BEGIN = "begin";

/** A test's begin in the report. */
const BEGUN = /^Running test: (.*)$/;

/** The tests make files beside themselves: each run has a copy of them, and /tmp is not the same there. */
async function copyTests(place: Place): Promise<string> {
  const { success, stderr } = await new Deno.Command("sh", {
    args: [
      "-ec",
      `mkdir -p zsh/Src && cd zsh && cp -a "$0/Test" . && ln -s "$0/Functions" "$0/Completion" . &&
      ln -s "$(command -v zsh)" Src/zsh && sed -i "s,/tmp/,$PWD/," Test/comptest`,
      FOLDER,
    ],
    cwd: place.home,
  }).output();
  if (!success) throw new Error(`Cannot copy: ${new TextDecoder().decode(stderr)}`);
  return `${place.home}/zsh/Test`;
}

function environment(place: Place): Record<string, string> {
  return {
    TMPPREFIX: `${place.home}/tmp`,
    ZTST_verbose: "1",
    ZTST_continue: "1",
    ZTST_exe: `${place.home}/zsh/Src/zsh`,
  };
}

/** Runs a file's tests on the terminal. */
async function runFile(name: string, { place, run }: Terminal): Promise<Outcomes> {
  const { output } = await run({
    command: ["zsh", "+Z", "-f", "./ztst.zsh", `./${name}.ztst`],
    folder: await copyTests(place),
    env: environment(place),
  });
  return outcomesIn(output.replaceAll("\r\n", "\n"));
}

/** Runs a file's tests without a terminal; the shells that they start have one each. */
async function runInteractive(name: string, terminal: Terminal): Promise<Outcomes> {
  const { place } = terminal;
  const folder = await copyTests(place);
  const socket = `${place.home}/zpty`;
  await using _server = new ZptyServer(socket, terminal, "zsh");
  const code = `. ${shellWord(ZPTY)}; . ./ztst.zsh ./${name}.ztst`;
  const { stdout } = await new Deno.Command("zsh", {
    args: ["+Z", "-f", "-c", code],
    clearEnv: true,
    env: { ...place.env, ...TERMINAL_ENV, ...environment(place), ZPTY_SOCKET: socket },
    cwd: folder,
    stdin: "null",
    stderr: "null",
    signal: AbortSignal.timeout(PATIENCE),
  }).output();
  return outcomesIn(new TextDecoder().decode(stdout).replaceAll(place.folder, "PLACE"));
}

/** What became of each test, by its message; what a failure said goes with it. */
function outcomesIn(report: string): Outcomes {
  const outcomes: Record<string, string> = {};
  let name = BEGIN;
  for (const line of report.split("\n")) {
    const begun = BEGUN.exec(line)?.[1];
    if (begun !== undefined) {
      for (let n = 1; n === 1 || name in outcomes; n++) name = n === 1 ? begun : `${begun} (${n})`;
      outcomes[name] = "";
    } else {
      outcomes[name] = `${outcomes[name] ?? ""}${line}\n`;
    }
  }
  if (Object.keys(outcomes).length > 1) delete outcomes[BEGIN];
  return Object.fromEntries(
    Object.entries(outcomes).map(([name, text]) => [
      name,
      /^Test (successful\.|failed, as expected\.)$/m.test(text) ? "passed" : masked(text),
    ]),
  );
}

sameOutcomes("zsh's tests", {
  source: "zsh",
  needs: ["zsh"],
  parts: { ...partsOf(INTERACTIVE, runInteractive), ...partsOf(ON_TERMINAL, runFile) },
  cases: 640,
});

/** Without what is never the same. */
function masked(text: string): string {
  return text.trim().replaceAll(/\d{4}-\d\d-\d\d [\d:.]+|ztst\.\d+/g, "N");
}
