import { assertEquals, assertThrows } from "@std/assert";
import { summarize } from "./statistics.ts";

Deno.test("summarize gives the middle and the quartiles of unsorted samples", () => {
  assertEquals(summarize([5, 1, 4, 2, 3]), { median: 3, low: 2, high: 4 });
});

Deno.test("summarize goes between two samples", () => {
  assertEquals(summarize([10, 20]), { median: 15, low: 12.5, high: 17.5 });
});

Deno.test("summarize takes a single sample for all", () => {
  assertEquals(summarize([7]), { median: 7, low: 7, high: 7 });
});

Deno.test("summarize refuses no samples", () => {
  assertThrows(() => summarize([]), RangeError);
});
