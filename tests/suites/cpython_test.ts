// CPython's own tests of terminals. Tests that open a pseudoterminal get the terminal under test instead: see
// cpython_driver.py.

import { ROOT } from "../harness/build.ts";
import { MasterSocket } from "./master_socket.ts";
import {
  type Outcomes,
  type Parts,
  partsOf,
  sameOutcomes,
  suiteFolder,
  type Terminal,
} from "./suite.ts";

const OLDER = `${suiteFolder("cpython")}/Lib`;
/** A later release has tests that this one lacks, of modules written in Python alone. */
const NEWER = `${suiteFolder("newer")}/Lib`;

async function runModule(
  module: string,
  folders: readonly string[],
  { place, run }: Terminal,
): Promise<Outcomes> {
  const [results, master] = [`${place.home}/results.json`, `${place.home}/master`];
  await using socket = new MasterSocket(master);
  const driver = `${ROOT}/tests/suites/cpython_driver.py`;
  const { status, output } = await run({
    command: ["python3.11", "-B", driver, module, results, master, ...folders],
    attend: (session) => socket.attend(session),
    onOutput: (chunk) => socket.show(chunk),
  });
  const outcomes = await Deno.readTextFile(results).catch(() => {
    throw new Error(`status ${status}, ${JSON.stringify(output.slice(-1000))}`);
  });
  const ends = Object.entries(JSON.parse(outcomes) as Outcomes);
  return Object.fromEntries(
    ends.map(([id, outcome]) => [id.replace(`test.${module}.`, ""), outcome]),
  );
}

/** Modules of this release. */
function ofOlder(names: readonly string[]): Parts {
  return partsOf(names, (name, terminal) => runModule(name, [OLDER], terminal));
}

/** Modules of the later release. */
function ofNewer(names: readonly string[]): Parts {
  const parts = partsOf(names, (name, terminal) => runModule(name, [NEWER, OLDER], terminal));
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [`${name} (3.13)`, part]));
}

sameOutcomes("CPython's tests of termios, tty, ioctl, getpass, readline and curses", {
  source: "cpython",
  needs: ["python3.11"],
  parts: {
    ...ofNewer(["test_termios", "test_tty", "test_ioctl"]),
    ...ofOlder(["test_ioctl", "test_getpass", "test_readline", "test_curses"]),
  },
  cases: 130,
});

sameOutcomes("CPython's tests of processes, signals, descriptors and input()", {
  source: "cpython",
  needs: ["python3.11"],
  parts: ofOlder([
    ...["test_subprocess", "test_signal", "test_eintr", "test_cmd_line", "test_threadsignals"],
    ...[
      "test_builtin",
      "test_os",
      "test_posix",
      "test_shutil",
      "test_fcntl",
      "test_fileio",
      "test_file",
    ],
    ...["test_select", "test_poll", "test_epoll", "test_selectors"],
  ]),
  cases: 1400,
});
