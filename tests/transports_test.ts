// Transports between the two sides: the README's recipes.

import { assertEquals, assertMatch } from "@std/assert";
import { inBash } from "./harness/bash.ts";
import { FarSide, shellLine } from "./harness/far_side.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import { direct, type Link, MASTER, ncat, ncatBack, SLAVE, socat } from "./harness/links.ts";
import { onBoth, type Scene } from "./harness/on_both.ts";
import { freePort, untilListening } from "./harness/ports.ts";
import { startMaster } from "./harness/rpty.ts";
import type { Session } from "./harness/session.ts";
import { startSshd } from "./harness/sshd.ts";
import { inPlace } from "./harness/through_rpty.ts";

/** A little of everything: editing, a full-screen program, a job, the window's size. */
async function tour({ session, snapshot, same }: Scene): Promise<void> {
  same("size", await session.run("stty size; tty > /dev/null; echo $?"));
  await session.run("seq 200 > numbers; clear");
  session.type(`less numbers${ENTER}`);
  await session.waitFor(() => session.screen.alternate && session.screen.text.startsWith("1\n"));
  session.type(" ");
  await session.waitFor(/^46$/m);
  await snapshot("less");
  session.type("q");
  await session.waitForPrompt();
  await session.foreground("cat");
  session.type(`line${ENTER}`);
  await session.waitForOutput("line\r\nline\r\n");
  session.type(ctrl("c"));
  await session.waitForOutput("$ ");
  assertEquals(await session.run("echo $?"), ["130"]);
  await snapshot("all of it");
}

/** `ncat -e` needs a path and splits at blanks. `ncat -c` uses a shell. */
function farNcat(option: "-e" | "-c", program: string): Link {
  return {
    ...ncat,
    far: (port) => ["ncat", "-l", "127.0.0.1", `${port}`, option, `${program} bash`],
  };
}

for (
  const [name, link] of Object.entries({
    "ncat -l … -e '/path/to/rpty-slave bash'": farNcat("-e", "/mnt/rpty-slave"),
    "ncat -l … -c 'rpty-slave bash'": farNcat("-c", "rpty-slave"),
    "ncat, the far side connecting back": ncatBack,
    "socat": socat,
  })
) {
  inBash(`over ${name}`, tour, { needs: ["less", ...link.needs], rpty: { link } });
}

for (
  const [name, faults] of Object.entries({
    "split into pieces of 1 to 7 bytes": { split: 7 },
    "gathered for 20 ms": { merge: 20 },
    "100 ms away": { delay: 50 },
    "late, gathered and split": { delay: 20, merge: 10, split: 40, seed: 7 },
  })
) {
  inBash(`over a line that is ${name}`, tour, { needs: ["less"], rpty: { faults } });
}

inPlace("the slave itself is the transport", [], async (place) => {
  await using session = await startMaster(place, {}, [SLAVE, "bash"]);
  await session.waitForPrompt();
  assertEquals(await session.run("stty size"), ["24 80"]);
  session.type(`exit 4${ENTER}`);
  assertEquals(await session.exit(), 4);
});

/** The slave on a terminal, as on a serial line. */
function atLine(options: string): string[] {
  return ["socat", "STDIO", `EXEC:${SLAVE} bash,pty,${options}`];
}

inPlace("a raw line at the slave's end is a transport", ["socat"], async (place) => {
  await using session = await startMaster(
    place,
    { masterOptions: ["--serial"] },
    atLine("rawer"),
  );
  await session.waitForPrompt();
  assertEquals(await session.run("stty size; printf '\\x03\\x11\\x13\\r\\n' | od -An -tx1"), [
    "24 80",
    " 03 11 13 0d 0a",
  ]);
  await session.foreground("cat");
  session.type(ctrl("c"));
  await session.waitForPrompt();
  session.type(`exit 6${ENTER}`);
  assertEquals(await session.exit(), 6);
});

inPlace("a user's terminal at the slave's end is refused", ["socat"], async (place) => {
  await using session = await startMaster(place, {}, atLine("sane"));
  assertEquals(await session.exit(), 255);
  assertMatch(session.screen.text.replaceAll("\n", ""), /standard input is a terminal.*stty raw/);
});

/** Takes the server's key, and waits for the next question: the password. */
async function trustHostKey(session: Session): Promise<void> {
  await session.waitFor(/continue connecting \(yes\/no/);
  session.type(`yes${ENTER}`);
  await session.waitFor(/password:/);
}

inPlace("ssh -T asks for a host key and a password, and works", [
  "root",
  "namespaces",
  "ssh",
  "sshd",
], async (place) => {
  await using server = await startSshd(place);
  await using session = await startMaster(place, {}, server.client);
  const { settings } = session.pty;
  await trustHostKey(session);
  session.type(`wrong${ENTER}`);
  await session.waitFor(/try again[^]*password:/);
  session.type(`${server.password}${ENTER}`);
  await session.waitForPrompt();
  assertEquals(await session.run("stty size; tty > /dev/null; echo $?"), ["24 80", "0"]);
  session.type(`exit 9${ENTER}`);
  assertEquals(await session.exit(), 9);
  assertEquals(session.pty.settings, settings);
});

inPlace(
  "ssh -T: ^C at the password ends it",
  ["root", "namespaces", "ssh", "sshd"],
  async (place) => {
    await using server = await startSshd(place);
    await using session = await startMaster(place, {}, server.client);
    const { settings } = session.pty;
    await trustHostKey(session);
    session.type(ctrl("c"));
    assertMatch(`${await session.exit(2_000)}`, /^(255|130)$/);
    assertEquals(session.pty.settings, settings);
  },
);

onBoth("rpty within rpty", { needs: ["less"] }, async (scene) => {
  const { session } = scene;
  await session.waitForPrompt();
  await session.run(shellLine([MASTER, "--", SLAVE, "bash"]));
  assertEquals(await session.run("echo $SHLVL; stty size"), ["2", "24 80"]);
  await tour(scene);
  session.resize({ cols: 100, rows: 30 });
  await session.run('until [ "$(stty size)" = "30 100" ]; do sleep 0.05; done');
  session.type(`exit 8${ENTER}`);
  await session.waitForOutput("$ ");
  assertEquals((await session.run("echo $?; stty size")).slice(-2), ["8", "30 100"]);
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

inPlace("two slaves at once do not know each other", ["namespaces"], async (place) => {
  const ports = [freePort(), freePort()];
  const listen = ports.map((port) => shellLine(direct.far(port, ["rpty-slave", "bash"])));
  await using far = await FarSide.start(place, {
    command: ["sh", "-c", `${listen[0]} & ${listen[1]} & wait`],
  });
  for (const port of ports) await untilListening(port, "the far side");
  await using first = await startMaster(place, {}, direct.near(ports[0]));
  await using second = await startMaster(
    place,
    { size: { cols: 100, rows: 40 } },
    direct.near(ports[1]),
  );
  await first.waitForPrompt();
  await second.waitForPrompt();
  assertEquals(await first.run("stty size"), ["24 80"]);
  assertEquals(await second.run("stty size"), ["40 100"]);
  const names = [await first.run("tty"), await second.run("tty")].flat();
  assertEquals(new Set(names).size, 2);
  first.type(`exit 1${ENTER}`);
  assertEquals(await first.exit(), 1);
  assertEquals(await second.run("echo still here"), ["still here"]);
  second.type(`exit 2${ENTER}`);
  assertEquals(await second.exit(), 2);
  await far.untilGone();
});
