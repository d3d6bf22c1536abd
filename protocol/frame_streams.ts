import { ProtocolError } from "./errors.ts";
import { encodeFrame, FrameDecoder, kept } from "./frame_codec.ts";
import type { Frame, FrameFrom } from "./frames.ts";

/**
 * Frames in, bytes out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { FrameDecoderStream, FrameEncoderStream } from "./frame_streams.ts";
 *
 * const frames = ReadableStream.from([{ type: "ping", id: 7 } as const])
 *   .pipeThrough(new FrameEncoderStream())
 *   .pipeThrough(new FrameDecoderStream("slave"));
 * assertEquals(await Array.fromAsync(frames), [{ type: "ping", id: 7 }]);
 * ```
 */
export class FrameEncoderStream extends TransformStream<Frame, Uint8Array<ArrayBuffer>> {
  constructor() {
    super({ transform: (frame, controller) => controller.enqueue(encodeFrame(frame)) });
  }
}

/**
 * Takes bytes, cut anywhere, and gives frames that `sender` may send. The readable side fails with {@linkcode
 * ProtocolError} at the first that is invalid, or if the bytes end within a frame.
 */
export class FrameDecoderStream<Side extends "master" | "slave">
  extends TransformStream<Uint8Array, FrameFrom<Side>> {
  constructor(sender: Side) {
    const decoder = new FrameDecoder(sender);
    super({
      transform(chunk, controller) {
        for (const frame of decoder.decode(chunk)) controller.enqueue(kept(frame));
      },
      flush() {
        if (decoder.unfinished) {
          throw new ProtocolError("Cannot read frame: the stream ended within it");
        }
      },
    });
  }
}
