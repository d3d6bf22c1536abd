// Frames to bytes and back: u32 big-endian length, then one CBOR data item.

import { Encoder } from "cbor-x/index-no-eval";
import { checkCbor } from "./cbor_check.ts";
import { ProtocolError } from "./errors.ts";
import { type Frame, type FrameFrom, frameFromArray, frameToArray } from "./frames.ts";

/** Bytes of CBOR in one frame at most: bounds what a peer makes us hold. */
export const MAX_FRAME_LENGTH = 1 << 20;

/** Bytes of the length that goes before each frame. */
const HEADER_LENGTH = 4;

const cbor = new Encoder({ useRecords: false, tagUint8Array: false, mapsAsObjects: true });

/** The bytes of a frame, length first. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const body = cbor.encode(frameToArray(frame));
  const encoded = new Uint8Array(HEADER_LENGTH + body.length);
  new DataView(encoded.buffer).setUint32(0, body.length);
  encoded.set(body, HEADER_LENGTH);
  return encoded;
}

/** Collects what comes from `sender` and gives its frames. It holds no more than one unfinished frame. */
export class FrameDecoder<Side extends "master" | "slave"> {
  readonly #sender: Side;
  readonly #header = new Uint8Array(HEADER_LENGTH);
  #headerLength = 0;
  #body: Uint8Array | undefined;
  #bodyLength = 0;

  constructor(sender: Side) {
    this.#sender = sender;
  }

  /** Whether the bytes so far end within a frame. */
  get unfinished(): boolean {
    return this.#headerLength > 0;
  }

  /**
   * The frames that `chunk` completes.
   *
   * @throws {ProtocolError} if the bytes are no frames, or none that the sender may send.
   */
  *decode(chunk: Uint8Array): Generator<FrameFrom<Side>> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#body === undefined) {
        at += this.#takeHeader(chunk.subarray(at));
        if (this.#body === undefined) return;
      }
      const part = chunk.subarray(at, at + this.#body.length - this.#bodyLength);
      at += part.length;
      const body = this.#takeBody(part);
      if (body === undefined) return;
      yield frameFromArray(decodeItem(body), this.#sender);
    }
  }

  #takeHeader(bytes: Uint8Array): number {
    const part = bytes.subarray(0, HEADER_LENGTH - this.#headerLength);
    this.#header.set(part, this.#headerLength);
    this.#headerLength += part.length;
    if (this.#headerLength === HEADER_LENGTH) {
      const length = new DataView(this.#header.buffer).getUint32(0);
      if (length === 0 || length > MAX_FRAME_LENGTH) {
        throw new ProtocolError(
          `Cannot read frame: length ${length} is not between 1 and ${MAX_FRAME_LENGTH}`,
        );
      }
      this.#body = new Uint8Array(length);
      this.#bodyLength = 0;
    }
    return part.length;
  }

  #takeBody(part: Uint8Array): Uint8Array | undefined {
    const body = this.#body as Uint8Array;
    body.set(part, this.#bodyLength);
    this.#bodyLength += part.length;
    if (this.#bodyLength < body.length) return undefined;
    this.#body = undefined;
    this.#headerLength = 0;
    return body;
  }
}

function decodeItem(body: Uint8Array): unknown {
  checkCbor(body);
  try {
    return cbor.decode(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProtocolError(`Cannot read frame: its CBOR is malformed: ${reason}`);
  }
}
