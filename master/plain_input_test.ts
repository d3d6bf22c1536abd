import { assertEquals } from "@std/assert";
import type { FrameOf } from "../protocol/frames.ts";
import { SendWindow } from "./send_window.ts";
import { sendPlainInput } from "./plain_input.ts";

Deno.test("sendPlainInput waits for room for the end of file, too", async () => {
  const sent: string[] = [];
  const window = new SendWindow((frame: FrameOf<"input"> | FrameOf<"signal">) => {
    sent.push(frame.type === "input" ? `${frame.kind} ${frame.bytes.length}` : frame.type);
  });
  window.extend(8);
  const done = sendPlainInput(ReadableStream.from([new Uint8Array(8)]), window);
  // What can be done without room is done within one turn of the event loop.
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(sent, ["raw 8"]);
  window.extend(9);
  await done;
  assertEquals(sent, ["raw 8", "eof 0"]);
});
