// Boots a kernel in an emulator, with an initramfs that has the portable slave, the static shell and an init, but no
// /dev, /tmp or pty: x86_64 and aarch64, over each kind of line that such a machine has.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ctrl, DOWN, ENTER, ESCAPE } from "./harness/keys.ts";
import { BOARD, type Line, Machine, type Model, needsOf, PC } from "./harness/machine.ts";
import { startMaster } from "./harness/rpty.ts";
import type { Session } from "./harness/session.ts";
import { inPlace } from "./harness/through_rpty.ts";

/** How long, in ms, an emulated machine may take to boot. */
const BOOT = 90_000;
/** How long it may take for a command. */
const PATIENCE = 30_000;
const SLOWLY = { patience: PATIENCE };

/** A plain stream of bytes. The emulator has the console on a separate line. */
const PORT: Line = {
  device: "virtio-portsdev:1",
  options: [
    ...["-serial", "chardev:console", "-device", "virtio-serial-pci"],
    ...["-device", "virtserialport,chardev=line"],
  ],
};

/** A serial line, with a line discipline of the guest. */
const SERIAL: Line = {
  device: "ttyS:65",
  options: ["-serial", "chardev:console", "-serial", "chardev:line"],
  masterOptions: ["--serial"],
};

/** The console's own line: the whole boot log comes before the preamble. Later nobody else may write to it. */
function consoleOf(driver: string): Line {
  return {
    device: `${driver}:64`,
    options: ["-serial", "chardev:line"],
    isConsole: true,
    masterOptions: ["--serial"],
  };
}

async function vi(session: Session): Promise<void> {
  await session.run("seq 3 > note; clear", SLOWLY);
  session.type(`vi note${ENTER}`);
  await session.waitFor(/note.* 1\/3/, PATIENCE);
  session.type(`onew line${ESCAPE}`);
  await session.waitFor("new line", PATIENCE);
  // Stopped in between. (Busybox takes what follows an Escape at once for a part of it.)
  await session.settle();
  session.type(ctrl("z"));
  await session.waitForPrompt("$ ", PATIENCE);
  assertMatch((await session.run("jobs", SLOWLY)).join(), /Stopped +vi note/);
  session.type(`fg${ENTER}`);
  await session.waitFor(() => session.screen.lines[1] === "new line", PATIENCE);
  await session.settle();
  session.type(`${DOWN}dd:wq${ENTER}`);
  await session.waitForPrompt("$ ", PATIENCE);
  assertEquals(await session.run("clear; cat note", SLOWLY), ["1", "new line", "3"]);
}

async function jobs(session: Session): Promise<void> {
  for (const [key, status] of [[ctrl("c"), "130"], [ctrl("\\"), "131"]]) {
    await session.foreground("sleep 300");
    session.type(key);
    await session.waitForPrompt("$ ", PATIENCE);
    assertEquals((await session.run("echo $?", SLOWLY)).at(-1), status);
  }
}

async function less(session: Session): Promise<void> {
  await session.run("seq 100 > numbers; clear", SLOWLY);
  session.type(`less numbers${ENTER}`);
  await session.waitFor(() => session.screen.lines[22] === "23", PATIENCE);
  // Busybox has asked where the cursor is, and takes what follows the answer at once for a part of it.
  await session.settle();
  session.type(" ");
  await session.waitFor(() => session.screen.lines[22] === "46", PATIENCE);
  session.type("q");
  await session.waitForPrompt("$ ", PATIENCE);
}

/** The keeper answers a program that makes its system calls itself, through this kernel's filter. */
async function reached(session: Session): Promise<void> {
  await session.run("clear", SLOWLY);
  const answers = await session.run("/calls", SLOWLY);
  for (const fd of [0, 1, 2]) assertEquals(answers[fd], `isatty ${fd} 1`);
  assertMatch(answers[3], /^tcgetattr ok [0-9a-f]+ 5 bf [0-9a-f]+ 1 3$/);
  assertEquals(answers[4], "TIOCGWINSZ ok 24 80");
  assertStringIncludes(answers.join("\n"), "bad address Bad address");
}

async function resize(session: Session): Promise<void> {
  session.resize({ cols: 100, rows: 30 });
  await session.run(`until [ "$(stty size)" = "30 100" ]; do sleep 0.1; done; clear`, SLOWLY);
  assertEquals(await session.run("echo $COLUMNS $LINES", SLOWLY), ["100 30"]);
}

async function tour(session: Session, machine: string): Promise<void> {
  await session.waitForPrompt("$ ", BOOT);
  assertEquals(await session.run("stty size; ls /dev", SLOWLY), ["24 80", "console"]);
  assertMatch((await session.run("tty", SLOWLY))[0], /^\/dev\/rpty\/\d+$/);
  assertMatch(
    (await session.run("uname -rm", SLOWLY))[0],
    new RegExp(`^\\d.*-cloud-.* ${machine}$`),
  );
  await jobs(session);
  await vi(session);
  await less(session);
  await reached(session);
  await resize(session);
  session.type(`exit 7${ENTER}`);
  assertEquals(await session.exit(PATIENCE), 7);
}

/** Registers a session, from the machine's start until it switches itself off. */
function onMachine(name: string, model: Model, line: Line): void {
  inPlace(`an initramfs ${name}`, needsOf(model), async (place) => {
    await using machine = await Machine.start(place, model, line);
    await using session = await startMaster(
      place,
      { masterOptions: ["--timeout", `${BOOT / 1000}`, ...line.masterOptions ?? []] },
      machine.transport,
      () => machine.console,
    );
    await tour(session, model.name);
    await machine.untilOff();
    if (!line.isConsole) assertStringIncludes(machine.console, "init: the slave's status is 0");
  });
}

onMachine("has a terminal by a virtio-serial port", PC, PORT);
onMachine("has a terminal by a serial line", PC, SERIAL);
onMachine("has a terminal by its console", PC, consoleOf("ttyS"));
onMachine("of aarch64 has a terminal by a virtio-serial port", BOARD, PORT);
onMachine("of aarch64 has a terminal by its console", BOARD, consoleOf("ttyAMA"));
