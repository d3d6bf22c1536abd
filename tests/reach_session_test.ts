// Programs that make system calls themselves, inside a session: jobs, children and ends, and that they cost other
// programs nothing.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inBash, sameOutput } from "./harness/bash.ts";
import { helper, ROOT } from "./harness/build.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import type { Scene } from "./harness/on_both.ts";
import { exists } from "./harness/needs.ts";
import type { Place } from "./harness/place.ts";
import { startMaster } from "./harness/rpty.ts";
import type { Session } from "./harness/session.ts";
import { eventually } from "./harness/processes.ts";
import { inPlace, type ThroughOptions, throughRpty } from "./harness/through_rpty.ts";

const REACH = `${ROOT}/build/reach`;
const CALLS = `${REACH}/calls`;
const NOBODY = 65534;
const AS_USER = { far: { user: NOBODY } };

/** Registers a script for both: as root and as a user. */
function reached(
  name: string,
  script: (scene: Scene) => Promise<void>,
  needs: string[] = [],
): void {
  inBash(`${name}, as root`, script, { needs: ["root", CALLS, ...needs] });
  inBash(`${name}, as a user`, script, { needs: [CALLS, ...needs], rpty: AS_USER });
}

reached("it reads lines, an end of file, and lines again", async (scene) => {
  const { session } = scene;
  await session.launch(`${CALLS} lines`);
  session.type(`one${ENTER}`);
  await session.waitForOutput("<one>");
  session.type(ctrl("d"));
  await session.waitForOutput("end 0");
  session.type(`two${ENTER}`);
  await session.waitForOutput("<two>");
  session.type(ctrl("d"));
  await session.waitForPrompt();
  await session.launch(`sleep 0.2; ${CALLS} lines`);
  session.type(`one${ENTER}${ctrl("d")}two${ENTER}${ctrl("d")}`);
  await session.waitForOutput("<two>\r\nend 0");
  await session.waitForPrompt();
  await scene.snapshot("after");
});

reached("it reads and writes /dev/tty, which is its session's", async (scene) => {
  const { session } = scene;
  await session.launch(`${CALLS} tty < /dev/null`);
  await session.waitForOutput("asks: in parts: ");
  session.type(`answer${ENTER}`);
  await session.waitForOutput("<answer>");
  await session.waitForPrompt();
  await scene.snapshot("after");
});

reached("^Z stops it, ^C ends it", async (scene) => {
  const { session } = scene;
  await session.foreground(`${CALLS} lines`);
  session.type(ctrl("z"));
  await session.waitForPrompt();
  await session.launch("fg");
  await session.waitForOutput("calls lines");
  session.type(`again${ENTER}`);
  await session.waitForOutput("<again>");
  session.type(ctrl("c"));
  await session.waitForPrompt();
  await scene.snapshot("after");
});

reached("from the background it changes nothing before it is continued", async (scene) => {
  const { session } = scene;
  await session.run(
    `${CALLS} change & until jobs | grep -q Stopped; do :; done`,
  );
  assertEquals(await session.run("stty size"), ["24 80"]);
  await session.run("fg");
  assertEquals(await session.run("stty size"), ["10 40"]);
  await session.run("stty rows 24 cols 80");
  await session.run(`stty tostop; ${CALLS} lines & until jobs | grep -q Stopped; do :; done`);
  await session.launch("stty -tostop; fg");
  await session.waitForOutput("calls lines");
  session.type(`mine${ENTER}`);
  await session.waitForOutput("<mine>");
  session.type(ctrl("c"));
  await session.waitForPrompt();
  await scene.snapshot("after", (dump) => dump.replaceAll(/\[\d\] \d+/g, "[job]"));
});

reached("a program of many threads is stopped in the background, and goes on", async (scene) => {
  const { session } = scene;
  await session.run(`${REACH}/xterm & until jobs | grep -q Stopped; do :; done`);
  await session.run("clear");
  session.type(`fg${ENTER}`);
  await session.waitFor("ready");
  for (const key of ["x", "y"]) {
    session.type(key);
    await session.waitFor(`key ${key.charCodeAt(0)}`);
  }
  await session.settle();
  session.type("q");
  await session.waitFor("password:");
  await session.settle();
  session.type(ctrl("c"));
  await session.waitForPrompt();
  await scene.snapshot("after");
}, [`${REACH}/xterm`]);

reached("its children have the terminal, with and without a preload", async (scene) => {
  await sameOutput(
    scene,
    `${CALLS} run /bin/stty -a`,
    `${CALLS} run /bin/sh -c 'tty > /dev/null; echo $?; stty size; ${CALLS}'`,
    `env -i ${CALLS} run ${CALLS}`,
    `sh -c '${CALLS} run /bin/true; echo $?; exec ${CALLS} run /rpty-none'`,
  );
});

/** Copies a program that runs with root's power, whoever starts it. */
async function setUid(folder: string, name: string, program: string): Promise<void> {
  await Deno.copyFile(program, `${folder}/${name}`);
  await Deno.chown(`${folder}/${name}`, 0, 0);
  await Deno.chmod(`${folder}/${name}`, 0o4755);
}

/** Sends the keeper what is no listener. */
const STRANGER = `
import array, os, socket, sys
for message in (b"1234", b"", b"1"):
    keeper = socket.socket(socket.AF_UNIX)
    keeper.connect(os.path.dirname(os.environ["LD_PRELOAD"]) + "/../own/reach")
    rights = array.array("i", [os.open("/dev/null", os.O_RDONLY)])
    keeper.sendmsg([message], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
print("sent")
`;

throughRpty("the keeper bears what is no listener", {
  needs: [CALLS, "python3"],
  ...AS_USER,
}, async ({ session, place, far }) => {
  await session.waitForPrompt();
  await place.write("stranger.py", STRANGER);
  for (let i = 0; i < 3; i++) assertEquals(await session.run("python3 stranger.py"), ["sent"]);
  assertStringIncludes((await session.run(CALLS))[0], "isatty 0 1");
  const { pid } = await far.find(/^rpty-keeper /);
  const ticks = () => Number(Deno.readTextFileSync(`/proc/${pid}/stat`).split(" ")[13]);
  const before = ticks();
  await session.run("sleep 0.5");
  assert(ticks() - before < 20, "it is busy");
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

const PYTHON = (call: string) => `python3 -c 'import os; ${call}'`;

reached("however it is started", async (scene) => {
  await scene.session.run(`printf 'all:\\n\\t@${CALLS}\\n' > Makefile`);
  await sameOutput(
    scene,
    "make -s",
    PYTHON(`os.waitpid(os.posix_spawn("${CALLS}", ["c"], os.environ), 0)`),
    PYTHON(`os.waitpid(os.posix_spawnp("calls", ["c"], {"PATH": "${REACH}"}), 0)`),
    PYTHON(`os.system("${CALLS}")`),
    PYTHON(`os.execvpe("calls", ["c", "run", "/bin/echo", "x"], {"PATH": "${REACH}"})`),
    PYTHON(`os.execl("${CALLS}", "c", "run", "/bin/echo", "a b", "", "c")`),
    `PATH=${REACH}:$PATH; calls`,
    `fish -c ${CALLS}`,
  );
}, ["make", "python3", "fish"]);

reached("set-uid programs keep their power", async (scene) => {
  const { session, place } = scene;
  await setUid(place.home, "owned", CALLS);
  await setUid(place.home, "owned-id", "/usr/bin/id");
  await sameOutput(
    scene,
    `./owned user; ./owned-id -u; ${CALLS} run /bin/echo still`,
    `sh -c './owned user; ./owned-id -u'`,
  );
  assertEquals(await session.run("./owned user"), ["user 0"]);
});

throughRpty("with --reach=preload it sees pipes", {
  needs: [CALLS],
  slaveOptions: ["--reach", "preload"],
}, async ({ session }) => {
  await session.waitForPrompt();
  assertEquals((await session.run(`${CALLS} | head -3; ${CALLS} 2>&1 | grep -c isatty`)).length, 4);
  assertStringIncludes((await session.run(CALLS))[0], "isatty 0 0");
  assertEquals(await session.run("stty size"), ["24 80"]);
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

throughRpty("with --reach=all a user's session is reached as a whole, and set-uid programs lose", {
  needs: [CALLS],
  slaveOptions: ["--reach", "all"],
  ...AS_USER,
}, async ({ session }) => {
  await session.waitForPrompt();
  assertEquals(await session.run("grep NoNewPrivs /proc/self/status"), ["NoNewPrivs:     1"]);
  assertStringIncludes((await session.run(CALLS))[0], "isatty 0 1");
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

for (const [who, options] of [["as root", { needs: ["root"] }], ["as a user", AS_USER]] as const) {
  const needs = [CALLS, ..."needs" in options ? options.needs : []];
  throughRpty(
    `a killed keeper ends the session, and nobody hangs, ${who}`,
    { ...options as ThroughOptions, needs },
    async ({ session, far }) => {
      await session.waitForPrompt();
      session.type(`${CALLS} lines${ENTER}`);
      await session.waitFor("lines");
      const keeper = await far.find(/^rpty-keeper /);
      Deno.kill(keeper.pid, "SIGKILL");
      assertEquals(await session.exit(), 255);
    },
  );
}

/** Opens a file for reading and writing, when it is told to: a call that the filter tells of. */
const SURVIVOR = `
import os, signal, time
signal.signal(signal.SIGHUP, signal.SIG_IGN)
print("ready", flush=True)
while not os.path.exists("go"):
    time.sleep(0.02)
try:
    os.open("/dev/null", os.O_RDWR)
    told = "opened"
except OSError as error:
    told = str(error)
open("told.new", "w").write(told)
os.rename("told.new", "told")
`;

throughRpty("who survives a killed keeper can open files", {
  needs: ["root", "python3"],
}, async ({ session, far, place }) => {
  await session.waitForPrompt();
  await place.write("survivor.py", SURVIVOR);
  session.type(`python3 survivor.py &${ENTER}`);
  await session.waitForOutput("ready");
  const keeper = await far.find(/^rpty-keeper /);
  Deno.kill(keeper.pid, "SIGKILL");
  assertEquals(await session.exit(), 255);
  await place.write("go", "");
  const told = `${place.home}/told`;
  assert(await eventually(() => exists(told), 5000));
  assertEquals(await Deno.readTextFile(told), "opened");
});

throughRpty("the shell that is no dynamic program is reached itself", {
  needs: [CALLS],
  command: [CALLS],
  ...AS_USER,
}, async ({ session }) => {
  assertEquals(await session.exit(), 0);
  assertStringIncludes(session.screen.text, "isatty 0 1");
});

throughRpty("where somebody else listens, --verbose says why, once", {
  needs: ["root", CALLS],
}, async ({ session }) => {
  await session.waitForPrompt();
  session.type(`rpty-master -- rpty-slave --verbose bash --norc${ENTER}`);
  await session.waitFor("another program's filter");
  session.type(`${CALLS}; echo @$((1))${ENTER}`);
  await session.waitForOutput("@1");
  assert(session.screen.text.includes("isatty 0 0"));
  session.type(`exit${ENTER}`);
  await session.waitFor("has ended");
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

/** A session on this host, in a sandbox that refuses the calls. */
async function denied(place: Place, ...calls: string[]): Promise<Session> {
  const slave = [`${ROOT}/bin/rpty-slave`, "--verbose", "bash"];
  const session = await startMaster(place, {}, [
    await helper("without_syscalls"),
    ...calls,
    "--",
    ...slave,
  ]);
  await session.waitForPrompt();
  return session;
}

inPlace(
  "a sandbox that keeps processes apart leaves /proc",
  ["root", CALLS, "fzf"],
  async (place) => {
    await using session = await denied(
      place,
      "pidfd_getfd",
      "process_vm_readv",
      "process_vm_writev",
    );
    assertEquals((await session.run(`${CALLS} | head -5`)).slice(-2), [
      "tcgetattr ok 500 5 bf 8a3b 1 3",
      "TIOCGWINSZ ok 24 80",
    ]);
    session.type(`seq 30 | fzf${ENTER}`);
    await session.waitFor("30/30");
    session.type("17");
    await session.waitFor("1/30");
    session.type(ENTER);
    await session.waitFor(/^17$/m);
    await session.waitForPrompt();
    session.type(`exit${ENTER}`);
    assertEquals(await session.exit(), 0);
  },
);

inPlace("a sandbox without filters leaves pipes, and says so", ["root", CALLS], async (place) => {
  await using session = await denied(place, "seccomp");
  await session.waitFor(/cannot\s+listen by seccomp: Operation not permitted/);
  assertStringIncludes((await session.run(CALLS))[0], "isatty 0 0");
  assertEquals((await session.run("stty size")).at(-1), "24 80");
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

inPlace("--reach takes the three ways, and no other", [], async () => {
  for (const args of [["--reach", "some"], ["--reach="]]) {
    const slave = new Deno.Command(`${ROOT}/bin/rpty-slave`, { args, stdin: "null" });
    const { code, stderr } = await slave.output();
    assertEquals(code, 2);
    assertStringIncludes(new TextDecoder().decode(stderr), "--reach must be all, auto, preload");
  }
});
