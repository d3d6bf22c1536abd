import { assertEquals, assertRejects } from "@std/assert";
import { SESSIONS } from "../tests/fuzz/frame_samples.ts";
import { ProtocolError } from "./errors.ts";
import { encodeFrame } from "./frame_codec.ts";
import { FrameDecoderStream, FrameEncoderStream } from "./frame_streams.ts";
import type { Frame } from "./frames.ts";

const PING = encodeFrame({ type: "ping", id: 7 });

function decoded(...chunks: Uint8Array[]): Promise<unknown[]> {
  const readable = ReadableStream.from(chunks).pipeThrough(new FrameDecoderStream("slave"));
  return Array.fromAsync(readable);
}

for (const side of ["master", "slave"] as const) {
  Deno.test(`FrameDecoderStream reads what FrameEncoderStream wrote for a ${side}`, async () => {
    const frames = ReadableStream.from<Frame>(SESSIONS[side])
      .pipeThrough(new FrameEncoderStream())
      .pipeThrough(new FrameDecoderStream(side));
    assertEquals<unknown>(await Array.fromAsync(frames), SESSIONS[side]);
  });
}

Deno.test("FrameDecoderStream joins chunks", async () => {
  const ping = { type: "ping", id: 7 };
  // [0 0][0 3 82][01 07, whole frame]
  const chunks = [PING.slice(0, 2), PING.slice(2, 5), new Uint8Array([...PING.slice(5), ...PING])];
  assertEquals(await decoded(...chunks), [ping, ping]);
});

Deno.test("FrameDecoderStream fails if the bytes end within a frame", async () => {
  for (const cut of [1, 4, PING.length - 1]) {
    await assertRejects(
      () => decoded(PING, PING.slice(0, cut)),
      ProtocolError,
      "the stream ended within it",
    );
  }
});

Deno.test("FrameDecoderStream rejects a length over the limit", async () => {
  await assertRejects(() => decoded(Uint8Array.of(255, 255, 255, 255)), ProtocolError, "length");
});

Deno.test("FrameDecoderStream rejects what the sender may not send", async () => {
  await assertRejects(
    () => decoded(encodeFrame({ type: "suspend" })),
    ProtocolError,
    'a slave does not send "suspend"',
  );
});
