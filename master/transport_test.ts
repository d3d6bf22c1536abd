import { assertEquals, assertThrows } from "@std/assert";
import { libc, SystemError } from "../sys/libc.ts";
import { type PipeSource, readableFrom, writableTo } from "../sys/pipe_streams.ts";
import { Poller } from "../sys/poller.ts";
import { Transport } from "./transport.ts";

/** Runs `use` with a transport of `command`, and its streams. */
async function withTransport(
  command: string[],
  use: (
    transport: Transport,
    readable: ReadableStream<Uint8Array>,
    writable: WritableStream<Uint8Array>,
  ) => Promise<void>,
): Promise<void> {
  const poller = new Poller();
  try {
    const transport = new Transport(command, poller, { grouped: true });
    const { source, sink } = transport.connection;
    await use(transport, readableFrom(source as PipeSource), writableTo(sink));
  } finally {
    poller.close();
  }
}

Deno.test("Transport carries bytes both ways, and ends when its stdin is closed", async () => {
  await withTransport(["cat"], async (transport, readable, writable) => {
    const sent = new Uint8Array(1 << 20).map((_, index) => index % 251);
    const writer = writable.getWriter();
    const writing = writer.write(sent).then(() => writer.close());
    const received = new Uint8Array(sent.length);
    let length = 0;
    for await (const chunk of readable) {
      received.set(chunk, length);
      length += chunk.length;
    }
    await writing;
    assertEquals(length, sent.length);
    assertEquals(received, sent);
    assertEquals(await transport.end(), { code: 0 });
  });
});

Deno.test("Transport tells how it ended", async () => {
  await withTransport(["sh", "-c", "exit 3"], async (transport, readable, writable) => {
    for await (const _ of readable);
    assertEquals(await transport.end(), { code: 3 });
    await writable.close();
  });
});

Deno.test("Transport that does not end is ended, with all its group, though it is stopped", async () => {
  const command = ["sh", "-c", "sleep 1000 & echo; wait"];
  await withTransport(command, async (transport, readable, writable) => {
    const reader = readable.getReader();
    await reader.read();
    assertEquals(transport.stopped, false);
    libc.kill(-transport.pid, "SIGSTOP");
    while (!transport.stopped) await new Promise((resolve) => setTimeout(resolve));
    await writable.close();
    assertEquals(await transport.end(), undefined);
    // The end of file of a pipe that both could write to: neither is alive.
    assertEquals((await reader.read()).done, true);
  });
});

Deno.test("Transport that is not there can't be started", () => {
  const poller = new Poller();
  const start = () => new Transport(["/no/such/transport"], poller, { grouped: false });
  assertEquals((assertThrows(start, SystemError) as SystemError).code, "ENOENT");
  poller.close();
});
