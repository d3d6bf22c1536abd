// Mutates valid bytes. The same seed gives the same result.

import { seededRandom } from "../harness/relay.ts";
import { concat } from "./corpus.ts";

/** Bytes with a special meaning in CBOR and in lengths. */
const TELLING = [
  0x00,
  0x01,
  0x17,
  0x18,
  0x1b,
  0x40,
  0x5f,
  0x80,
  0x82,
  0x9a,
  0x9f,
  0xa1,
  0xbf,
  0xc1,
];
const MORE_TELLING = [0xd8, 0xd9, 0xf4, 0xf6, 0xf7, 0xf8, 0xfb, 0xff, 0x7f];

/** A seeded source of random values. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** A number from 0 to `bound`, exclusive. */
  below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }

  /** True in one of `cases` cases. */
  oneIn(cases: number): boolean {
    return this.below(cases) === 0;
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)];
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

type Mutation = (bytes: Uint8Array, dice: Dice) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  (bytes, dice) => set(bytes, dice, (byte) => byte ^ 1 << dice.below(8)),
  (bytes, dice) => set(bytes, dice, () => dice.below(256)),
  (bytes, dice) => set(bytes, dice, () => dice.pick([...TELLING, ...MORE_TELLING])),
  (bytes, dice) => splice(bytes, dice, 0, dice.bytes(1 + dice.below(4))),
  (bytes, dice) => splice(bytes, dice, 1 + dice.below(8), new Uint8Array()),
  (bytes, dice) => splice(bytes, dice, 0, slice(bytes, dice)),
  (bytes, dice) => bytes.subarray(0, dice.below(bytes.length + 1)),
];

/** `bytes` after up to four mutations; now and then after none. */
export function mutate(bytes: Uint8Array, dice: Dice): Uint8Array {
  let mutated = bytes;
  for (let left = dice.below(5); left > 0; left--) mutated = dice.pick(MUTATIONS)(mutated, dice);
  return mutated;
}

function set(bytes: Uint8Array, dice: Dice, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice();
  const at = dice.below(copy.length);
  if (at < copy.length) copy[at] = change(copy[at]);
  return copy;
}

function splice(bytes: Uint8Array, dice: Dice, drop: number, insert: Uint8Array): Uint8Array {
  const at = dice.below(bytes.length + 1);
  return concat(bytes.subarray(0, at), insert, bytes.subarray(at + drop));
}

function slice(bytes: Uint8Array, dice: Dice): Uint8Array {
  const from = dice.below(bytes.length + 1);
  return bytes.subarray(from, from + dice.below(64));
}

/** The bytes in chunks of any length. */
export function* chunks(bytes: Uint8Array, dice: Dice): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length;) {
    const length = 1 + dice.below(dice.oneIn(4) ? 3 : 200);
    yield bytes.slice(at, at + length);
    at += length;
  }
}
