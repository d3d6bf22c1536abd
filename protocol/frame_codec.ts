// Frames to bytes and back: u32 big-endian length, then one CBOR data item.

import { Buffer } from "node:buffer";
import { Encoder } from "cbor-x/index-no-eval";
import { enlarged, joined } from "../tty/bytes.ts";
import { checkCbor } from "./cbor_check.ts";
import { ProtocolError } from "./errors.ts";
import { type Frame, type FrameFrom, frameFromArray, frameToArray } from "./frames.ts";
import { MAX_FRAME_LENGTH } from "./limits.ts";

/** Bytes of the length before each frame. */
const HEADER_LENGTH = 4;

/** The package's types lack this method. */
interface BufferEncoder extends Encoder {
  useBuffer(buffer: Uint8Array): void;
}

const cbor = new Encoder({
  useRecords: false,
  tagUint8Array: false,
  mapsAsObjects: true,
}) as BufferEncoder;

/** Bytes of the encoder's buffer: twice the largest frame that we send often. */
const ENCODED_SIZE = 128 * 1024;

/** The buffer for each frame. The encoder by itself would allocate one for each large frame. */
const encoded = Buffer.allocUnsafeSlow(ENCODED_SIZE);
const encodedBody = encoded.subarray(HEADER_LENGTH);

/** The bytes of a frame, length first. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encodeInPlace(frame));
}

/** The same, overwritten by the next call. */
export function encodeInPlace(frame: Frame): Uint8Array {
  cbor.useBuffer(encodedBody);
  const body = cbor.encode(frameToArray(frame));
  if (body.buffer !== encoded.buffer) return withHeader(body);
  encoded.writeUInt32BE(body.length);
  return encoded.subarray(0, HEADER_LENGTH + body.length);
}

/** For a frame that did not fit into the buffer. */
function withHeader(body: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(HEADER_LENGTH));
  header.setUint32(0, body.length);
  return joined([new Uint8Array(header.buffer), body]);
}

/** A copy of a decoded frame that may be kept. */
export function kept<Kind extends Frame>(frame: Kind): Kind {
  return "bytes" in frame ? { ...frame, bytes: frame.bytes.slice() } : frame;
}

/**
 * Decodes the frames that come from `sender`. It stores no more than one unfinished frame.
 *
 * A frame's byte strings are overwritten by what comes next. A caller that keeps a frame copies it ({@linkcode kept}).
 */
export class FrameDecoder<Side extends "master" | "slave"> {
  readonly #sender: Side;
  readonly #header = new Uint8Array(HEADER_LENGTH);
  #headerLength = 0;
  /** Bytes of the frame's body, once the header is complete. */
  #length: number | undefined;
  /** The start of a body that came in parts. */
  #body = new Uint8Array();
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
   * @throws {ProtocolError} if the bytes are not frames, or not frames that the sender may send.
   */
  *decode(chunk: Uint8Array): Generator<FrameFrom<Side>> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#length === undefined) {
        at += this.#takeHeader(chunk.subarray(at));
        if (this.#length === undefined) return;
      }
      const part = chunk.subarray(at, at + this.#length - this.#bodyLength);
      at += part.length;
      const body = this.#takeBody(part, this.#length);
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
      this.#length = length;
    }
    return part.length;
  }

  /** The whole body, if this is its last part. A body in one part is not copied. */
  #takeBody(part: Uint8Array, length: number): Uint8Array | undefined {
    let body = part;
    if (part.length < length) {
      if (this.#body.length < length) this.#body = enlarged(this.#body, length);
      this.#body.set(part, this.#bodyLength);
      this.#bodyLength += part.length;
      if (this.#bodyLength < length) return undefined;
      body = this.#body.subarray(0, length);
    }
    this.#length = undefined;
    this.#headerLength = 0;
    this.#bodyLength = 0;
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
