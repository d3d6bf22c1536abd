import { AssertionError } from "node:assert";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "./assert.ts";

const LIST = [1];

/** What holds, and what does not, with something that the failure says. */
const CHECKS: readonly [name: string, holds: () => void, fails: () => void, says: string][] = [
  ["assert", () => assert(1), () => assert(0, "why"), "why"],
  ["assertFalse", () => assertFalse(0), () => assertFalse(1, "why"), "why"],
  [
    "assertEquals",
    () => assertEquals(new Map([["a", LIST]]), new Map([["a", [1]]])),
    () => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "why"),
    "b: 3",
  ],
  ["assertNotEquals", () => assertNotEquals([1], [2]), () => assertNotEquals([1], [1]), "1"],
  [
    "assertStrictEquals",
    () => assertStrictEquals(LIST, LIST),
    () => assertStrictEquals(LIST, [1], "why"),
    "why",
  ],
  [
    "assertNotStrictEquals",
    () => assertNotStrictEquals(LIST, [1]),
    () => assertNotStrictEquals(LIST, LIST),
    "1",
  ],
  ["assertMatch", () => assertMatch("abc", /b/), () => assertMatch("abc", /d/), "/d/"],
  ["assertNotMatch", () => assertNotMatch("abc", /d/), () => assertNotMatch("abc", /b/), "/b/"],
  ["assertLess", () => assertLess(1, 2), () => assertLess(2, 2, "why"), "2 is not below 2\nwhy"],
  [
    "assertStringIncludes",
    () => assertStringIncludes("abc", "b"),
    () => assertStringIncludes("abc", "d"),
    '"abc" lacks "d"',
  ],
  [
    "assertInstanceOf",
    () => assertInstanceOf(new RangeError("x"), Error),
    () => assertInstanceOf("x", Error),
    "Error",
  ],
];

for (const [name, holds, fails, says] of CHECKS) {
  Deno.test(`${name} fails where it does not hold, and says why`, () => {
    holds();
    assertStringIncludes(assertThrows(fails, AssertionError).message, says);
  });
}

Deno.test("assertEquals says the difference and the message", () => {
  const fails = () => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }, "why");
  assertMatch(assertThrows(fails, AssertionError).message, /b: 2[^]*b: 3[^]*why/);
});

Deno.test("assertThrows checks class and message", () => {
  const fn = () => {
    throw new RangeError("Length exceeds the limit");
  };
  assertEquals(assertThrows(fn, RangeError, "the limit").message, "Length exceeds the limit");
  assertThrows(() => assertThrows(fn, TypeError), AssertionError, "TypeError");
  assertThrows(() => assertThrows(fn, RangeError, "absent"), AssertionError, "absent");
  assertThrows(() => assertThrows(() => {}, Error), AssertionError, "not undefined");
});

Deno.test("assertRejects checks class and message", async () => {
  const fn = () => Promise.reject(new TypeError("Not a frame"));
  assertStringIncludes((await assertRejects(fn, TypeError, "frame")).message, "Not");
  await assertRejects(() => assertRejects(fn, RangeError), AssertionError, "RangeError");
  await assertRejects(() => assertRejects(async () => {}, Error), AssertionError, "not undefined");
});
