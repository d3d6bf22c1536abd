// The streams that fuzzing starts from: valid sessions, and input that was a problem before, here or elsewhere.

import { encodeFrame } from "../../protocol/frame_codec.ts";
import type { Frame } from "../../protocol/frames.ts";
import { SESSIONS } from "./frame_samples.ts";

/** The bytes of a frame with the given body. */
function framed(...body: number[]): Uint8Array {
  return Uint8Array.of(0, 0, body.length >> 8, body.length & 255, ...body);
}

/** Concatenates the parts. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The frames of a valid side. Output is cut short, so that mutations hit more than its text. */
export function session(side: "master" | "slave"): Uint8Array[] {
  return SESSIONS[side].map((frame: Frame) =>
    encodeFrame(
      frame.type === "output" ? { ...frame, offset: 0, bytes: frame.bytes.subarray(0, 9) } : frame,
    )
  );
}

/** Invalid frames. */
export const HOSTILE: readonly Uint8Array[] = [
  // Lengths: none, 4 GiB, one more than may be, "HTTP".
  Uint8Array.of(0, 0, 0, 0),
  Uint8Array.of(255, 255, 255, 255),
  Uint8Array.of(0, 16, 0, 1),
  new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"),
  // A string that is longer than its message (cbor-x issue 116), an array that is.
  framed(0x82, 0x03, 0x78, 200, 65),
  framed(0x9a, 0x01, 0xff, 0xff, 0xff),
  // Nested endlessly.
  framed(...new Array(4000).fill(0x81)),
  // Tags: a date, a big number, a cycle, a record, a generic object.
  framed(0x82, 0x01, 0xc1, 0x00),
  framed(0x82, 0x01, 0xc2, 0x41, 0x01),
  framed(0x82, 0x00, 0xd8, 28, 0xa1, 0x61, 97, 0xd8, 29, 0x00),
  framed(0xd9, 0xdf, 0xff, 0x83, 0x00, 0x81, 0x61, 97, 0x01),
  framed(0xd8, 27, 0x82, 0x65, 69, 114, 114, 111, 114, 0x61, 97),
  // Unknown lengths.
  framed(0x9f, 0x01, 0x00, 0xff),
  framed(0x5f, 0x41, 0x01, 0xff),
  // A key that names the prototype.
  framed(0x82, 0x00, 0xa1, 0x69, ...new TextEncoder().encode("__proto__"), 0xa0),
];
