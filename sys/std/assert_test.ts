import {
  assertEquals,
  AssertionError,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "./assert.ts";

Deno.test("assertEquals() compares in depth and shows the difference", () => {
  assertEquals(new Map([["a", new Uint8Array([1])]]), new Map([["a", new Uint8Array([1])]]));
  const error = assertThrows(() => assertEquals({ a: 1, b: 2 }, { a: 1, b: 3 }), AssertionError);
  assertMatch(error.message, /[+-] +b: 2/);
  assertMatch(error.message, /[+-] +b: 3/);
});

Deno.test("assertThrows() checks class and message", () => {
  const fn = () => {
    throw new RangeError("Length exceeds the limit");
  };
  assertEquals(assertThrows(fn, RangeError, "the limit").message, "Length exceeds the limit");
  assertThrows(() => assertThrows(fn, TypeError), AssertionError, "TypeError");
  assertThrows(() => assertThrows(fn, RangeError, "absent"), AssertionError, "absent");
  assertThrows(() => assertThrows(() => {}), AssertionError, "to throw");
});

Deno.test("assertRejects() checks class and message", async () => {
  const fn = () => Promise.reject(new TypeError("Not a frame"));
  assertStringIncludes((await assertRejects(fn, TypeError, "frame")).message, "Not");
  await assertRejects(() => assertRejects(fn, RangeError), AssertionError, "RangeError");
  await assertRejects(
    () => assertRejects(() => Promise.resolve(), "why"),
    AssertionError,
    "to reject: why",
  );
});
