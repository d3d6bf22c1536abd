// Checks a CBOR item before it is decoded. Frames need little of CBOR, and the decoder supports much more: tags that
// make dates, big numbers, references and cycles, and records that outlive their message.

import { ProtocolError } from "./errors.ts";
import { MAX_DEPTH, MAX_ITEMS } from "./limits.ts";

/** Major types (RFC 8949, section 3.1). */
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;
const TAG = 6;
const SIMPLE = 7;

/** From this value of the additional information on, a length or value of 1, 2, 4 or 8 bytes follows. */
const FIRST_WIDTH = 24;
/** From this value on it is reserved, or means an indefinite length. */
const RESERVED = 28;
/** Simple values that a frame may contain: false, true, null and undefined. */
const FIRST_SIMPLE = 20;
const LAST_SIMPLE = 23;
/** The simple value in a byte of its own. The values after it are floating-point numbers. */
const SIMPLE_BYTE = 24;

/**
 * Checks that the bytes are one CBOR item of the kinds that frames use: numbers, strings, booleans, null, undefined,
 * and arrays and maps of definite length, with text keys.
 *
 * @throws {ProtocolError} if they are not.
 */
export function checkCbor(bytes: Uint8Array): void {
  new Checker(bytes).check();
}

class Checker {
  readonly #view: DataView;
  #at = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  check(): void {
    this.#item(0);
    if (this.#at < this.#view.byteLength) throw malformed("something follows the item");
  }

  #item(depth: number, asKey = false): void {
    if (++this.#items > MAX_ITEMS) throw malformed(`more than ${MAX_ITEMS} items`);
    if (depth > MAX_DEPTH) throw malformed(`nested deeper than ${MAX_DEPTH}`);
    const first = this.#number(1);
    const major = first >> 5;
    if (asKey && major !== TEXT) throw malformed("a key is no text");
    const info = first & 0x1f;
    if (major === TAG) throw malformed("it has a tag");
    if (major === SIMPLE) checkSimple(info);
    const argument = this.#argument(info);
    if (major === BYTES || major === TEXT) this.#skip(argument);
    else if (major === ARRAY) { for (let i = 0; i < argument; i++) this.#item(depth + 1); }
    else if (major === MAP) { for (let i = 0; i < argument; i++) this.#member(depth + 1); }
  }

  #member(depth: number): void {
    this.#item(depth, true);
    this.#item(depth);
  }

  #argument(info: number): number {
    if (info < FIRST_WIDTH) return info;
    if (info >= RESERVED) throw malformed("a length is not known");
    return this.#number(1 << (info - FIRST_WIDTH));
  }

  #number(width: number): number {
    const at = this.#at;
    this.#skip(width);
    let number = 0;
    for (let i = 0; i < width; i++) number = number * 256 + this.#view.getUint8(at + i);
    return number;
  }

  #skip(length: number): void {
    if (length > this.#view.byteLength - this.#at) throw malformed("it ends too early");
    this.#at += length;
  }
}

function checkSimple(info: number): void {
  if (info > SIMPLE_BYTE && info < RESERVED) return;
  if (info >= FIRST_SIMPLE && info <= LAST_SIMPLE) return;
  throw malformed(`simple value ${info}`);
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError(`Cannot read frame: its CBOR is malformed: ${reason}`);
}
