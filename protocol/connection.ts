// The byte streams below a link, one for each direction.
//
//   ByteSource ── data, data, …, end ──> link ── write, write, … ──> ByteSink
//
// These are callbacks, without a promise if all bytes are taken at once: after a sleep, the less code runs the sooner
// a link answers.

/** What a source calls. */
export interface SourceCallbacks {
  /** Bytes have come. They may be overwritten when this returns. */
  data(bytes: Uint8Array): void;
  /** No more bytes will come. */
  end(): void;
  /** No more bytes will come, for this reason. */
  broke(reason: unknown): void;
}

/** Where bytes come from. */
export interface ByteSource {
  /** Begins to call back. To be called once. */
  start(on: SourceCallbacks): void;
  /** Stops calling back for now. What comes meanwhile waits, and so does its sender. */
  pause(): void;
  /** Stops calling back, and closes the source. */
  cancel(): void;
}

/** Where bytes go. */
export interface ByteSink {
  /**
   * Writes bytes, one write at a time. They may be overwritten when they were taken.
   *
   * @returns undefined if all were taken at once, else a promise that settles when they were.
   * @throws if nobody reads them any more. The promise may reject for the same reason.
   */
  write(bytes: Uint8Array): Promise<void> | void;
  /** Closes the sink. */
  close(): Promise<void> | void;
}

/** A pair of byte streams. */
export interface ByteStreams {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Both directions of a connection. */
export interface Connection {
  readonly source: ByteSource;
  readonly sink: ByteSink;
}

/** The two directions of a connection, which may be given as a pair of web streams. */
export function connectionOf(either: ByteStreams | Connection): Connection {
  if ("source" in either) return either;
  return { source: new StreamSource(either.readable), sink: new StreamSink(either.writable) };
}

/** A source that reads a web stream. */
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

/** A sink that writes to a web stream. */
export class StreamSink implements ByteSink {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(stream: WritableStream<Uint8Array>) {
    this.#writer = stream.getWriter();
  }

  write(bytes: Uint8Array): Promise<void> {
    // A stream may have accepted the bytes and still keep them.
    return this.#writer.write(bytes.slice());
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}
