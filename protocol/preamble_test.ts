import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ProtocolError } from "./errors.ts";
import { preamble, PreambleFinder } from "./preamble.ts";

const SLAVE = preamble("slave");
const NOISE_LIMIT = 64 * 1024;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What follows a slave's preamble in the chunks. */
function find(...chunks: Uint8Array[]): string | undefined {
  const finder = new PreambleFinder("slave");
  for (const [index, chunk] of chunks.entries()) {
    const rest = finder.push(chunk);
    if (rest === undefined) continue;
    const after = chunks.slice(index + 1).map((chunk) => new TextDecoder().decode(chunk));
    return new TextDecoder().decode(rest) + after.join("");
  }
  return undefined;
}

function failure(...chunks: Uint8Array[]): string {
  return assertThrows(() => find(...chunks), ProtocolError).message;
}

Deno.test("preamble is a line that stands alone", () => {
  assertEquals(new TextDecoder().decode(SLAVE), "\nRPTY/1 slave\n");
});

Deno.test("PreambleFinder finds it wherever the chunks are cut", () => {
  const all = bytes("Welcome!\n\nRPTY/1 slave\n\0\0");
  for (let cut = 0; cut <= all.length; cut++) {
    // [Welcome!… cut …slave\n\0\0]
    assertEquals(find(all.subarray(0, cut), all.subarray(cut)), "\0\0", `cut at ${cut}`);
  }
  // [W][e][l]…
  assertEquals(find(...[...all].map((byte) => Uint8Array.of(byte))), "\0\0");
});

Deno.test("PreambleFinder skips a banner", () => {
  assertEquals(find(bytes("Last login: today\r\nYou have mail.\r\n"), SLAVE), "");
  assertEquals(find(bytes("RPTY/1 is what we use\nRPTY/1 slaves"), SLAVE, bytes("x")), "x");
});

Deno.test("PreambleFinder skips a banner that is no UTF-8", () => {
  assertEquals(find(new Uint8Array([0xff, 0xc3, 0x28, 0]), SLAVE, bytes("x")), "x");
});

Deno.test("PreambleFinder waits for the rest of a line", () => {
  assertEquals(find(SLAVE.subarray(0, -1)), undefined);
  assertEquals(find(bytes("nothing of the kind\n")), undefined);
});

Deno.test("PreambleFinder says which generation the peer speaks", () => {
  assertStringIncludes(failure(bytes("\nRPTY/2 slave\n")), "it speaks RPTY/2, we speak RPTY/1");
});

Deno.test("PreambleFinder says that the peer has our own role", () => {
  assertStringIncludes(failure(preamble("master")), "run rpty-slave on the other side");
});

Deno.test("PreambleFinder bears noise up to a bound", () => {
  const line = bytes("x".repeat(1023) + "\n");
  const lines = new Array<Uint8Array>(NOISE_LIMIT / line.length).fill(line);
  assertEquals(find(...lines, SLAVE), "");
  assertStringIncludes(failure(...lines, line, SLAVE), "it does not speak rpty");
});

Deno.test("PreambleFinder looks at single bytes of noise a bounded number of times each", () => {
  const { exec } = RegExp.prototype;
  let scanned = 0;
  RegExp.prototype.exec = function (text) {
    scanned += text.length;
    return exec.call(this, text);
  };
  try {
    const finder = new PreambleFinder("slave");
    for (let sent = 0; sent < NOISE_LIMIT; sent++) finder.push(Uint8Array.of(0x78));
    assertThrows(() => finder.push(Uint8Array.of(0x78)), ProtocolError, "does not speak rpty");
  } finally {
    RegExp.prototype.exec = exec;
  }
  assert(scanned >= NOISE_LIMIT, "nothing was counted");
  assert(scanned <= 64 * NOISE_LIMIT, `${scanned} characters were looked at`);
});

Deno.test("PreambleFinder does not look through a huge chunk", () => {
  const chunk = new Uint8Array(64 << 20).fill(120);
  assertStringIncludes(failure(chunk), "it does not speak rpty");
});

Deno.test("PreambleFinder gives all that follows in a huge chunk", () => {
  const chunk = new Uint8Array(4 << 20);
  chunk.set(SLAVE);
  assertEquals(new PreambleFinder("slave").push(chunk)?.length, chunk.length - SLAVE.length);
});

Deno.test("PreambleFinder shows how an HTTP server began", () => {
  const finder = new PreambleFinder("slave");
  assertEquals(finder.noise, "");
  finder.push(
    bytes("\r\nHTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nServer: nginx\r\n"),
  );
  assertEquals(
    finder.noise,
    '"HTTP/1.1 400 Bad Request\\r\\nContent-Type: text/html\\r\\nServer: n"',
  );
});

Deno.test("PreambleFinder shows no controls that a terminal would obey", () => {
  const finder = new PreambleFinder("slave");
  finder.push(new Uint8Array([0x1b, 0x5b, 0x9b, 0x7f]));
  assertEquals(finder.noise, '"\\u001b[\\x9b\\x7f"');
});
