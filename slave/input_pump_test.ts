import { assert, assertEquals } from "@std/assert";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Poller } from "../sys/poller.ts";
import { polled } from "../tests/harness/polled.ts";
import { Bell, soon } from "../tests/harness/bell.ts";
import { type InputPiece, InputPump } from "./input_pump.ts";
import { makeFifo } from "./session_files.ts";

/** Bytes that a pipe holds. */
const WIDE = 65_536;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const { O_RDONLY, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;

/** A pump, a reader that bypasses the interposer, and what the pump told. */
class Scene {
  readonly pump: InputPump;
  readonly poller: Poller;
  readonly bell = new Bell();
  /** Bytes that `read` returns at most. */
  readonly buffer = new Uint8Array(65536);
  readonly #reader: number;
  /** Whether the pump is told that the reader waits. */
  waits = true;
  held = 0;
  eof = 0;
  consumed = 0;
  wakes = 0;
  onChanged = () => {};

  constructor(poller: Poller, path: string) {
    this.poller = poller;
    this.pump = new InputPump(poller, path, {
      changed: (held, eof, wake) => {
        [this.held, this.eof] = [held, eof];
        if (wake) this.wakes++;
        this.onChanged();
        this.bell.ring();
      },
      isReadDirectly: () => this.waits,
      consumed: (units) => {
        this.consumed += units;
        this.bell.ring();
      },
    });
    this.#reader = libc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }

  type(...pieces: string[]): void {
    for (const piece of pieces) this.pump.push(piece === "^D" ? "eof" : encoder.encode(piece));
  }

  /** What a read returns now: text, "^D" at an end of file, undefined where it would wait. */
  read(most = this.buffer.length): string | undefined {
    const length = libc.read(this.#reader, this.buffer.subarray(0, most));
    if (length === undefined) return undefined;
    return length === 0 ? "^D" : decoder.decode(this.buffer.subarray(0, length));
  }

  /** What a read returns once there is something. */
  async next(most?: number): Promise<string | undefined> {
    await this.bell.until(() => this.pump.readable > 0);
    return this.read(most);
  }

  close(): void {
    this.pump.close();
    libc.close(this.#reader);
  }
}

function withPump(name: string, fn: (scene: Scene) => Promise<void> | void): void {
  const make = (poller: Poller, directory: string) => {
    makeFifo(`${directory}/in`);
    return new Scene(poller, `${directory}/in`);
  };
  Deno.test(`InputPump ${name}`, () => polled(make, fn));
}

withPump("gives a line only when the one before was taken", async (scene) => {
  scene.type("one\n", "two\n");
  assertEquals([scene.pump.readable, scene.held, scene.consumed], [4, 4, 4]);
  assertEquals(scene.read(2), "on");
  assertEquals([scene.pump.readable, scene.held], [2, 4]);
  assertEquals(scene.read(), "e\n");
  assertEquals(await scene.next(), "two\n");
  assertEquals([scene.read(), scene.held, scene.consumed], [undefined, 0, 8]);
});

withPump("gives raw bytes as they come", async (scene) => {
  scene.pump.canonical = false;
  scene.type("a", "b", "c");
  assertEquals([scene.read(), scene.held], ["abc", 0]);
  scene.type("x".repeat(100_000));
  assertEquals([scene.pump.readable, scene.held], [WIDE, 100_000 - WIDE]);
  let text = "";
  while (text.length < 100_000) text += await scene.next(1000);
  assertEquals(text, "x".repeat(100_000));
  assertEquals(scene.consumed, 100_003);
});

withPump("goes on when a reader comes back after a while", async (scene) => {
  scene.pump.canonical = false;
  scene.type("x".repeat(WIDE), "y".repeat(5000));
  const { promise: later, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 50);
  await later;
  assertEquals(scene.read(), "x".repeat(WIDE));
  assertEquals(await scene.next(), "y".repeat(5000));
});

withPump("gives single lines after much raw input", async (scene) => {
  scene.pump.canonical = false;
  scene.type("x".repeat(WIDE), "rest");
  scene.pump.canonical = true;
  scene.type("one\n", "two\n");
  assertEquals(scene.read(), "x".repeat(WIDE));
  for (const line of ["rest", "one\n", "two\n"]) assertEquals(await scene.next(), line);
});

withPump(
  "shows an end of file behind much raw input, though nothing tells when it is read",
  async (scene) => {
    scene.pump.canonical = false;
    scene.type("x".repeat(WIDE), "rest");
    scene.pump.canonical = true;
    scene.type("^D");
    assertEquals(scene.read(), "x".repeat(WIDE));
    assertEquals(await scene.next(), "rest");
    await scene.bell.until(() => scene.eof !== 0);
    assertEquals(scene.pump.takeEof(1), true);
  },
);

withPump("drops much raw input at a flush, and wakes nobody for it", async (scene) => {
  scene.pump.canonical = false;
  scene.type("x".repeat(WIDE), "rest");
  const { wakes } = scene;
  scene.pump.flush();
  assertEquals([scene.read(), scene.held, scene.consumed], [undefined, 0, WIDE + 4]);
  await soon(scene.poller.turn());
  await new Promise<void>((resolve) => scene.poller.soon(resolve));
  assertEquals(scene.wakes, wakes);
});

withPump("ends while it waits for a wide FIFO's reader", async (scene) => {
  scene.pump.canonical = false;
  scene.type("x".repeat(WIDE), "rest");
  scene.pump.end();
  await new Promise<void>((resolve) => scene.poller.soon(resolve));
  assertEquals([scene.read(), scene.read()], ["x".repeat(WIDE), "^D"]);
});

withPump("gives a line longer than the FIFO in parts", async (scene) => {
  const line = `${"x".repeat(5000)}\n`;
  scene.type(line, "next\n");
  const first = await scene.next() as string;
  assertEquals(first + await scene.next(), line);
  assertEquals(await scene.next(), "next\n");
});

withPump("gives all that waits when ICANON goes off", (scene) => {
  scene.type("one\n", "two\n");
  scene.pump.canonical = false;
  assertEquals(scene.read(), "one\ntwo\n");
});

withPump("shows an end of file when what came before it was taken", async (scene) => {
  scene.type("text", "^D");
  assertEquals([scene.eof, scene.consumed], [0, 4]);
  assertEquals(scene.read(), "text");
  await scene.bell.until(() => scene.eof !== 0);
  assertEquals([scene.eof, scene.read()], [1, "^D"]);
});

withPump("shows an end of file on the page before the FIFO has it", (scene) => {
  const seen: [number, string | undefined][] = [];
  scene.onChanged = () => seen.push([scene.eof, scene.read()]);
  scene.type("^D");
  assertEquals([seen, scene.read()], [[[1, undefined]], "^D"]);
});

withPump("grants an end of file to one", async (scene) => {
  scene.type("^D");
  assertEquals([scene.eof, scene.consumed], [1, 0]);
  assertEquals([scene.pump.takeEof(0), scene.pump.takeEof(2)], [false, false]);
  assertEquals(scene.pump.takeEof(1), true);
  assertEquals([scene.pump.takeEof(1), scene.eof, scene.consumed], [false, 0, 1]);
  assertEquals(scene.read(), undefined, "the terminal goes on");
  scene.type("text\n", "^D");
  assertEquals(scene.read(), "text\n");
  await scene.bell.until(() => scene.eof !== 0);
  assertEquals(scene.eof, 2);
});

withPump("shows a second end of file when the first was taken", (scene) => {
  scene.type("^D", "^D", "text\n");
  assertEquals([scene.eof, scene.pump.takeEof(1)], [1, true]);
  assertEquals([scene.eof, scene.pump.takeEof(2)], [2, true]);
  assertEquals([scene.eof, scene.read()], [0, "text\n"]);
});

withPump("takes an end of file for read at a sign of life", (scene) => {
  scene.pump.signOfLife();
  assertEquals(scene.consumed, 0);
  scene.type("^D");
  assertEquals(scene.read(), "^D");
  scene.pump.signOfLife();
  assertEquals([scene.eof, scene.consumed, scene.read()], [0, 1, undefined]);
  assertEquals(scene.pump.takeEof(1), false);
});

withPump("keeps an end of file that nobody waited for, whatever is typed behind it", (scene) => {
  scene.waits = false;
  scene.type("^D", "text\n");
  scene.pump.signOfLife();
  assertEquals([scene.eof, scene.read()], [1, "^D"]);
  assertEquals(scene.pump.takeEof(1), true);
  assertEquals(scene.read(), "text\n");
});

withPump("drops an end of file that is shown when ICANON goes off", (scene) => {
  scene.waits = false;
  scene.type("^D");
  scene.pump.canonical = false;
  assertEquals([scene.eof, scene.consumed, scene.read()], [0, 1, undefined]);
});

withPump("gives what is typed behind an end of file that nobody asks for", async (scene) => {
  scene.type("^D", "text\n");
  assertEquals(scene.read(), "^D", "nothing overtakes it");
  assertEquals(await scene.next(), "text\n");
});

withPump("makes a NUL of a pending end of file when ICANON goes off", async (scene) => {
  scene.type("one\n", "^D", "two\n");
  scene.pump.canonical = false;
  assertEquals(await scene.next(), "one\n\0two\n");
  assertEquals([scene.eof, scene.consumed], [0, 9]);
});

withPump("wakes nobody at a flush, but for what is typed after it", (scene) => {
  scene.type("one\n", "two\n");
  const before = scene.wakes;
  scene.pump.flush();
  assertEquals([scene.held, scene.wakes], [0, before]);
  scene.type("three\n");
  assert(scene.wakes > before);
});

withPump("drops what nobody has read at a flush", async (scene) => {
  scene.type("one\n", "two\n", "^D", "three\n");
  scene.pump.flush();
  assertEquals([scene.read(), scene.held, scene.consumed], [undefined, 0, 15]);
  scene.type("^D");
  scene.pump.flush();
  assertEquals([scene.read(), scene.eof, scene.consumed], [undefined, 0, 16]);
  scene.type("more\n");
  assertEquals(await scene.next(), "more\n");
});

withPump("ends for good", (scene) => {
  scene.type("one\n", "two\n");
  scene.pump.end();
  assertEquals([scene.read(), scene.read(), scene.read()], ["one\n", "^D", "^D"]);
  // Programs may still call tcflush and tcsetattr.
  scene.pump.flush();
  scene.pump.signOfLife();
  assertEquals(scene.read(), "^D");
});

withPump("ends for good while an end of file is shown", (scene) => {
  scene.type("^D");
  scene.pump.end();
  scene.pump.signOfLife();
  assertEquals(scene.read(), "^D");
});

/** Numbers that are the same for the same seed (mulberry32). */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed;;) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

for (const seed of [1, 2, 3, 4]) {
  withPump(`counts what was consumed, and loses nothing (script ${seed})`, async (scene) => {
    const random = numbers(seed);
    const next = (most: number) => random.next().value % most;
    let [pushed, typed, read, ends] = [0, "", "", 0];
    let canonical = true;
    const push = (piece: InputPiece) => {
      scene.pump.push(piece);
      pushed += piece === "eof" ? 1 : piece.length;
      typed += piece === "eof" ? "" : decoder.decode(piece);
    };
    for (let step = 0; step < 300; step++) {
      const action = next(10);
      if (action < 5) push(encoder.encode(`${"x".repeat(next(200))}${step}\n`));
      else if (action === 5 && canonical) push("eof");
      else if (action === 6) scene.pump.canonical = canonical = !canonical;
      else if (scene.eof !== 0) ends += Number(scene.pump.takeEof(scene.eof));
      else read += scene.read(1 + next(500)) ?? "";
    }
    while (scene.consumed < pushed || scene.pump.readable > 0) {
      await scene.bell.until(() => scene.eof !== 0 || scene.pump.readable > 0);
      if (scene.eof !== 0) ends += Number(scene.pump.takeEof(scene.eof));
      else read += scene.read();
    }
    assertEquals(scene.consumed, pushed);
    assertEquals(read.replaceAll("\0", ""), typed);
    assert(ends > 0, "ends of file were among it");
  });
}
