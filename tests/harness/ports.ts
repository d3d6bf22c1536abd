// TCP ports of this machine.

import { eventually } from "./processes.ts";

/** How long a server may take to listen, in ms. */
const PATIENCE = 10_000;
/** LISTEN, as /proc/net/tcp writes it. */
const LISTENING = "0A";

/** An unused port. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** Whether a server listens. The kernel's table says so; a connection would use up a server that serves only one. */
async function listening(port: number): Promise<boolean> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const lines = (await Deno.readTextFile(table).catch(() => "")).split("\n").slice(1);
    const fields = lines.map((line) => line.trim().split(/\s+/));
    if (fields.some(([, local, , state]) => local?.endsWith(wanted) && state === LISTENING)) {
      return true;
    }
  }
  return false;
}

/** Waits for a server. */
export async function untilListening(port: number, whoever: string): Promise<void> {
  if (!await eventually(() => listening(port), PATIENCE)) {
    throw new Error(`Cannot connect to ${whoever}: nobody listens on port ${port}`);
  }
}
