import { assertEquals } from "@std/assert";
import { flakyFailures, readFlaky, writeFlaky } from "./flaky.ts";

Deno.test("flakyFailures() takes a few tests, none of them twice in a row", () => {
  assertEquals(flakyFailures([], ["a"], 2), []);
  assertEquals(flakyFailures(["a", "b"], ["c"], 2), []);
  assertEquals(flakyFailures(["a", "b", "c"], [], 2), ["3 flaky tests"]);
  assertEquals(flakyFailures(["a", "b"], ["b"], 2), ["flaky in the last run, too: b"]);
});

Deno.test("readFlaky() gives what writeFlaky() kept, and nothing before that", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/new/flaky.json`;
    assertEquals(readFlaky(path), []);
    writeFlaky(path, ["a: b"]);
    assertEquals(readFlaky(path), ["a: b"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
