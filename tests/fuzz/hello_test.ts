// Fuzzes the hello: members are replaced by others.

import { assert, assertEquals } from "@std/assert";
import {
  crossingEnvironment,
  decodeMasterHello,
  decodeSlaveHello,
  encodeMasterHello,
  encodeSlaveHello,
} from "../../protocol/hello.ts";
import { MASTER_HELLO, SLAVE_HELLO } from "./frame_samples.ts";
import { fuzz, rejection } from "./fuzz.ts";
import type { Dice } from "./mutate.ts";

/** Values that replace others. */
const STRANGERS: readonly unknown[] = [
  ...[undefined, null, true, false, 0, -1, 1.5, NaN, 2 ** 31, 2 ** 53, 65_536, 255, 256],
  ...["", "x", "TERM", "\0", "x".repeat(300), [], {}, new Uint8Array(3), [1], [[]], {
    a: { b: 1 },
  }],
];

/** The value with some of its members replaced, left out or added. */
function tamper(value: unknown, dice: Dice): unknown {
  if (dice.oneIn(12)) return dice.pick(STRANGERS);
  if (Array.isArray(value)) {
    const items = value.map((item) => tamper(item, dice));
    if (dice.oneIn(10)) items.splice(dice.below(items.length + 1), 1, dice.pick(STRANGERS));
    return items;
  }
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(() => !dice.oneIn(30));
  if (dice.oneIn(6)) members.push([dice.pick(["LC_ALL", "PATH", "later"]), dice.pick(STRANGERS)]);
  return Object.fromEntries(members.map(([name, member]) => [name, tamper(member, dice)]));
}

function tampered(body: Readonly<Record<string, unknown>>, dice: Dice): Record<string, unknown> {
  const result = tamper(body, dice);
  return Object.getPrototypeOf(result ?? []) === Object.prototype
    ? result as Record<string, unknown>
    : {};
}

fuzz({
  name: "a master's hello",
  inputs: 4000,
  outcomes: ["accepted", "ProtocolError"],
  run(dice) {
    const { terminal: _terminal, ...plain } = MASTER_HELLO;
    const body = tampered(encodeMasterHello(dice.oneIn(3) ? plain : MASTER_HELLO).body, dice);
    try {
      const { environment, outputLimit } = decodeMasterHello({ type: "hello", body });
      assert(Number.isSafeInteger(outputLimit) && outputLimit >= 0);
      assertEquals(environment, crossingEnvironment(environment));
      return "accepted";
    } catch (error) {
      return rejection(error, "ProtocolError");
    }
  },
});

fuzz({
  name: "a slave's hello",
  inputs: 2000,
  outcomes: ["accepted", "ProtocolError"],
  run(dice) {
    const body = tampered(encodeSlaveHello(SLAVE_HELLO).body, dice);
    try {
      const hello = decodeSlaveHello({ type: "hello", body });
      assertEquals(Object.keys(hello), ["inputLimit"]);
      assert(Number.isSafeInteger(hello.inputLimit) && hello.inputLimit >= 0);
      return "accepted";
    } catch (error) {
      return rejection(error, "ProtocolError");
    }
  },
});
