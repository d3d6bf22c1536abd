// A TCP relay that damages what it carries as a test asks for, the same way each time.
//
//   client ──> relay ──> server      each way: split or merged, late, corrupted, cut

/** What goes wrong. Positions count bytes of the one direction, from 0. */
export interface Faults {
  /** Gives the same pieces each time. */
  readonly seed?: number;
  /** Longest piece in bytes, when pieces are split at random. */
  readonly split?: number;
  /** How long, in ms, pieces are gathered before they go on as one. */
  readonly merge?: number;
  /** Delay each way, in ms. */
  readonly delay?: number;
  /** Bytes a second each way. More than that waits, as in a router. */
  readonly rate?: number;
  /** Bytes to the client that come before the server's first. */
  readonly garbage?: Uint8Array;
  /** The line is cut after so many bytes to the client. */
  readonly cutAfter?: number;
  /** The byte to the client that arrives with all its bits inverted. */
  readonly corruptAt?: number;
}

/** Numbers from 0 to 1 that depend only on the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A relay to a port of this machine. */
export class FaultyRelay implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #work = new Set<Promise<void>>();
  readonly #faults: Faults;
  readonly #target: number;
  #frozen: Promise<void> | undefined;
  #thaw: () => void = () => {};
  /** Bytes that went by: to the client, and to the server. */
  readonly carried = { client: 0, server: 0 };

  constructor(target: number, faults: Faults) {
    this.#target = target;
    this.#faults = faults;
    this.#run(this.#accept());
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Silently lets nothing through any more, as a dead link. */
  freeze(): void {
    this.#frozen = new Promise((resolve) => this.#thaw = resolve);
  }

  /** Cuts every connection. */
  cut(): void {
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
    this.#thaw();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  /** Connections may end in any way, so their errors do not count here. */
  #run(work: Promise<void>): void {
    const guarded: Promise<void> = work.catch(() => {}).finally(() => this.#work.delete(guarded));
    this.#work.add(guarded);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      for (const connection of [client, server]) {
        connection.setNoDelay();
        this.#connections.add(connection);
      }
      this.#run(this.#carry(server, client, "client"));
      this.#run(this.#carry(client, server, "server"));
    }
  }

  async #carry(from: Deno.TcpConn, to: Deno.TcpConn, target: "client" | "server"): Promise<void> {
    const random = seededRandom((this.#faults.seed ?? 1) + (target === "client" ? 0 : 1));
    // Delayed bytes queue up while reading goes on, as on a long wire.
    let line: Promise<void> = Promise.resolve();
    let failed = false;
    let free = 0;
    for await (const chunk of this.#chunks(from, target)) {
      free = Math.max(free, performance.now()) +
        chunk.length * 1000 / (this.#faults.rate ?? Infinity);
      const due = free + (this.#faults.delay ?? 0);
      line = line.then(async () => {
        await sleepUntil(due);
        await this.#frozen;
        for (const piece of this.#pieces(chunk, random)) await writeAll(to, piece);
      }).catch(() => {
        failed = true;
      });
      if (failed) break;
      this.carried[target] += chunk.length;
      if (target === "client" && this.carried.client === this.#faults.cutAfter) {
        await line;
        return this.cut();
      }
    }
    await line;
    await to.closeWrite();
  }

  /** The bytes to pass on: first the garbage, then gathered, corrupted and cut as configured. */
  async *#chunks(from: Deno.TcpConn, target: "client" | "server"): AsyncGenerator<Uint8Array> {
    const { garbage, merge = 0, corruptAt = -1, cutAfter = Infinity } = this.#faults;
    if (target === "client" && garbage !== undefined) yield garbage;
    const buffer = new Uint8Array(1 << 16);
    let position = this.carried[target];
    for (;;) {
      const count = await from.read(buffer);
      if (count === null) return;
      let length = count;
      if (merge > 0) {
        await sleepUntil(performance.now() + merge);
      }
      let chunk = buffer.slice(0, length);
      if (target === "client") {
        const at = corruptAt - position;
        if (at >= 0 && at < chunk.length) chunk[at] ^= 0xff;
        if (position + length > cutAfter) chunk = chunk.subarray(0, cutAfter - position);
        length = chunk.length;
      }
      position += length;
      if (length > 0) yield chunk;
    }
  }

  *#pieces(chunk: Uint8Array, random: () => number): Generator<Uint8Array> {
    const { split } = this.#faults;
    let start = 0;
    while (start < chunk.length) {
      const length = split === undefined ? chunk.length : 1 + Math.floor(random() * split);
      yield chunk.subarray(start, start + length);
      start += length;
    }
  }
}

async function sleepUntil(due: number): Promise<void> {
  const rest = due - performance.now();
  if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
}

async function writeAll(to: Deno.TcpConn, piece: Uint8Array): Promise<void> {
  let rest = piece;
  while (rest.length > 0) rest = rest.subarray(await to.write(rest));
}
