import { assertThrows } from "@std/assert";
import { checkCbor } from "./cbor_check.ts";
import { ProtocolError } from "./errors.ts";
import { MAX_DEPTH, MAX_ITEMS } from "./limits.ts";

const A = 0x61; // text of 1 character follows

const GOOD: Record<string, number[]> = {
  "small number": [0x17],
  "number of 1, 2, 4, 8 bytes": [0x84, 0x18, 255, 0x19, 1, 0, 0x1a, 1, 0, 0, 0, 0x1b, ...zeros(8)],
  "negative number": [0x38, 99],
  "floating point of 2, 4, 8 bytes": [
    ...[0x83, 0xf9, 0, 0, 0xfa, 0, 0, 0, 0, 0xfb],
    ...zeros(8),
  ],
  "false, true, null, undefined": [0x84, 0xf4, 0xf5, 0xf6, 0xf7],
  "empty strings": [0x82, 0x40, 0x60],
  "long byte string": [0x59, 1, 0, ...zeros(256)],
  "map with texts for keys": [0xa2, A, 97, 1, A, 98, 0x80],
  "deepest nesting": nested(MAX_DEPTH),
  "most items": [0x99, (MAX_ITEMS - 1) >> 8, (MAX_ITEMS - 1) & 255, ...zeros(MAX_ITEMS - 1)],
};

const BAD: Record<string, [number[], string]> = {
  "nothing": [[], "ends too early"],
  "a number cut short": [[0x1a, 1, 0, 0], "ends too early"],
  "a string cut short": [[0x43, 1, 2], "ends too early"],
  "a string of 4 GiB": [[0x5a, 255, 255, 255, 255], "ends too early"],
  "a string of 16 EiB": [[0x5b, ...zeros(8).fill(255)], "ends too early"],
  "an array cut short": [[0x82, 1], "ends too early"],
  "an array of 4 G items": [[0x9a, 255, 255, 255, 255, 1], "ends too early"],
  "a map without its last value": [[0xa1, A, 97], "ends too early"],
  "two items": [[1, 2], "something follows"],
  "a number for a key": [[0xa1, 1, 1], "a key is no text"],
  "an array for a key": [[0xa1, 0x80, 1], "a key is no text"],
  "a date": [[0xc1, 0], "it has a tag"],
  "a big number": [[0xc2, 0x41, 1], "it has a tag"],
  "a cycle": [[0xd8, 28, 0x81, 0xd8, 29, 0], "it has a tag"],
  "a record's definition": [[0xd9, 0xdf, 0xff, 0x83, 0, 0x81, A, 97, 1], "it has a tag"],
  "a byte string of unknown length": [[0x5f, 0x41, 1, 0xff], "a length is not known"],
  "an array of unknown length": [[0x9f, 1, 0xff], "a length is not known"],
  "a break": [[0xff], "simple value 31"],
  "a simple value that is none": [[0xe0], "simple value 0"],
  "a simple value in a byte": [[0xf8, 32], "simple value 24"],
  "nesting too deep": [nested(MAX_DEPTH + 1), "nested deeper"],
  "nesting without an end": [new Array(1 << 20).fill(0x81), "nested deeper"],
  "too many items": [
    [0x99, MAX_ITEMS >> 8, MAX_ITEMS & 255, ...zeros(MAX_ITEMS)],
    "more than",
  ],
};

function zeros(count: number): number[] {
  return new Array(count).fill(0);
}

/** A number within so many arrays. */
function nested(depth: number): number[] {
  return [...new Array(depth).fill(0x81), 1];
}

for (const [what, bytes] of Object.entries(GOOD)) {
  Deno.test(`checkCbor accepts: ${what}`, () => checkCbor(new Uint8Array(bytes)));
}

for (const [what, [bytes, reason]] of Object.entries(BAD)) {
  Deno.test(`checkCbor rejects ${what}`, () => {
    assertThrows(() => checkCbor(new Uint8Array(bytes)), ProtocolError, reason);
  });
}
