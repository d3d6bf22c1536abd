// Much output, much input, and readers that read neither.

import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { joined } from "../tty/bytes.ts";
import { inBash } from "./harness/bash.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import { MASTER } from "./harness/links.ts";
import { memoryOf, type ProcessInfo, processTree } from "./harness/processes.ts";
import { type Through, throughRpty } from "./harness/through_rpty.ts";

/** Bytes by which a side may grow: the JavaScript heap varies, but by less than any amount of data here. */
const ALLOWED_GROWTH = 64 << 20;

async function sides({ session, far }: Through): Promise<ProcessInfo[]> {
  const near = await processTree(session.process.pid);
  const master = near.find(({ command }) => command.startsWith(MASTER));
  assert(master !== undefined, "the master has ended");
  return [master, await far.find(/^\S*rpty-slave/)];
}

/** Describes the sides that grew too much. */
async function grown(scene: Through, before: readonly ProcessInfo[]): Promise<string[]> {
  const after = await sides(scene);
  return after.flatMap((side, index) => {
    const growth = memoryOf([side]) - memoryOf([before[index]]);
    return growth > ALLOWED_GROWTH ? [`${side.command} grew by ${growth >> 20} MiB`] : [];
  });
}

inBash("20 MB of output arrive whole and in order", async (scene) => {
  const { session } = scene;
  const last = 2_700_000;
  let expected = 1;
  let rest = "";
  const decoder = new TextDecoder();
  await session.launch("read x");
  session.onOutput = (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\r\n");
    rest = lines.pop() ?? "";
    // The first number follows what readline writes at the end of its line.
    for (const line of lines) {
      if (line.slice(line.lastIndexOf("\r") + 1) === `${expected}`) expected++;
    }
  };
  session.type(ENTER);
  await session.waitForPrompt();
  session.type(`seq ${last}${ENTER}`);
  await session.waitFor(() => expected > last, 60_000);
  await session.waitForPrompt();
});

inBash(
  "text and binary bytes arrive with the newlines that a terminal makes",
  async (scene) => {
    const { session, place } = scene;
    const text = Array.from(
      { length: 20_000 },
      (_, line) => `${line} \x1b[1mß€😀\x1b[m \ttext\r\n\n`,
    ).join("");
    const bytes = new TextEncoder().encode(text);
    // Only half of each character's bytes, so that none is complete.
    const broken = bytes.map((byte, at) => byte >= 0x80 && at % 2 === 0 ? 0x2e : byte);
    const sent = joined([bytes, broken, bytes.subarray(1)]);
    await Deno.writeFile(`${place.home}/kinds`, sent);
    const before = session.pty.settings;
    const chunks: Uint8Array[] = [];
    session.onOutput = (chunk) => chunks.push(chunk.slice());
    await session.launch("cat kinds");
    await session.waitForPrompt();
    session.onOutput = () => {};
    const shown = Buffer.from(joined(chunks));
    const expected = Buffer.from(sent).toString("latin1").replaceAll("\n", "\r\n");
    assert(shown.includes(Buffer.from(expected, "latin1")), "other bytes are shown");
    assertEquals(session.pty.settings, before);
  },
);

inBash("a paste of 200 KB arrives whole, by lines", async (scene) => {
  const { session, place } = scene;
  const text = Array.from({ length: 2_500 }, (_, line) => `${line}`.padEnd(79, "-") + "\r").join(
    "",
  );
  await session.foreground("cat > pasted");
  await session.paste(text + ctrl("d"));
  // Anywhere in a line: the kernel drops echo that finds no room.
  await session.waitForOutput(/\$ $/, 30_000);
  const pasted = await Deno.readTextFile(`${place.home}/pasted`);
  assertEquals(pasted.length, text.length);
  assert(pasted === text.replaceAll("\r", "\n"), "the pasted lines differ");
});

inBash("a paste of 200 KB arrives whole, raw", async (scene) => {
  const { session } = scene;
  const text = Array.from({ length: 20_000 }, (_, index) => `${index}`.padStart(10)).join("");
  const bytes = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  await session.launch("stty raw -echo; echo go; head -c200000 | sha256sum; stty sane; echo");
  await session.waitForOutput("go");
  await session.paste(text);
  await session.waitForOutput(digest, 30_000);
  await session.waitForPrompt();
});

/** Runs `yes` for a while: memory must not grow, and ^C must act at once. */
async function flood(scene: Through, seconds: number): Promise<void> {
  const { session } = scene;
  await session.waitForPrompt();
  await session.foreground("yes");
  await session.waitFor(() => session.outputLength > 1 << 20);
  const before = await sides(scene);
  const start = session.outputLength;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  assert(session.outputLength > start, "the flood has stopped by itself");
  assertEquals(await grown(scene, before), []);
  session.type(ctrl("c"));
  await session.waitForPrompt("$ ", 2_000);
  assertEquals(await session.run("echo $?"), ["130"]);
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
}

throughRpty("yes for a second: memory stays, ^C ends it", {}, (scene) => flood(scene, 1));
throughRpty(
  "yes for ten seconds: memory stays, ^C ends it",
  { needs: ["long"] },
  (scene) => flood(scene, 10),
);

/** Sends input to a program that never reads: memory must not grow, and ^C must end it. */
async function stuffed(scene: Through, patience: number): Promise<void> {
  const { session } = scene;
  await session.waitForOutput("ready");
  const before = await sides(scene);
  await new Promise((resolve) => setTimeout(resolve, patience));
  assertEquals(await grown(scene, before), []);
  session.type(ctrl("c"));
  await session.exit(3_000);
}

for (const [size, seconds, needs] of [["64M", 1, []], ["2G", 10, ["long"]]] as const) {
  throughRpty(`${size} of piped input to a program that never reads: memory stays, ^C ends it`, {
    needs,
    command: ["sh", "-c", "echo ready; exec sleep 120"],
    wrap: (master) => ["sh", "-c", `head -c ${size} /dev/zero | "$@"`, "sh", ...master],
  }, (scene) => stuffed(scene, seconds * 1000));
}

/** A program that never reads, and does not show what is typed. */
const DEAF = ["sh", "-c", "stty -echo; echo ready; sleep 120; echo slept"];

throughRpty("typing to a program that never reads: ^C ends it", {
  command: DEAF,
}, async ({ session }) => {
  await session.waitForOutput("ready");
  await session.paste(`${"typed".repeat(15)}\r`.repeat(50));
  session.type(ctrl("c"));
  assertEquals(await session.exit(), 130);
});

// What is typed behind more than a terminal holds waits, ^C as well, as on the kernel's terminals.
throughRpty("typing megabytes to a program that never reads: memory stays, a hangup ends it", {
  command: DEAF,
}, async (scene) => {
  const { session } = scene;
  await session.waitForOutput("ready");
  const before = await sides(scene);
  void session.paste(`${"typed".repeat(15)}\r`.repeat(50_000));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assertEquals(await grown(scene, before), []);
  await session.pty.close();
});
