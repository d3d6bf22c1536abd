import { assertEquals } from "@std/assert";
import { PendingBytes } from "./pending_bytes.ts";

Deno.test("PendingBytes gives all that waits, in order, once", () => {
  const pending = new PendingBytes();
  for (const bytes of [[1], [], [2, 3]]) pending.push(new Uint8Array(bytes));
  assertEquals(pending.length, 3);
  assertEquals(pending.take(), Uint8Array.of(1, 2, 3));
  assertEquals(pending.length, 0);
  assertEquals(pending.take(), new Uint8Array());
});

Deno.test("PendingBytes leaves what was taken as it is while more comes", () => {
  const pending = new PendingBytes();
  for (const length of [3, 300_000, 5, 70_000, 1]) {
    pending.push(new Uint8Array(length).fill(1));
    const taken = pending.take();
    pending.push(new Uint8Array(length).fill(2));
    assertEquals(taken, new Uint8Array(length).fill(1));
    assertEquals(pending.take(), new Uint8Array(length).fill(2));
  }
});

Deno.test("PendingBytes keeps the order of very many", () => {
  const pending = new PendingBytes();
  const expected = Uint8Array.from({ length: 5000 }, (_, index) => index);
  for (const byte of expected) pending.push(Uint8Array.of(byte));
  assertEquals(pending.length, 5000);
  assertEquals(pending.take(), expected);
});
