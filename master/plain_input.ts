import type { SendWindow } from "./send_window.ts";

/** Sends what a stream gives as fast as the slave takes it, and then the end of file. */
export async function sendPlainInput(
  readable: ReadableStream<Uint8Array>,
  window: SendWindow,
): Promise<void> {
  for await (let chunk of readable) {
    while (chunk.length > 0) {
      await window.roomy;
      const part = chunk.subarray(0, window.room);
      window.sendInput("raw", part, 0);
      chunk = chunk.subarray(part.length);
    }
  }
  // An end of file counts as one unit of input.
  await window.roomy;
  window.sendInput("eof", new Uint8Array(), 0);
}
