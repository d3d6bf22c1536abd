// rpty-master among the other processes on its terminal: a shell, make, scripts, pipelines.

import { assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "./harness/build.ts";
import { shellLine } from "./harness/far_side.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import { MASTER, SLAVE } from "./harness/links.ts";
import { PATH } from "./harness/needs.ts";
import { TERMINAL_ENV } from "./harness/place.ts";
import { Session } from "./harness/session.ts";
import { inPlace, type Through, throughRpty } from "./harness/through_rpty.ts";

const WRAPPERS: Readonly<Record<string, (master: readonly string[]) => string[]>> = {
  "make": (master) => [
    "make",
    "-s",
    "-f",
    "/dev/stdin",
    "--eval",
    `run:\n\t@${shellLine(master).replaceAll("$", "$$")}`,
    "run",
  ],
  "a script": (master) => ["sh", "-c", `"$@"; echo script status $?`, "sh", ...master],
};

/** Signals of keys must reach the remote programs, and no local process. */
async function signalsCross({ session }: Through): Promise<void> {
  await session.waitForPrompt();
  await session.foreground("sleep 60");
  session.type(ctrl("c"));
  await session.waitForPrompt();
  assertEquals(await session.run("echo $?"), ["130"]);
  await session.foreground("sleep 60");
  session.type(ctrl("z"));
  await session.waitForOutput("Stopped");
  await session.waitForPrompt();
  assertEquals(await session.run("jobs | wc -l"), ["1"]);
  await session.run('kill -9 %1; until [ -z "$(jobs -s)" ]; do sleep 0.05; done');
}

throughRpty("started by a script: ^C and ^Z go to the remote programs", {
  wrap: WRAPPERS["a script"],
}, async (scene) => {
  await signalsCross(scene);
  scene.session.type(`exit 3${ENTER}`);
  await scene.session.waitForOutput("script status 3");
  assertEquals(await scene.session.exit(), 0);
});

inPlace("make run opens a bash, whose ^C and ^Z are its own", ["make"], async (place) => {
  await using session = await Session.start({
    command: ["make", "-s", "-C", ROOT, "run"],
    env: {
      ...Deno.env.toObject(),
      ...place.env,
      ...TERMINAL_ENV,
      PATH: `${PATH}:${Deno.env.get("PATH")}`,
    },
    cwd: place.home,
  });
  await session.waitForPrompt("$ ", 60_000);
  await signalsCross({ session } as Through);
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

throughRpty("before | tee: ^C goes to the remote program, and tee gets everything", {
  command: [
    "bash",
    "-c",
    "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 0.05; done",
  ],
  wrap: (
    master,
  ) => ["bash", "-c", `"$@" | tee log; echo "status \${PIPESTATUS[@]}"`, "bash", ...master],
}, async ({ session, place }) => {
  await session.waitForOutput("ready");
  session.type(ctrl("c"));
  await session.waitForOutput("caught");
  await session.waitForOutput("status 5 0");
  assertEquals(await session.exit(), 0);
  assertMatch(await Deno.readTextFile(`${place.home}/log`), /^ready\r?\ncaught\r?\n$/);
});

throughRpty("stdin that is not a terminal is none on the remote host, and its data is unchanged", {
  command: ["sh", "-c", "test -t 0; echo tty $?; od -An -c"],
  wrap: (
    master,
  ) => ["sh", "-c", `printf 'a\\003\\004\\177\\r\\nz' | "$@"; echo status $?`, "sh", ...master],
}, async ({ session }) => {
  await session.waitForOutput("status 0");
  assertMatch(session.output, /tty 1\r\n +a 003 004 177 +\\r +\\n +z\r\n/);
  assertEquals(await session.exit(), 0);
});

throughRpty("echo ls | rpty-master runs the command", {
  command: ["bash"],
  wrap: (
    master,
  ) => ["sh", "-c", `echo 'echo from afar; exit 4' | "$@"; echo status $?`, "sh", ...master],
}, async ({ session }) => {
  await session.waitForOutput("from afar");
  await session.waitForOutput("status 4");
  await session.exit();
});

throughRpty("stdout that is not a terminal is none on the remote host, and its data is unchanged", {
  command: ["sh", "-c", "test -t 0; echo $?; test -t 1; echo $?; printf 'a\\nb\\000\\377'"],
  wrap: (master) => ["sh", "-c", `"$@" > log; echo status $?`, "sh", ...master],
}, async ({ session, place }) => {
  await session.waitForOutput("status 0");
  await session.exit();
  assertEquals(
    await Deno.readFile(`${place.home}/log`),
    Uint8Array.from([0x30, 10, 0x31, 10, 0x61, 10, 0x62, 0, 0xff]),
  );
});

throughRpty("started in the background it waits until it comes to the front", {
  wrap: (master) => [
    "bash",
    "-c",
    `set -m; "$@" & until [ -n "$(jobs -s)" ]; do sleep 0.05; done; echo waits; fg > /dev/null; echo status $?`,
    "bash",
    ...master,
  ],
}, async ({ session }) => {
  await session.waitForOutput("waits");
  await session.waitForPrompt();
  session.type(`exit 6${ENTER}`);
  await session.waitForOutput("status 6");
  await session.exit();
});

inPlace("--help and --version tell, and nothing else", [], async () => {
  for (const program of [MASTER, SLAVE]) {
    for (
      const [option, told] of [["--help", /--timeout/], ["--version", /\d+\.\d+\.\d+/]] as const
    ) {
      const { code, stdout } = await new Deno.Command(program, { args: [option] }).output();
      assertEquals(code, 0);
      assertMatch(new TextDecoder().decode(stdout), told);
    }
  }
});
