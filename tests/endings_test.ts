// How sessions end, and what remains afterwards on both sides.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { belowShell, LOCAL, resume, typeSuspend } from "./harness/below_shell.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import { MASTER } from "./harness/links.ts";
import { eventually, processTree } from "./harness/processes.ts";
import { startMaster } from "./harness/rpty.ts";
import { inPlace, type Through, throughRpty } from "./harness/through_rpty.ts";

/** "Within a second", plus what a slow machine adds, in ms. */
const SOON = 2_000;
/** The exit status for failures of rpty or the transport. */
const FAILED = 255;
/** How rpty-master reports a failure: in one line. */
const SENTENCE = /^rpty-master: .+$/m;

for (
  const [name, command, status] of [
    ["a status", ["sh", "-c", "exit 7"], 7],
    ["success", ["true"], 0],
    ["SIGKILL", ["bash", "-c", "kill -9 $$"], 137],
    ["SIGTERM", ["bash", "-c", "kill -15 $$"], 143],
    ["a command that is not there", ["no-such-command"], 127],
  ] as const
) {
  throughRpty(`${name} of the program comes back`, { command }, async ({ session }) => {
    const settings = session.pty.settings;
    assertEquals(await session.exit(), status);
    assertEquals(session.pty.settings, settings);
  });
}

throughRpty("the last output arrives before the end", {
  command: ["sh", "-c", "seq 20000; printf 'the last word'"],
}, async ({ session }) => {
  assertEquals(await session.exit(), 0);
  assertMatch(session.screen.text, /20000\nthe last word$/);
});

throughRpty(
  "the shell's end ends the session although a job holds the terminal",
  {},
  async (scene) => {
    const { session, far } = scene;
    await session.waitForPrompt();
    await session.run("set +m; (trap '' HUP; exec sleep 600.5) & disown");
    session.type(`exit 6${ENTER}`);
    assertEquals(await session.exit(SOON), 6);
    Deno.kill((await far.find(/^sleep 600\.5/)).pid, "SIGKILL");
  },
);

/** Sets every screen mode that a program may leave behind, and starts jobs. */
async function settleIn({ session }: Through): Promise<void> {
  await session.waitForPrompt();
  await session.run("sleep 600.25 &");
  await session.run("nohup sleep 600.75 > /dev/null 2>&1 < /dev/null &");
  session.type(`vim -u NONE -c 'set mouse=a'${ENTER}`);
  await session.waitFor(() => session.screen.alternate && session.screen.cursor.row === 0);
  await session.waitFor(() => session.screen.modes.includes("mouse"));
}

/** The terminal must be as it was found, and the shell and its jobs gone, except the one that chose to stay. */
async function expectAftermath(scene: Through, settings: string, modes: string): Promise<void> {
  const { session, far } = scene;
  assertEquals(await session.exit(SOON), FAILED);
  assertMatch(session.screen.text, SENTENCE);
  assertEquals(session.pty.settings, settings);
  assertEquals(session.screen.modes, modes);
  assertEquals(session.screen.alternate, false);
  const stays = /^(sleep 600\.75|rpty-keeper |rpty-standby$)/;
  const left = async () =>
    (await far.processes()).map(({ command }) => command).filter((name) => !stays.test(name));
  await eventually(async () => (await left()).length === 0, SOON);
  assertEquals(await left(), []);
  Deno.kill((await far.find(/^sleep 600\.75/)).pid, "SIGKILL");
}

/** The transport's command. */
const CARRY = /^\S*\/carry /;

/** Processes that may be killed in the middle of a session. */
const VICTIMS: Readonly<Record<string, (scene: Through) => Promise<number>>> = {
  "the near transport": async ({ session }) =>
    (await processTree(session.process.pid)).find(({ command }) => CARRY.test(command))!.pid,
  "the far transport": async ({ far }) => (await far.find(CARRY)).pid,
  "the slave": async ({ far }) => (await far.find(/^\S*rpty-slave/)).pid,
  "the keeper": async ({ far }) => (await far.find(/^rpty-keeper/)).pid,
};

for (const [victim, find] of Object.entries(VICTIMS)) {
  throughRpty(`${victim} is killed in the middle`, { needs: ["vim"] }, async (scene) => {
    const { session } = scene;
    const { settings } = session.pty;
    const { modes } = session.screen;
    await settleIn(scene);
    Deno.kill(await find(scene), "SIGKILL");
    await expectAftermath(scene, settings, modes);
  });
}

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  throughRpty(`the master ends by ${signal}`, { needs: ["vim"] }, async ({ session }) => {
    const { settings } = session.pty;
    const { modes } = session.screen;
    await session.waitForPrompt();
    session.type(`vim -u NONE -c 'set mouse=a'${ENTER}`);
    await session.waitFor(() => session.screen.modes.includes("mouse"));
    session.process.kill(signal);
    assert(await session.exit(SOON) !== 0, "it says success");
    assertEquals(session.pty.settings, settings);
    assertEquals(session.screen.modes, modes);
    assertEquals(session.screen.alternate, false);
  });
}

throughRpty("the terminal's window closes: the far side ends", {}, async ({ session }) => {
  await session.waitForPrompt();
  await session.run("sleep 600 &");
});

throughRpty("~. leaves a session, and ~~ types one ~", {}, async ({ session }) => {
  const { settings } = session.pty;
  await session.waitForPrompt();
  session.type(`${ENTER}~~`);
  await session.waitFor(/^\$ ~$/m);
  session.type(ctrl("u"));
  await session.waitForPrompt();
  session.type(`${ENTER}~.`);
  assertEquals(await session.exit(SOON), FAILED);
  assertEquals(session.pty.settings, settings);
});

throughRpty("~. leaves a session that is far away, one key after the other", {
  faults: { delay: 60 },
}, async ({ session }) => {
  await session.waitForPrompt();
  for (const key of [ENTER, "~", "."]) {
    session.type(key);
    // At a person's speed: the shell's answer to Enter arrives between the keys.
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  assertEquals(await session.exit(SOON), FAILED);
});

belowShell("~^Z suspends the master, and fg takes it up again", async ({ session }) => {
  await session.run("");
  await typeSuspend(session);
  await session.waitForPrompt(LOCAL.prompt);
  await session.run("jobs; stty -a", LOCAL);
  await resume(session);
  assertEquals(await session.run("echo here; stty size"), ["here", "24 80"]);
  session.type(`exit 5${ENTER}`);
  await session.waitForPrompt(LOCAL.prompt);
  assertEquals((await session.run("echo $?", LOCAL)).at(-1), "5");
});

for (
  const [name, command, sentence] of [
    ["is not to be found", ["/no/such/transport"], /no such command|not found/],
    ["fails at once", ["sh", "-c", "exit 3"], /status 3/],
    ["ends at once", ["true"], /before the handshake/],
    ["is killed", ["sh", "-c", "kill -9 $$"], /SIGKILL/],
  ] as const
) {
  inPlace(`a transport that ${name} is told in a sentence`, [], async (place) => {
    await using session = await startMaster(place, {}, command);
    const { settings } = session.pty;
    assertEquals(await session.exit(), FAILED);
    assertMatch(session.screen.text, SENTENCE);
    assertMatch(session.screen.text, sentence);
    assertEquals(session.pty.settings, settings);
  });
}

inPlace("bad usage is told in a sentence, with status 2", [], async () => {
  for (const args of [["--no-such-option"], [], ["--timeout", "soon", "--", "true"]]) {
    const { code, stderr } = await new Deno.Command(MASTER, { args, stdin: "null" }).output();
    assertEquals(code, 2);
    assertMatch(new TextDecoder().decode(stderr), /^rpty-master: .+\n$/);
  }
});
