// Peers that do not speak the protocol, and connections that break.

import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { ENTER } from "./harness/keys.ts";
import { direct, SLAVE } from "./harness/links.ts";
import type { Place } from "./harness/place.ts";
import { seededRandom } from "./harness/relay.ts";
import { startMaster } from "./harness/rpty.ts";
import { Session } from "./harness/session.ts";
import { inPlace, throughRpty } from "./harness/through_rpty.ts";

/** rpty's `--timeout` here, in seconds. */
const TIMEOUT = 2;
/** When it must have ended, in ms: the timeout, and time for a slow machine's start and end. */
const DEADLINE = TIMEOUT * 1000 + 3_000;
const FAILED = 255;

/** Control characters that a terminal obeys, including C1. */
// deno-lint-ignore no-control-regex
const UNPRINTABLE = /[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function noise(length: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(3);
  return Uint8Array.from({ length }, () => Math.floor(random() * 256));
}

/** The peer's preamble, and what follows it. */
function behindPreamble(role: string, ...rest: number[]): Uint8Array<ArrayBuffer> {
  const start = bytes(`\nRPTY/1 ${role}\n`);
  const whole = new Uint8Array(start.length + rest.length);
  whole.set(start);
  whole.set(rest, start.length);
  return whole;
}

interface Bad {
  /** What the peer sends. */
  readonly sends: (role: "master" | "slave") => Uint8Array<ArrayBuffer>;
  /** Whether it then hangs up. */
  readonly ends?: boolean;
  /** Whether it repeats that. */
  readonly floods?: boolean;
  /** What rpty must say about it. */
  readonly said: RegExp;
}

const BAD_PEERS: Readonly<Record<string, Bad>> = {
  "garbage": { sends: () => noise(200_000), said: /does not speak rpty/ },
  "a little garbage, then silence": { sends: () => noise(100), said: /./ },
  "an HTTP server": {
    sends: () => bytes("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html></html>"),
    ends: true,
    said: /HTTP|handshake|ended/,
  },
  "silence": { sends: () => bytes(""), said: /./ },
  "an end at once": { sends: () => bytes(""), ends: true, said: /./ },
  "another generation": { sends: (role) => bytes(`\nRPTY/99 ${role}\n`), said: /RPTY\/99|version/ },
  "our own role": {
    sends: (role) => bytes(`\nRPTY/1 ${role === "master" ? "slave" : "master"}\n`),
    said: /too/,
  },
  "a length of 4 GiB": {
    sends: (role) => behindPreamble(role, 0xff, 0xff, 0xff, 0xff, 1, 2, 3),
    said: /4294967295/,
  },
  "a length of 0": { sends: (role) => behindPreamble(role, 0, 0, 0, 0), said: /length 0/ },
  "a frame that is cut": {
    sends: (role) => behindPreamble(role, 0, 0, 1, 0, 0x84, 0),
    ends: true,
    said: /./,
  },
  "a frame of garbage": {
    sends: (role) => behindPreamble(role, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff),
    said: /frame/i,
  },
  "an unknown frame": {
    // CBOR: [999]
    sends: (role) => behindPreamble(role, 0, 0, 0, 4, 0x81, 0x19, 0x03, 0xe7),
    said: /999/,
  },
  "a hello of the wrong kind": {
    // CBOR: [0, "x"]
    sends: (role) => behindPreamble(role, 0, 0, 0, 4, 0x82, 0, 0x61, 0x78),
    said: /hello/,
  },
};

/** A server that sends its text to every client, repeatedly if it floods, and reads what clients send. */
function serve(
  { sends, ends, floods }: Bad,
): AsyncDisposable & { readonly port: number; sent: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const server = {
    port: listener.addr.port,
    sent: 0,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
  const answer = async (connection: Deno.TcpConn) => {
    const writer = connection.writable.getWriter();
    do {
      const piece = sends("slave");
      await writer.write(piece);
      server.sent += piece.length;
    } while (floods);
    if (ends) await writer.close();
    for await (const _ of connection.readable);
  };
  const serving = (async () => {
    // The master may hang up whenever it likes.
    for await (const connection of listener) await answer(connection).catch(() => {});
  })().catch(() => {});
  return server;
}

for (const [name, bad] of Object.entries(BAD_PEERS)) {
  inPlace(`the master meets ${name}`, [], async (place) => {
    await using server = serve(bad);
    const masterOptions = ["--timeout", `${TIMEOUT}`];
    const transport = direct.near(server.port);
    await using session = await startMaster(place, { masterOptions }, transport);
    const { settings } = session.pty;
    assertEquals(await session.exit(DEADLINE), FAILED);
    assertMatch(session.screen.text, /^rpty-master: .+$/m);
    assertMatch(session.screen.text.replaceAll("\n", ""), bad.said);
    // What the peer sent must not reach the terminal as commands.
    assertNotMatch(session.output, UNPRINTABLE);
    assertEquals(session.pty.settings, settings);
  });

  inPlace(`the slave meets ${name}`, [], async (place) => {
    const { code, said, heard } = await meetSlave(place, bad);
    assertEquals(code, FAILED);
    assertMatch(said, /^rpty-slave: .+\n$/);
    assertMatch(said, bad.said);
    assertNotMatch(said, UNPRINTABLE);
    // Only rpty's own protocol may be written to the transport.
    if (heard !== "") assertMatch(heard, /^\nRPTY\/1 slave\n/);
  });
}

/** Runs a slave with a bad master. */
async function meetSlave(
  place: Place,
  { sends, ends }: Bad,
): Promise<{ code: number; said: string; heard: string }> {
  const slave = new Deno.Command(SLAVE, {
    args: ["--timeout", `${TIMEOUT}`, "bash"],
    clearEnv: true,
    env: { ...place.env, TMPDIR: place.far("tmp") },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const deadline = setTimeout(() => slave.kill("SIGKILL"), DEADLINE);
  const writer = slave.stdin.getWriter();
  await writer.write(sends("master")).catch(() => {});
  if (ends) await writer.close();
  const { code, stderr, stdout } = await slave.output();
  clearTimeout(deadline);
  if (!ends) await writer.close().catch(() => {});
  const left = [];
  for await (const { name } of Deno.readDir(place.far("tmp"))) left.push(name);
  assertEquals(left, []);
  return {
    code,
    said: new TextDecoder().decode(stderr),
    heard: new TextDecoder().decode(stdout),
  };
}

inPlace("the slave run by hand in a terminal says what it is for", [], async (place) => {
  await using session = await Session.start({ command: [SLAVE], env: place.env, cwd: place.home });
  assert(await session.exit() !== 0, "it says success");
  assertMatch(session.screen.text, /rpty-master/);
  assert(!session.screen.text.includes("RPTY/1"), "it speaks protocol to a person");
});

for (
  const [name, faults] of [
    // The first byte of the hello's length. A changed byte of output could not be noticed.
    ["a length that is corrupted", { corruptAt: "\nRPTY/1 slave\n".length }],
    ["a line that is cut", { cutAfter: 3_000 }],
  ] as const
) {
  throughRpty(`${name} ends the session with a sentence`, { faults }, async ({ session }) => {
    const { settings } = session.pty;
    session.type(`seq 100000${ENTER}`);
    assertEquals(await session.exit(), FAILED);
    assertMatch(session.screen.text, /rpty-master: ./);
    assertEquals(session.pty.settings, settings);
  });
}

throughRpty("a banner before the preamble is skipped", {
  faults: { garbage: bytes("Welcome to the build host!\r\nMail: none.\r\n") },
}, async ({ session }) => {
  await session.waitForPrompt();
  assertEquals(await session.run("echo in"), ["in"]);
});

throughRpty("a dead line is noticed by both sides", {
  faults: {},
  masterOptions: ["--timeout", `${TIMEOUT}`],
  // The slave waits ten timeouts: a laptop that sleeps comes back.
  slaveOptions: ["--timeout", "0.4"],
}, async ({ session, far, through }) => {
  const { settings } = session.pty;
  await session.waitForPrompt();
  through.relay?.freeze();
  assertEquals(await session.exit(2 * DEADLINE), FAILED);
  assertMatch(session.screen.text, /rpty-master: ./);
  assertEquals(session.pty.settings, settings);
  await far.untilGone(DEADLINE + 5_000);
});

throughRpty("~. leaves a dead line", { faults: {} }, async ({ session, through }) => {
  const { settings } = session.pty;
  await session.waitForPrompt();
  through.relay?.freeze();
  session.type(`${ENTER}~.`);
  assertEquals(await session.exit(3_000), FAILED);
  assertEquals(session.pty.settings, settings);
  through.relay?.cut();
});

inPlace("a peer that never stops sending garbage is left soon", [], async (place) => {
  const piece = noise(1 << 16);
  await using server = serve({ sends: () => piece, floods: true, said: /./ });
  const transport = direct.near(server.port);
  await using session = await startMaster(place, {}, transport);
  assertEquals(await session.exit(DEADLINE), FAILED);
  // At most what the sockets and pipes in between hold.
  assert(server.sent < 64 << 20, `it took ${server.sent} bytes`);
});
