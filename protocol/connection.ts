// The bytes that a link stands on, each way by itself.
//
//   ByteSource ── data, data, …, end ──> link ── write, write, … ──> ByteSink
//
// Callbacks, and no promise where all is taken at once: a link that has slept answers sooner the less it wakes.

/** What a source tells. */
export interface SourceCallbacks {
  /** What has come, in order. The bytes may be overwritten when this returns. */
  data(bytes: Uint8Array): void;
  /** No more will come. */
  end(): void;
  /** No more will come, for this reason. */
  broke(reason: unknown): void;
}

/** Where bytes come from. */
export interface ByteSource {
  /** Begins to call back. Once only. */
  start(on: SourceCallbacks): void;
  /** Calls back no more, and holds on: what still comes waits, and who sends it. */
  pause(): void;
  /** Calls back no more, and lets go. */
  cancel(): void;
}

/** Where bytes go. */
export interface ByteSink {
  /**
   * Takes bytes, which may be overwritten when they were taken. One write at a time.
   *
   * @returns nothing if all were taken at once, else what settles when they were.
   * @throws if nobody takes them any more; so may what it returns.
   */
  write(bytes: Uint8Array): Promise<void> | void;
  /** Lets go. */
  close(): Promise<void> | void;
}

/** A pair of byte streams. */
export interface ByteStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** The two ways of a connection. */
export interface Connection {
  readonly source: ByteSource;
  readonly sink: ByteSink;
}

/** The ways of a connection that is a pair of web streams, or is none. */
export function connectionOf(either: ByteStreams | Connection): Connection {
  if ("source" in either) return either;
  return { source: new StreamSource(either.readable), sink: new StreamSink(either.writable) };
}

/** What a web stream gives. */
export class StreamSource implements ByteSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #paused = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  start(on: SourceCallbacks): void {
    this.#pump(on).catch(on.broke);
  }

  async #pump({ data, end }: SourceCallbacks): Promise<void> {
    while (!this.#paused) {
      const { value, done } = await this.#reader.read();
      if (this.#paused) return;
      if (done) return end();
      data(value);
    }
  }

  pause(): void {
    this.#paused = true;
  }

  cancel(): void {
    this.#paused = true;
    this.#reader.cancel().catch(() => {});
  }
}

/** What is written goes into a web stream. */
export class StreamSink implements ByteSink {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(stream: WritableStream<Uint8Array>) {
    this.#writer = stream.getWriter();
  }

  write(bytes: Uint8Array): Promise<void> {
    // A stream may have taken them, and still hold them.
    return this.#writer.write(bytes.slice());
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}
