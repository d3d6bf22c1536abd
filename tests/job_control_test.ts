// Keys that make signals (^C, ^\, ^Z), and jobs.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { inBash, leave } from "./harness/bash.ts";
import { helper } from "./harness/build.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import { type BothOptions, onBoth, type Scene } from "./harness/on_both.ts";

const INTERRUPT = ctrl("c");
const QUIT = ctrl("\\");
const SUSPEND = ctrl("z");

/**
 * Registers a script for bash, with keys that are echoed as themselves, which a screen doesn't show: the kernel signals
 * before it echoes, and if it is interrupted in between for long enough, the shell has switched ECHO off by then.
 */
function inJobShell(
  name: string,
  script: (scene: Scene) => Promise<void>,
  options: BothOptions = {},
): void {
  inBash(name, async (scene) => {
    await scene.session.run("stty -echoctl");
    await script(scene);
  }, options);
}

/** Types a key that ends or stops the foreground program, and waits for the shell. */
async function pressAtShell({ session }: Scene, key: string): Promise<void> {
  session.type(key);
  await session.waitForOutput("$ ");
  await session.waitForPrompt();
}

/** Waits until the shell counts so many stopped jobs. */
async function untilStopped({ session }: Scene, count: number): Promise<void> {
  const answer = await session.run(
    `until [ "$(jobs -s | wc -l)" = ${count} ]; do sleep 0.05; done; echo stopped`,
  );
  assertStringIncludes(answer.join(), "stopped");
}

/** Starts a program that reports when it is in the foreground. */
async function startSleeper({ session }: Scene): Promise<void> {
  session.type(`${await helper("continue_reporter")}${ENTER}`);
  await session.waitForOutput("ready\r\n");
}

/** Kills the stopped job and waits until the shell has seen it. */
async function killJob({ session }: Scene): Promise<void> {
  await session.run('kill -9 %1; until [ -z "$(jobs -s)" ]; do sleep 0.05; done');
}

inJobShell("^C ends a program with 130, ^\\ with 131", async (scene) => {
  const { session } = scene;
  await session.run("ulimit -c 0");
  await session.foreground("sleep 60");
  await pressAtShell(scene, INTERRUPT);
  assertEquals(await session.run("echo $?"), ["130"]);
  await session.foreground("sleep 60");
  await pressAtShell(scene, QUIT);
  assertEquals(await session.run("echo $?"), ["131"]);
  await scene.snapshot("all of it");
});

inJobShell("^C ends a whole pipeline, and a program that reads", async (scene) => {
  const { session } = scene;
  await session.foreground("cat", "sleep 61.25 | sleep 61.5 | ");
  await pressAtShell(scene, INTERRUPT);
  assertEquals(await session.run("echo $?"), ["130"]);
  const commands = "cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' '";
  assertEquals(await session.run(`${commands} | grep -o 'sleep 61[.]' | wc -l`), ["0"]);
  await session.run("clear");
  await session.foreground("cat");
  session.type("half a line");
  await session.waitForOutput("half a line");
  await pressAtShell(scene, INTERRUPT);
  assertEquals(await session.run("echo $?"), ["130"]);
  await scene.snapshot("all of it");
});

inJobShell("^C at the prompt gives up the line", async (scene) => {
  const { session } = scene;
  session.type("echo never");
  await session.waitFor("$ echo never");
  await pressAtShell(scene, INTERRUPT);
  assertEquals(await session.run("echo $?"), ["130"]);
  await scene.snapshot("all of it");
});

inJobShell("a handler of SIGINT runs, and its output is seen", async (scene) => {
  const { session } = scene;
  await session.launch(
    `sh -c 'sleep 60 & trap "kill $!; echo caught; exit 9" INT; echo ready; wait'`,
  );
  await session.waitForOutput("ready");
  await pressAtShell(scene, INTERRUPT);
  assertEquals(await session.run("echo $?"), ["9"]);
  await session.launch("python3 -c 'import time; print(1, flush=True); time.sleep(60)'");
  await session.waitForOutput("1\r\n");
  session.type(INTERRUPT);
  await session.waitForOutput("KeyboardInterrupt");
  await session.waitForPrompt();
}, { needs: ["python3"] });

inJobShell("keys make no signals while stty -isig is in force", async (scene) => {
  const { session } = scene;
  await session.launch("stty -isig -icanon; echo set; head -c3 | od -c; stty sane");
  await session.waitForOutput("set\r\n");
  session.type(INTERRUPT + QUIT + SUSPEND);
  await session.waitForOutput(/003 +034 +032/);
  await session.waitForPrompt();
});

inJobShell("^Z, jobs, fg, bg and wait", async (scene) => {
  const { session } = scene;
  await startSleeper(scene);
  await pressAtShell(scene, SUSPEND);
  await session.run("jobs");
  session.type(`fg${ENTER}`);
  await session.waitForOutput("awake\r\n");
  await pressAtShell(scene, SUSPEND);
  await scene.snapshot("stopped twice");
  await session.run("bg; sleep 0.1");
  assertEquals(await session.run("jobs -r | wc -l"), ["1"]);
  assertEquals((await session.run("kill %1; wait %1; echo $?")).at(-1), "143");
  await session.run("sleep 0.3 &");
  assertEquals((await session.run("wait; echo waited")).at(-1), "waited");
  await session.run("clear");
  session.type(`${await helper("continue_reporter")} | cat${ENTER}`);
  await session.waitForOutput("ready\r\n");
  await pressAtShell(scene, SUSPEND);
  session.type(`fg${ENTER}`);
  await session.waitForOutput("awake\r\n");
  await pressAtShell(scene, INTERRUPT);
  assertEquals(await session.run("jobs | wc -l"), ["0"]);
}, { needs: ["cc"] });

inJobShell("a background reader stops until it comes to the front", async (scene) => {
  const { session } = scene;
  await session.run("cat &");
  await untilStopped(scene, 1);
  assertEquals(await session.run("echo mine"), ["mine"]);
  session.type(`fg${ENTER}`);
  await session.waitForOutput("cat\r\n");
  session.type(`its line${ENTER}`);
  await session.waitForOutput("its line\r\nits line\r\n");
  session.type(ctrl("d"));
  await session.waitForPrompt();
  assertEquals(await session.run("jobs | wc -l"), ["0"]);
});

inJobShell("cat, ^Z, bg: stops again, and takes no line of the shell", async (scene) => {
  const { session } = scene;
  await session.foreground("cat");
  session.type(`one${ENTER}`);
  await session.waitForOutput("one\r\none\r\n");
  await pressAtShell(scene, SUSPEND);
  await session.run("bg");
  await untilStopped(scene, 1);
  assertEquals(await session.run("echo for the shell"), ["for the shell"]);
  await untilStopped(scene, 1);
  await session.launch("fg");
  session.type(`two${ENTER}`);
  await session.waitForOutput("two\r\ntwo\r\n");
  session.type(ctrl("d"));
  await session.waitForPrompt();
});

inJobShell("a background writer writes, unless tostop holds", async (scene) => {
  const { session } = scene;
  await session.run("(sleep 0.05; echo from behind) & wait");
  await session.run("stty tostop; echo held back > held");
  await session.run("(sleep 0.05; exec cat held) &");
  await untilStopped(scene, 1);
  await session.launch("fg");
  await session.waitForOutput("held back\r\n");
  await session.waitForPrompt();
  await session.run("stty -tostop");
});

inJobShell("a nested bash has jobs of its own", async (scene) => {
  const { session } = scene;
  await startSleeper(scene);
  await pressAtShell(scene, SUSPEND);
  await session.run("bash");
  await session.run("PS1='$ '; jobs");
  await startSleeper(scene);
  await pressAtShell(scene, SUSPEND);
  await session.run("jobs");
  await scene.snapshot("inside");
  await killJob(scene);
  await session.run("exit");
  const jobs = await session.run("jobs");
  assertStringIncludes(jobs.join(), "Stopped");
  await killJob(scene);
}, { needs: ["cc"] });

inJobShell("suspend in a nested bash, and vim under ^Z and fg", async (scene) => {
  const { session } = scene;
  await session.run("bash");
  await session.launch("suspend");
  await session.waitForPrompt();
  assertEquals(await session.run("jobs -s | wc -l"), ["1"]);
  await session.run("fg");
  await session.run("exit");
  session.type(`vim -u NONE${ENTER}`);
  await session.waitFor(() => session.screen.alternate);
  session.type("iheld text");
  await session.waitFor("held text");
  session.type(`\x1b${SUSPEND}`);
  await session.waitFor(() => !session.screen.alternate);
  await session.waitForPrompt();
  session.type(`fg${ENTER}`);
  await session.waitFor(() =>
    session.screen.alternate && session.screen.text.includes("held text")
  );
  session.type(`:q!${ENTER}`);
  await session.waitFor(() => !session.screen.alternate);
  await session.waitForPrompt();
}, { needs: ["vim"] });

for (const shell of [["dash"], ["zsh"], ["fish"], ["busybox", "ash"]]) {
  const name = shell.join(" ");
  onBoth(`${name}: ^C, ^Z, jobs and fg`, { command: shell, needs: [shell[0]] }, async (scene) => {
    const { session } = scene;
    await session.waitForPrompt();
    session.type(`sleep 60${ENTER}`);
    await foreground(scene);
    await pressAtShell(scene, INTERRUPT);
    session.type(`cat${ENTER}`);
    await foreground(scene);
    session.type(`line${ENTER}`);
    await session.waitForOutput("line\r\nline\r\n");
    await pressAtShell(scene, SUSPEND);
    const jobs = await session.run("jobs");
    if (!/(stopped|suspended)/i.test(jobs.join())) throw session.failure("no job is stopped");
    session.type(`fg${ENTER}`);
    await session.waitForOutput("cat");
    await foreground(scene);
    session.type(`again${ENTER}`);
    await session.waitForOutput("again\r\nagain\r\n");
    session.type(ctrl("d"));
    await session.waitForPrompt();
    await leave(scene, 4);
  });
}

/** Waits until the shell has given up the terminal. Different shells have no common way of showing it. */
async function foreground({ session }: Scene): Promise<void> {
  await session.waitFor(() => !/^\$ ?$/.test(session.screen.cursorLine));
  await session.settle();
}
