// Gives terminals to the tests that would open pseudoterminals (zpty.zsh, fish_driver.py). Each connection is a terminal
// with a command on it. The first line has the terminal's settings, the second names a file that runs the command, and the
// rest is typed.

import type { Session } from "../harness/session.ts";
import type { Terminal } from "./suite.ts";

/** A listening socket. */
export class ZptyServer implements AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #terminal: Terminal;
  readonly #shell: string;
  readonly #serving: Promise<void>;

  /** `shell` runs the files. */
  constructor(path: string, terminal: Terminal, shell: string) {
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#terminal = terminal;
    this.#shell = shell;
    this.#serving = this.#serve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    const running: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      running.push(this.#run(connection).catch((error) => console.error(error.message)));
    }
    await Promise.all(running);
  }

  async #run(connection: Deno.UnixConn): Promise<void> {
    const input = new Input(connection);
    const [settings, file] = [await input.line(), await input.line()];
    let sent = Promise.resolve();
    let typing = Promise.resolve();
    await this.#terminal.run({
      command: [this.#shell, file],
      settings,
      attend: (session) => void (typing = type(input, session)),
      onOutput: (chunk) => void (sent = sent.then(() => send(connection, chunk))),
    });
    await sent;
    await connection.closeWrite().catch(() => {});
    await typing;
    connection.close();
  }
}

/** Types what comes; at its end the terminal hangs up. */
async function type(input: Input, session: Session): Promise<void> {
  for (let chunk = await input.some(); chunk.length > 0; chunk = await input.some()) {
    await session.pty.write(chunk);
  }
  await session[Symbol.asyncDispose]();
}

/** What a connection brings: lines first, then bytes. */
class Input {
  readonly #connection: Deno.UnixConn;
  #unread = new Uint8Array();

  constructor(connection: Deno.UnixConn) {
    this.#connection = connection;
  }

  /** A line; at the end what there is. */
  async line(): Promise<string> {
    while (!this.#unread.includes(10)) {
      const more = await this.#read();
      if (more.length === 0) break;
      this.#unread = new Uint8Array([...this.#unread, ...more]);
    }
    const end = this.#unread.indexOf(10);
    const line = this.#unread.slice(0, end);
    this.#unread = this.#unread.slice(end + 1);
    return new TextDecoder().decode(line);
  }

  /** Some bytes; none at the end. */
  async some(): Promise<Uint8Array> {
    const unread = this.#unread;
    this.#unread = new Uint8Array();
    return unread.length > 0 ? unread : await this.#read();
  }

  async #read(): Promise<Uint8Array> {
    const buffer = new Uint8Array(4096);
    const count = await this.#connection.read(buffer).catch(() => null);
    return buffer.slice(0, count ?? 0);
  }
}

async function send(connection: Deno.UnixConn, chunk: Uint8Array): Promise<void> {
  try {
    for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
  } catch {
    // Who closed its end wants no more.
  }
}
