import { assertEquals, assertThrows } from "@std/assert";
import { ProtocolError } from "../protocol/errors.ts";
import { MAX_STEPS } from "../protocol/limits.ts";
import { PlainOutput } from "./plain_output.ts";

const LIMIT = 1000;

/** Output to a stream that takes its next chunk when the test says so. */
function blocked() {
  const chunks: string[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  const stream = new WritableStream<Uint8Array>({
    write(bytes) {
      chunks.push(new TextDecoder().decode(bytes));
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      return gate.promise;
    },
  }, { highWaterMark: 0 });
  const output = new PlainOutput(stream, LIMIT, {
    progress: () => {},
    failed: (error) => failures.push(error),
  });
  const goOn = () => (gates.shift() as PromiseWithResolvers<void>).resolve();
  return { output, chunks, gates, failures, goOn };
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Lets a stream take its next turns. */
const turn = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("PlainOutput joins what comes during a write, across gaps, and counts what was written", async () => {
  const { output, chunks, goOn } = blocked();
  output.push(bytes("a"), 1);
  for (let i = 1; i <= 100; i++) output.push(bytes("b"), 10 * i);
  const drained: string[] = [];
  output.then(() => drained.push("all"));
  await turn();
  assertEquals(chunks, ["a"]);
  goOn();
  await turn();
  assertEquals([chunks.length, chunks[1], output.written], [2, "b".repeat(100), 1]);
  assertEquals(drained, []);
  goOn();
  await output.flushed;
  assertEquals([output.written, output.empty, drained.length], [1000, true, 1]);
});

Deno.test("PlainOutput refuses endless drains", async () => {
  const { output, goOn } = blocked();
  output.push(bytes("a"), 1);
  for (let i = 0; i < MAX_STEPS; i++) output.then(() => {});
  assertThrows(() => output.then(() => {}), ProtocolError, "drain");
  await turn();
  goOn();
  await turn();
});

Deno.test("PlainOutput settles what waits for a stream that failed", async () => {
  const { output, gates, failures } = blocked();
  output.push(bytes("a"), 1);
  const { flushed } = output;
  await turn();
  gates[0].reject(new Error("gone"));
  await flushed;
  assertEquals(failures.map(String), ["Error: gone"]);
});
