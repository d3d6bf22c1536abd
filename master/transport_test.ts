import { assertEquals, assertThrows } from "@std/assert";
import { libc, SystemError } from "../sys/libc.ts";
import { Poller } from "../sys/poller.ts";
import { Transport } from "./transport.ts";

/** Runs `use` with a transport of `command`. */
async function withTransport(
  command: string[],
  use: (transport: Transport) => Promise<void>,
): Promise<void> {
  const poller = new Poller();
  try {
    await use(new Transport(command, poller, { grouped: true }));
  } finally {
    poller.close();
  }
}

Deno.test("Transport carries bytes both ways, and ends when its stdin is closed", async () => {
  await withTransport(["cat"], async (transport) => {
    const sent = new Uint8Array(1 << 20).map((_, index) => index % 251);
    const writer = transport.streams.writable.getWriter();
    const writing = writer.write(sent).then(() => writer.close());
    const received = new Uint8Array(sent.length);
    let length = 0;
    for await (const chunk of transport.streams.readable) {
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
  await withTransport(["sh", "-c", "exit 3"], async (transport) => {
    for await (const _ of transport.streams.readable);
    assertEquals(await transport.end(), { code: 3 });
    await transport.streams.writable.close();
  });
});

Deno.test("Transport that does not end is ended, with all its group, though it is stopped", async () => {
  const command = ["sh", "-c", "sleep 1000 & echo; wait"];
  await withTransport(command, async (transport) => {
    const reader = transport.streams.readable.getReader();
    await reader.read();
    assertEquals(transport.stopped, false);
    libc.kill(-transport.pid, "SIGSTOP");
    while (!transport.stopped) await new Promise((resolve) => setTimeout(resolve));
    await transport.streams.writable.close();
    assertEquals(await transport.end(), undefined);
    // The end of what both could write to: none of them lives.
    assertEquals((await reader.read()).done, true);
  });
});

Deno.test("Transport that is not there can't be started", () => {
  const poller = new Poller();
  const start = () => new Transport(["/no/such/transport"], poller, { grouped: false });
  assertEquals((assertThrows(start, SystemError) as SystemError).code, "ENOENT");
  poller.close();
});
