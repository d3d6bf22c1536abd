import { assertEquals } from "@std/assert";
import { toText } from "./streams.ts";

Deno.test("toText joins bytes that were cut within a character", async () => {
  const bytes = new TextEncoder().encode("aäb");
  assertEquals(await toText(ReadableStream.from([bytes.slice(0, 2), bytes.slice(2)])), "aäb");
});
