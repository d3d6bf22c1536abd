import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { LinkLostError, ProtocolError } from "./errors.ts";
import { encodeFrame, FrameDecoder } from "./frame_codec.ts";
import { FakeTime } from "./fake_time.ts";
import type { Frame, FrameFrom } from "./frames.ts";
import { Link, type LinkOptions, type Peer, type Role } from "./link.ts";
import { preamble, PreambleFinder } from "./preamble.ts";

/** Longer than any test, for what must not happen. */
const NEVER = 60_000;
/** Milliseconds of a test's own time until a silence is noticed. */
const SOON = 150;

const PATIENT: LinkOptions = { timeout: NEVER, patience: NEVER };

/** A link, and the raw ends at which a test plays its peer. */
class Played<Self extends Role> {
  readonly link: Link<Self>;
  readonly running: Promise<void>;
  readonly taken: FrameFrom<Peer<Self>>[] = [];
  readonly #toLink = new TransformStream<Uint8Array, Uint8Array>();
  readonly #fromLink: TransformStream<Uint8Array, Uint8Array>;
  readonly #writer = this.#toLink.writable.getWriter();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #self: Self;

  constructor(self: Self, options: Partial<LinkOptions> = {}, queue = Infinity) {
    this.#self = self;
    this.#fromLink = new TransformStream({}, { highWaterMark: queue }, { highWaterMark: queue });
    this.#reader = this.#fromLink.readable.getReader();
    const streams = { readable: this.#toLink.readable, writable: this.#fromLink.writable };
    this.link = new Link(self, streams, { ...PATIENT, ...options });
    this.running = this.link.run((frame) => {
      if (frame.type !== "hello") this.taken.push(frame);
    });
    // The test looks at it later.
    this.running.catch(() => {});
  }

  get peer(): Peer<Self> {
    return (this.#self === "master" ? "slave" : "master") as Peer<Self>;
  }

  /** Gives the link bytes, as one chunk. Settles when it has taken them. */
  give(...parts: (Uint8Array | string | Frame)[]): Promise<void> {
    const bytes = parts.flatMap((part) => {
      if (typeof part === "string") return [...new TextEncoder().encode(part)];
      return [...part instanceof Uint8Array ? part : encodeFrame(part)];
    });
    return this.#writer.write(new Uint8Array(bytes));
  }

  hello(...frames: Frame[]): Promise<void> {
    return this.give(preamble(this.peer), { type: "hello", body: {} }, ...frames);
  }

  /** The next chunk that the link has written. */
  async chunk(): Promise<Uint8Array | undefined> {
    return (await this.#reader.read()).value;
  }

  /** The next frames that the link has written in one chunk, after its preamble. */
  async frames(): Promise<unknown[]> {
    const chunk = await this.chunk();
    assert(chunk, "the link has closed its end");
    const rest = new PreambleFinder(this.#self).push(chunk);
    return [...new FrameDecoder(this.#self).decode(rest ?? chunk)];
  }

  /** Ends what the link reads. */
  async hangUp(): Promise<void> {
    await this.#writer.close();
  }

  async breakReading(reason: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  async breakWriting(): Promise<void> {
    await this.#reader.cancel("broken pipe");
  }

  async end(): Promise<void> {
    await Promise.all([this.link.close(), this.#reader.cancel(), this.hangUp().catch(() => {})]);
    await this.running.catch(() => {});
  }
}

/** Runs a test with a link, and closes the link even if the test fails. */
async function playing<Self extends Role>(
  self: Self,
  options: Partial<LinkOptions>,
  test: (played: Played<Self>) => Promise<void>,
): Promise<void> {
  const played = new Played(self, options);
  try {
    await test(played);
  } finally {
    await played.end();
  }
}

/** The same, with time that passes only when the test says so. */
async function playingInTime<Self extends Role>(
  self: Self,
  options: Partial<LinkOptions>,
  test: (played: Played<Self>, time: FakeTime) => Promise<void>,
): Promise<void> {
  using time = new FakeTime();
  await playing(self, options, (played) => test(played, time));
}

Deno.test("Link joins two sides", async () => {
  const [up, down] = [new TransformStream(), new TransformStream()];
  const master = new Link("master", { readable: down.readable, writable: up.writable }, PATIENT);
  const slave = new Link("slave", { readable: up.readable, writable: down.writable }, PATIENT);
  const taken: unknown[] = [];
  const running = [
    master.run((frame) => {
      taken.push(frame);
      if (frame.type === "exit") void master.close();
    }),
    slave.run((frame) => {
      taken.push(frame);
      slave.send({ type: "exit", kind: "status", code: 7 });
      void slave.close(NEVER);
    }),
  ];
  master.send({ type: "suspend" });
  await Promise.all(running);
  assertEquals(taken, [{ type: "suspend" }, { type: "exit", kind: "status", code: 7 }]);
});

Deno.test("Link that speaks second says nothing before the peer does", async () => {
  await playing("master", { speaksSecond: true }, async (played) => {
    played.link.send({ type: "suspend" });
    await played.give("login: ");
    let said = false;
    const first = played.chunk().then((chunk) => {
      said = true;
      return new TextDecoder().decode(chunk);
    });
    // Time enough for a link that does not wait.
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setTimeout(resolve));
    assertFalse(said);
    await played.hello();
    assertStringIncludes(await first, "\nRPTY/1 master\n");
    assertStringIncludes(await first, new TextDecoder().decode(encodeFrame({ type: "suspend" })));
  });
});

Deno.test("Link sends its preamble first, and with it what is sent at once", async () => {
  await playing("slave", {}, async (played) => {
    played.link.send({ type: "window", limit: 1 });
    const chunk = new TextDecoder().decode(await played.chunk());
    assert(chunk.startsWith("\nRPTY/1 slave\n"), chunk);
    assert(chunk.length > preamble("slave").length, "the frame came in another chunk");
  });
});

Deno.test("Link writes frames that are sent together in one chunk", async () => {
  await playing("slave", {}, async (played) => {
    await played.chunk();
    const frames: Frame[] = [{ type: "restart" }, { type: "drain", id: 1 }, {
      type: "output",
      offset: 0,
      bytes: Uint8Array.of(36, 32),
    }];
    for (const frame of frames) played.link.send(frame);
    assertEquals(await played.frames(), frames);
  });
});

Deno.test("Link joins what is sent while a write waits", async () => {
  const played = new Played("slave", {}, 0);
  for (let id = 0; id < 3000; id++) {
    played.link.send({ type: "drain", id });
    if (id % 1000 === 0) await Promise.resolve();
  }
  await played.frames();
  assertEquals((await played.frames()).length, 2999);
  await played.end();
});

Deno.test("Link.flushed settles when what was sent has been written", async () => {
  await playing("slave", {}, async ({ link }) => {
    await link.flushed;
    link.send({ type: "restart" });
    await link.flushed;
  });
});

Deno.test("Link gives frames in order, wherever chunks end", async () => {
  await playing("master", {}, async (played) => {
    const drains = [1, 2, 3].map((id) => ({ type: "drain", id }) as const);
    const bytes = new Uint8Array([
      ...new TextEncoder().encode("Welcome!\n"),
      ...preamble("slave"),
      ...drains.flatMap((frame) => [...encodeFrame(frame)]),
    ]);
    // [W][e][l][c]…
    for (const byte of bytes) await played.give(Uint8Array.of(byte));
    assertEquals<unknown>(played.taken, drains);
  });
});

Deno.test("Link answers a ping by itself", async () => {
  await playing("master", {}, async (played) => {
    await played.chunk();
    await played.hello({ type: "ping", id: 41 });
    assertEquals(await played.frames(), [{ type: "pong", id: 41 }]);
    assertEquals(played.taken, []);
  });
});

Deno.test("Link pings a silent peer", async () => {
  await playingInTime("master", { patience: SOON }, async (played, time) => {
    await played.chunk();
    await played.hello();
    await time.pass(SOON / 2);
    assertEquals(await played.frames(), [{ type: "ping", id: 0 }]);
  });
});

Deno.test("Link keeps a peer that does nothing but answer", async () => {
  await playingInTime("master", { patience: SOON }, async (played, time) => {
    await played.chunk();
    await played.hello();
    for (let passed = 0; passed < 4 * SOON; passed += SOON / 2) {
      await time.pass(SOON / 2);
      assertEquals(await played.frames(), [{ type: "ping", id: 0 }]);
      await played.give({ type: "pong", id: 0 });
    }
    assertEquals(played.taken, []);
  });
});

Deno.test("Link loses a peer that is silent after the handshake", async () => {
  await playingInTime("master", { patience: SOON }, async (played, time) => {
    await played.hello();
    await time.pass(2 * SOON);
    await assertRejects(
      () => played.running,
      LinkLostError,
      `nothing came from the other side for ${SOON / 1000} seconds`,
    );
  });
});

Deno.test("Link loses a peer that never says anything", async () => {
  await playingInTime("master", { timeout: SOON }, async (played, time) => {
    await time.pass(2 * SOON);
    await assertRejects(
      () => played.running,
      LinkLostError,
      `the other side did not say hello within ${SOON / 1000} seconds`,
    );
  });
});

for (const [what, said] of [["noise", "x"], ["pings", encodeFrame({ type: "ping", id: 1 })]]) {
  Deno.test(`Link waits no longer for a hello because of ${what}`, async () => {
    await playingInTime("master", { timeout: SOON, patience: NEVER }, async (played, time) => {
      if (what === "pings") await played.give(preamble("slave"));
      const lost = assertRejects(() => played.running, Error);
      let running = true;
      void lost.finally(() => running = false);
      for (let passed = 0; running && passed < 10 * SOON; passed += SOON / 10) {
        void played.give(said).catch(() => {});
        await time.pass(SOON / 10);
      }
      assertFalse(running, "each byte buys it time");
      await lost;
    });
  });
}

Deno.test("Link shows a peer's message on one line, with nothing that a terminal obeys", async () => {
  await playing("master", {}, async (played) => {
    const message = "a\nrpty-master: b\r\x1b[2J\x9b1m\u202e\u2066\u200b\u2028c\u00e4";
    await played.hello({ type: "error", message });
    const error = await assertRejects(() => played.running, ProtocolError);
    assertEquals(
      error.message,
      "The other side said: a\\x0arpty-master: b\\x0d\\x1b[2J\\x9b1m" +
        "\\u{202e}\\u{2066}\\u{200b}\\u{2028}c\u00e4",
    );
  });
});

Deno.test("Link says what came instead of a preamble when silence follows", async () => {
  await playingInTime("master", { timeout: SOON }, async (played, time) => {
    await played.give("login: ");
    await time.pass(2 * SOON);
    await assertRejects(() => played.running, ProtocolError, 'it said "login: "');
  });
});

Deno.test("Link expects silence of a peer that said so, until it is heard again", async () => {
  await playingInTime("slave", { patience: SOON }, async (played, time) => {
    await played.chunk();
    await played.hello({ type: "suspend" });
    played.link.expectSilence();
    let running = true;
    void played.running.catch(() => running = false);
    await time.pass(4 * SOON);
    assert(running, "the peer was lost");
    await played.give({ type: "pong", id: 0 });
    await time.pass(2 * SOON);
    await assertRejects(() => played.running, LinkLostError, "nothing came");
  });
});

Deno.test("Link ends with what the other side says of its error", async () => {
  await playing("master", {}, async (played) => {
    await played.hello({ type: "error", message: "no directory is fit" });
    await assertRejects(
      () => played.running,
      ProtocolError,
      "The other side said: no directory is fit",
    );
  });
});

Deno.test("Link.run rejects with what onFrame throws", async () => {
  const streams = new TransformStream<Uint8Array, Uint8Array>();
  const link = new Link("master", { readable: streams.readable, writable: sink() }, PATIENT);
  const running = link.run(() => {
    throw new ProtocolError("Cannot take it");
  });
  const writer = streams.writable.getWriter();
  const written = writer.write(
    new Uint8Array([...preamble("slave"), ...encodeFrame({ type: "restart" })]),
  );
  await assertRejects(() => running, ProtocolError, "Cannot take it");
  await written;
  await link.close();
  // Nobody reads any more, and the other end learns of it.
  const refused = writer.write(new Uint8Array(1)).then(() => writer.closed);
  assert(await refused.then(() => false, () => true));
});

function sink(): WritableStream<Uint8Array> {
  return new WritableStream();
}

type ErrorClass = typeof LinkLostError | typeof ProtocolError;

const ENDS: [string, (played: Played<"master">) => Promise<void>, ErrorClass, string][] = [
  ["at once", (played) => played.hangUp(), LinkLostError, "the link ended before the handshake"],
  [
    "after a banner",
    async (played) => {
      await played.give("bash: rpty-slave: command not found\n");
      await played.hangUp();
    },
    ProtocolError,
    'it does not speak rpty, it said "bash: rpty-slave: command not found\\n"',
  ],
  [
    "after the handshake",
    async (played) => {
      await played.hello({ type: "restart" });
      await played.hangUp();
    },
    LinkLostError,
    "the link was closed by the other side",
  ],
  [
    "within a frame",
    async (played) => {
      await played.hello();
      await played.give(Uint8Array.of(0, 0, 0));
      await played.hangUp();
    },
    ProtocolError,
    "the link ended within it",
  ],
  [
    "with an error",
    async (played) => {
      await played.hello();
      await played.breakReading(new Error("reset by peer"));
    },
    LinkLostError,
    "the link broke: reset by peer",
  ],
  [
    "with a reason that is no error",
    (played) => played.breakReading(undefined),
    LinkLostError,
    "the link broke: undefined",
  ],
  [
    "by an HTTP server's answer",
    (played) => played.give("HTTP/1.1 400 Bad Request\r\n".repeat(3000)),
    ProtocolError,
    'it does not speak rpty, it began with "HTTP/1.1 400 Bad Request',
  ],
  [
    "by a frame that is none",
    async (played) => {
      await played.hello();
      await played.give(Uint8Array.of(255, 255, 255, 255));
    },
    ProtocolError,
    "length 4294967295",
  ],
];
for (const [how, end, kind, message] of ENDS) {
  Deno.test(`Link tells of an end ${how}`, async () => {
    await playing("master", {}, async (played) => {
      // A link that fails cancels what the test still writes.
      await end(played).catch(() => {});
      await assertRejects<Error>(() => played.running, kind, message);
    });
  });
}

Deno.test("Link survives when nobody reads what it writes", async () => {
  await playing("master", {}, async (played) => {
    await played.hello();
    await played.breakWriting();
    for (let id = 0; id < 3; id++) {
      played.link.send({ type: "ping", id });
      await played.link.flushed;
    }
    await played.give({ type: "exit", kind: "status", code: 0 });
    await played.hangUp();
    await assertRejects(() => played.running, LinkLostError);
    assertEquals<unknown>(played.taken, [{ type: "exit", kind: "status", code: 0 }]);
  });
});

Deno.test("Link leaves a peer that asks, and never reads the answers", async () => {
  const played = new Played("slave", {}, 0);
  const bytes = new Uint8Array(1 << 19);
  await played.hello({ type: "ping", id: 1 });
  // What windows allow is tolerated.
  for (let offset = 0; offset < 31 << 20; offset += bytes.length) {
    played.link.send({ type: "output", offset, bytes });
  }
  await played.give({ type: "ping", id: 2 });
  for (let id = 0; id < 4; id++) played.link.send({ type: "output", offset: 0, bytes });
  await played.give({ type: "ping", id: 3 });
  await assertRejects(() => played.running, ProtocolError, "it sends but does not read");
  await played.end();
});

Deno.test("Link.close writes what is pending, and closes", async () => {
  await playing("slave", {}, async (played) => {
    await played.chunk();
    await played.hello();
    played.link.send({ type: "exit", kind: "status", code: 3 });
    const closed = played.link.close();
    assertEquals(await played.frames(), [{ type: "exit", kind: "status", code: 3 }]);
    assertEquals(await played.chunk(), undefined);
    await closed;
    await played.running;
  });
});

Deno.test("Link.close waits for the peer to close its end", async () => {
  await playing("slave", {}, async (played) => {
    await played.hello();
    let closed = false;
    const closing = played.link.close(NEVER).then(() => closed = true);
    // What comes now is read, and dropped.
    await played.give({ type: "suspend" });
    assertFalse(closed);
    await played.hangUp();
    await closing;
    await played.running;
    assertEquals(played.taken, []);
  });
});

Deno.test("Link.close bears that the peer breaks the link instead", async () => {
  await playing("slave", {}, async (played) => {
    await played.hello();
    const closing = played.link.close(NEVER);
    await played.breakReading(new Error("reset by peer"));
    await closing;
    await played.running;
  });
});

Deno.test("Link.close waits no longer than it may", async () => {
  await playingInTime("slave", {}, async (played, time) => {
    await played.hello();
    const closing = played.link.close(SOON);
    await time.pass(SOON);
    await closing;
    await played.running;
  });
});

Deno.test("Link sends nothing after it was closed", async () => {
  await playing("slave", {}, async (played) => {
    await played.chunk();
    await played.hello();
    const closed = played.link.close();
    played.link.send({ type: "restart" });
    assertEquals(await played.chunk(), undefined);
    await closed;
  });
});

Deno.test("Link traces frames by name", async () => {
  const events: string[] = [];
  const trace = (event: string) => events.push(event);
  await playing("slave", { trace }, async (played) => {
    played.link.send({ type: "window", limit: 5 });
    await played.hello({ type: "suspend" }, { type: "ping", id: 1 });
    await played.frames();
  });
  assertEquals(events, ["> window", "< hello", "< suspend", "< ping", "> pong"]);
});

Deno.test("Link rejects a peer of its own role", async () => {
  await playing("master", {}, async (played) => {
    void played.give(preamble("master")).catch(() => {});
    const error = await assertRejects(() => played.running, ProtocolError);
    assertStringIncludes(error.message, "it is a master too");
  });
});
