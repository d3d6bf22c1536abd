import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { SAMPLES, SESSIONS } from "../tests/fuzz/frame_samples.ts";
import { ProtocolError } from "./errors.ts";
import { encodeFrame, FrameDecoder, kept } from "./frame_codec.ts";
import { MAX_FRAME_LENGTH } from "./limits.ts";

const PING = encodeFrame({ type: "ping", id: 0 });

function concat(...parts: (Uint8Array | number[])[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** A frame around any body. */
function framed(body: Uint8Array | number[]): Uint8Array {
  const header = new Uint8Array(4);
  new DataView(header.buffer).setUint32(0, body.length);
  return concat(header, body);
}

/** What a master decodes from a slave's chunks. */
function decode(...chunks: (Uint8Array | number[])[]): unknown[] {
  const decoder = new FrameDecoder("slave");
  return chunks.flatMap((chunk) => [...decoder.decode(new Uint8Array(chunk))]);
}

Deno.test("encodeFrame puts the length before the item", () => {
  assertEquals(PING, new Uint8Array([0, 0, 0, 3, 0x82, 0x01, 0x00]));
});

Deno.test("encodeFrame makes a keystroke small", () => {
  const key = encodeFrame({
    ...SAMPLES.input,
    offset: 70_000,
    kind: "raw",
    bytes: new Uint8Array(1),
  });
  assert(key.length <= 20, `${key.length} bytes`);
});

for (const side of ["master", "slave"] as const) {
  Deno.test(`FrameDecoder reads a ${side}'s session at any chunk length`, () => {
    const frames = SESSIONS[side];
    const bytes = concat(...frames.map(encodeFrame));
    for (const length of [1, 2, 3, 5, 4096, 65_536, bytes.length]) {
      const decoder = new FrameDecoder(side);
      const decoded = [];
      for (let at = 0; at < bytes.length; at += length) {
        for (const frame of decoder.decode(bytes.subarray(at, at + length))) {
          decoded.push(kept(frame));
        }
      }
      assertEquals<unknown>(decoded, frames, `chunks of ${length}`);
      assertFalse(decoder.unfinished);
    }
  });
}

Deno.test("FrameDecoder joins chunks that end anywhere in a frame", () => {
  const ping = { type: "ping", id: 0 };
  for (let cut = 0; cut <= PING.length; cut++) {
    // [...first half][second half, whole frame]
    const chunks = [PING.subarray(0, cut), concat(PING.subarray(cut), PING)];
    assertEquals(decode(...chunks), [ping, ping], `cut at ${cut}`);
  }
});

Deno.test("FrameDecoder passes over empty chunks", () => {
  assertEquals(decode([], PING.subarray(0, 4), [], PING.subarray(4), []), [{
    type: "ping",
    id: 0,
  }]);
});

Deno.test("FrameDecoder says whether it is within a frame", () => {
  const decoder = new FrameDecoder("slave");
  const unfinished = [...PING].map((byte) => {
    [...decoder.decode(Uint8Array.of(byte))];
    return decoder.unfinished;
  });
  assertEquals(unfinished, [true, true, true, true, true, true, false]);
});

Deno.test("FrameDecoder gives the frames before a bad one", () => {
  const decoder = new FrameDecoder("slave");
  const seen: unknown[] = [];
  assertThrows(() => {
    for (const frame of decoder.decode(concat(PING, [0, 0, 0, 0]))) seen.push(frame);
  }, ProtocolError);
  assertEquals(seen, [{ type: "ping", id: 0 }]);
});

const LENGTHS: [number[], string][] = [
  [[0, 0, 0, 0], "length 0 is not between"],
  [[0, 16, 0, 1], `length ${MAX_FRAME_LENGTH + 1} is not between`],
  [[255, 255, 255, 255], "length 4294967295 is not between"],
  [[0x48, 0x54, 0x54, 0x50], "length 1213486160"], // "HTTP"
];
for (const [header, message] of LENGTHS) {
  Deno.test(`FrameDecoder rejects the header ${header} before any of the body`, () => {
    assertThrows(() => decode(header), ProtocolError, message);
    assertThrows(() => decode(...header.map((byte) => [byte])), ProtocolError, message);
  });
}

Deno.test("FrameDecoder takes the longest frame", () => {
  const overhead =
    encodeFrame({ type: "output", offset: 0, bytes: new Uint8Array(70_000) }).length -
    70_000;
  const bytes = new Uint8Array(MAX_FRAME_LENGTH - overhead + 4).fill(65);
  const frame = { type: "output", offset: 0, bytes } as const;
  const encoded = encodeFrame(frame);
  assertEquals(encoded.length, MAX_FRAME_LENGTH + 4);
  assertEquals(decode(encoded.subarray(0, 65_536), encoded.subarray(65_536)), [frame]);
});

const BODIES: [string, number[], string][] = [
  ["a string past its end", [0x82, 0x03, 0x78, 200, 65], "malformed"],
  ["an array past its end", [0x9a, 0x00, 0x0f, 0xff, 0xff], "malformed"],
  ["deep nesting", new Array(500_000).fill(0x81), "malformed"],
  ["a tag", [0xc1, 0x00], "malformed"],
  ["two items", [0x82, 0x01, 0x00, 0x00], "malformed"],
  ["a map", [0xa0], "it is not an array"],
  ["an unknown code", [0x81, 0x18, 99], "unknown code 99"],
  ["a master's frame", [0x81, 0x0f], 'a slave does not send "suspend"'],
];
for (const [what, body, message] of BODIES) {
  Deno.test(`FrameDecoder rejects ${what}`, () => {
    assertThrows(() => decode(framed(body)), ProtocolError, message);
  });
}

Deno.test("FrameDecoder lets no key change a prototype", () => {
  const key = new TextEncoder().encode("__proto__");
  const [hello] = decode(framed([0x82, 0x00, 0xa1, 0x69, ...key, 0xa1, 0x61, 97, 0x01]));
  const { body } = hello as { body: object };
  assertEquals(Object.getPrototypeOf(body), Object.prototype);
});

Deno.test("kept gives a frame that stays as it is when its chunk is used again", () => {
  const chunk = encodeFrame({ type: "output", offset: 0, bytes: Uint8Array.of(1, 2, 3) });
  const [frame] = new FrameDecoder("slave").decode(chunk);
  const copy = kept(frame);
  chunk.fill(0);
  assertEquals<unknown>(copy, { type: "output", offset: 0, bytes: Uint8Array.of(1, 2, 3) });
});
