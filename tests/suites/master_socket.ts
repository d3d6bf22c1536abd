// The near end of a terminal as a socket, for tests that hold both ends of their terminal. They write what is typed, and
// read what the terminal shows.

import type { Session } from "../harness/session.ts";

/** A listening socket. */
export class MasterSocket implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #connections = new Set<Deno.UnixConn>();
  #serving: Promise<void> | undefined;
  /** Pieces of output go out in their order. */
  #sent: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#listener = Deno.listen({ transport: "unix", path });
  }

  /** Serves who connects with this terminal's end, until disposed. */
  attend(session: Session): void {
    this.#serving = this.#serve(session);
  }

  /** Gives everyone connected what the terminal shows. */
  show(chunk: Uint8Array): void {
    this.#sent = this.#sent.then(async () => {
      for (const connection of this.#connections) await send(connection, chunk);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#sent;
    await this.#serving;
  }

  async #serve(session: Session): Promise<void> {
    const reading: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      // One byte tells the other side that it is connected.
      await send(connection, new Uint8Array(1));
      this.#connections.add(connection);
      reading.push(this.#read(connection, session));
    }
    await Promise.all(reading);
  }

  async #read(connection: Deno.UnixConn, session: Session): Promise<void> {
    const buffer = new Uint8Array(4096);
    try {
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null) break;
        await session.pty.write(buffer.slice(0, count));
      }
    } catch {
      // Closed by ourselves or by a test that ended.
    }
    this.#connections.delete(connection);
    close(connection);
  }
}

/** Sends all of it, or nothing more once the other side is gone. */
async function send(connection: Deno.UnixConn, chunk: Uint8Array): Promise<void> {
  try {
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
  } catch {
    // A test that has closed its end wants no more.
  }
}

function close(connection: Deno.UnixConn): void {
  try {
    connection.close();
  } catch {
    // Closed before.
  }
}
