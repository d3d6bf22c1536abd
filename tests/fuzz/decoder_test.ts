// Fuzzes the frame decoder of each side with mutated sessions and with garbage.

import { assertEquals } from "@std/assert";
import { encodeFrame, FrameDecoder } from "../../protocol/frame_codec.ts";
import type { Frame } from "../../protocol/frames.ts";
import { concat, HOSTILE, session } from "./corpus.ts";
import { fuzz, rejection } from "./fuzz.ts";
import { chunks, type Dice, mutate } from "./mutate.ts";

for (const side of ["master", "slave"] as const) {
  const seeds = [...session(side), ...HOSTILE];
  fuzz({
    name: `FrameDecoder of what a ${side} sends`,
    inputs: 4000,
    outcomes: ["frames", "no frame", "ProtocolError"],
    run: (dice) => decode(side, mutate(inputFrom(seeds, dice), dice), dice),
  });
}

function inputFrom(seeds: readonly Uint8Array[], dice: Dice): Uint8Array {
  if (dice.oneIn(8)) return dice.bytes(dice.below(300));
  return concat(...Array.from({ length: 1 + dice.below(4) }, () => dice.pick(seeds)));
}

function decode(side: "master" | "slave", input: Uint8Array, dice: Dice): string {
  const decoder = new FrameDecoder(side);
  let frames = 0;
  try {
    for (const chunk of chunks(input, dice)) {
      for (const frame of decoder.decode(chunk)) {
        checkFrame(frame, side);
        frames++;
      }
    }
    return frames > 0 ? "frames" : "no frame";
  } catch (error) {
    return rejection(error, "ProtocolError");
  }
}

/** An accepted frame is a frame like any other: it crosses unchanged. */
function checkFrame(frame: Frame, side: "master" | "slave"): void {
  // A message may have lost half a character when it was cut.
  if (frame.type === "error") return;
  const again = new FrameDecoder(side).decode(encodeFrame(frame)).next().value;
  assertEquals<unknown>(again, frame);
}
