// A hostile peer, after a valid hello, against a whole master and a whole slave. The session must end soon, well or with
// a message, and leave nothing behind. The memory that the peer makes us use must stay bounded.

import { assert, assertEquals } from "@std/assert";
import { FakeTerminal } from "../../master/fake_terminal.ts";
import { embeddedPrograms, type LocalEnds, runMaster, runSlave } from "../../mod.ts";
import { encodeFrame } from "../../protocol/frame_codec.ts";
import type { Frame } from "../../protocol/frames.ts";
import { encodeSlaveHello } from "../../protocol/hello.ts";
import { MAX_PENDING_LENGTH } from "../../protocol/limits.ts";
import { preamble } from "../../protocol/preamble.ts";
import { encodeTermiosChange } from "../../tty/termios.ts";
import type { Winsize } from "../../tty/winsize.ts";
import { eventually } from "../harness/processes.ts";
import { childless } from "../harness/runtime.ts";
import { concat, session } from "./corpus.ts";
import { fuzz, memory, rejection, RUNS_SLAVES } from "./fuzz.ts";
import { SLAVE_HELLO } from "./frame_samples.ts";
import { HostileFrames } from "./hostile_frames.ts";
import type { Dice } from "./mutate.ts";

const ENDS = ["ProtocolError", "LinkLostError"];

/** Milliseconds of silence that are tolerated if the peer falls silent, and if it does not. */
const SHORT = 90;
const LONG = 60_000;

/** The waits for a peer that has gone, and for a link that it does not read, end a little later. */
const LEFT = { sanitizeOps: false, sanitizeResources: false };

/** Something that others do at the same time. */
type Nudge = (dice: Dice) => void;

/** A stream that takes nothing until it is let go on. */
class BlockedStream {
  readonly #gate = Promise.withResolvers<void>();
  readonly writable = new WritableStream<Uint8Array>({ write: () => this.#gate.promise });

  goOn(): void {
    this.#gate.resolve();
  }
}

/** A peer that makes its steps, reads or does not, and finally is cut off or falls silent. */
function hostilePeer(side: "master" | "slave", dice: Dice, nudge: Nudge, plain = false) {
  const frames = new HostileFrames(side, dice, { plain });
  const reading = new BlockedStream();
  if (!dice.oneIn(10)) reading.goOn();
  const silent = dice.oneIn(20);
  async function* moves(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    yield concat(preamble(side), session(side)[0]);
    for (let left = dice.below(40); left > 0; left--) {
      yield concat(frames.move());
      nudge(dice);
      if (dice.oneIn(4)) await new Promise((resolve) => setTimeout(resolve));
    }
    // Otherwise each run would wait for what it leaves unread.
    reading.goOn();
    if (silent) await new Promise((resolve) => setTimeout(resolve, 2 * SHORT));
    if (dice.oneIn(10)) throw new Error("the line was cut");
  }
  const readable = ReadableStream.from(moves());
  return { streams: { readable, writable: reading.writable }, timeout: silent ? SHORT : LONG };
}

async function meetMaster(dice: Dice, ends: LocalEnds, nudge: Nudge): Promise<string> {
  const { streams, timeout } = hostilePeer("slave", dice, nudge, ends.terminal === undefined);
  try {
    await runMaster(streams, ends, { timeout });
    return "exit";
  } catch (error) {
    return rejection(error, ...ENDS, "DisconnectedError");
  }
}

const KEYS = ["x", "line\n", "\r", "~", "~.", "\x03", "y".repeat(5000), ""];

/** A user's actions, and a terminal that is stopped and continued. The user's last window size goes to `own`. */
function use(terminal: FakeTerminal, own: { size: Winsize }): Nudge {
  return (dice) => {
    if (dice.oneIn(3)) terminal.type(dice.pick(KEYS));
    if (dice.oneIn(15)) terminal.press(dice.pick(["SIGINT", "SIGQUIT", "SIGTSTP"]));
    if (dice.oneIn(20)) {
      own.size = { rows: dice.below(99), cols: 80, xpixel: 0, ypixel: 0 };
      terminal.resize(own.size);
    }
    if (dice.oneIn(8)) terminal.room = dice.below(5000);
    if (dice.oneIn(8)) terminal.goOn();
  };
}

fuzz({
  name: "a hostile slave at a terminal",
  inputs: 42,
  outcomes: [...ENDS, "exit"],
  options: LEFT,
  async run(dice) {
    const terminal = new FakeTerminal();
    terminal.outputIsTerminal = !dice.oneIn(4);
    const own = { size: terminal.getWinsize() };
    const output = terminal.outputIsTerminal ? undefined : new WritableStream<Uint8Array>();
    const outcome = await meetMaster(dice, { terminal, output }, use(terminal, own));
    assertEquals(terminal.log.at(-1), "give back ICANON ECHO");
    assertEquals(terminal.getWinsize(), own.size);
    assertEquals([terminal.reading, terminal.writing], [false, false]);
    return outcome;
  },
});

fuzz({
  name: "a hostile slave at plain streams",
  inputs: 20,
  outcomes: [...ENDS, "exit"],
  options: LEFT,
  async run(dice) {
    const stdout = new BlockedStream();
    const input = ReadableStream.from([new Uint8Array(100_000), new Uint8Array(1)]);
    if (!dice.oneIn(10)) stdout.goOn();
    // Once the program has ended, the reader of our output may take its time.
    const timer = setTimeout(() => stdout.goOn(), SHORT);
    try {
      return await meetMaster(dice, { input, output: stdout.writable }, () => {
        if (dice.oneIn(10)) stdout.goOn();
      });
    } finally {
      clearTimeout(timer);
      stdout.goOn();
    }
  },
});

/** Where the slave's sessions have their files. */
const folder = Deno.makeTempDirSync();

fuzz({
  name: "a hostile master of a slave",
  inputs: 8,
  outcomes: ENDS,
  options: RUNS_SLAVES,
  async run(dice) {
    const { streams, timeout } = hostilePeer("master", dice, () => {});
    const before = descriptors();
    try {
      await runSlave(streams, {
        command: dice.pick([["cat"], ["sh", "-c", "yes & cat"], ["true"]]),
        environment: { PATH: "/usr/bin:/bin", TMPDIR: folder },
        programs: embeddedPrograms(),
        timeout,
      });
      return "ended";
    } catch (error) {
      return rejection(error, ...ENDS);
    } finally {
      await childless();
      assert(
        await eventually(() => descriptors() <= before + SHARED, 2000),
        "descriptors are left",
      );
      assert(
        await eventually(() => [...Deno.readDirSync(folder)].length === 0, 2000),
        "files are left",
      );
    }
  },
  after: () => Deno.remove(folder, { recursive: true }),
});

/** Descriptors that the first session opens for all: the C library's, and those of Deno's signals. */
const SHARED = 8;

function descriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

// ---- Floods of one kind

/** Frames of a flood. */
const FLOOD = 100_000;
/** Bytes by which memory may grow; more where answers and input may be pending ({@linkcode MAX_PENDING_LENGTH}). */
const MAX_HELD = 10 << 20;
const MAX_HELD_PENDING = MAX_HELD + MAX_PENDING_LENGTH;

const bytes = (length: number) => new Uint8Array(length);

/** One frame that comes first, and those of the flood from their numbers. */
interface Flood {
  readonly first?: Frame;
  readonly frame: (index: number) => Frame;
  /** Bytes by which memory may grow, if not the usual. */
  readonly most?: number;
}

const FLOODS: Readonly<Record<string, Flood>> = {
  "empty output": { frame: () => ({ type: "output", offset: 0, bytes: bytes(0) }) },
  "output with gaps": { frame: (i) => ({ type: "output", offset: 9 * i, bytes: bytes(1) }) },
  "output of single bytes": { frame: (i) => ({ type: "output", offset: i, bytes: bytes(1) }) },
  "output between changes": {
    frame: (i) =>
      i % 2 === 0
        ? { type: "output", offset: 9 * i, bytes: bytes(1) }
        : { type: "flow", number: i, action: "TCION" },
  },
  "changes": {
    frame: (i) => ({
      type: "termios",
      number: i + 1,
      seen: 0,
      flush: false,
      settings: encodeTermiosChange({ VINTR: i % 256, ICANON: i % 2 === 0 }),
    }),
  },
  "drains": {
    first: { type: "output", offset: 0, bytes: bytes(1) },
    frame: (id) => ({ type: "drain", id }),
  },
  "pings": { frame: (id) => ({ type: "ping", id }), most: MAX_HELD_PENDING },
  "windows": {
    frame: (i) => ({ type: "window", limit: 65_536 + 1000 * i }),
    most: MAX_HELD_PENDING,
  },
};

/** Sends a flood to a master whose output is blocked, and measures. */
async function flood(
  { first, frame }: Flood,
  ends: LocalEnds,
): Promise<number> {
  const nobody = new BlockedStream();
  const before = await memory();
  let held = 0;
  async function* send(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    yield concat(preamble("slave"), encodeFrame(encodeSlaveHello(SLAVE_HELLO)));
    if (first !== undefined) yield encodeFrame(first);
    for (let sent = 0; sent < FLOOD;) {
      const some = [];
      for (const end = sent + 1000; sent < end; sent++) some.push(encodeFrame(frame(sent)));
      yield concat(...some);
      if (sent % 10_000 === 0) held = Math.max(held, await memory() - before);
    }
  }
  const streams = { readable: ReadableStream.from(send()), writable: nobody.writable };
  const running = runMaster(streams, ends, { timeout: LONG });
  await running.catch((error) => rejection(error, ...ENDS));
  nobody.goOn();
  return held;
}

for (const [name, kind] of Object.entries(FLOODS)) {
  Deno.test(`a flood of ${name} makes a master hold little, at a terminal`, LEFT, async () => {
    const terminal = new FakeTerminal();
    terminal.room = 0;
    terminal.type("typed ahead");
    const held = await flood(kind, { terminal });
    assert(held <= (kind.most ?? MAX_HELD), `${held / 2 ** 20} MiB`);
  });

  Deno.test(`a flood of ${name} makes a master hold little, at streams`, LEFT, async () => {
    const stdout = new BlockedStream();
    const input = ReadableStream.from(endless());
    const held = await flood(kind, { input, output: stdout.writable });
    stdout.goOn();
    assert(held <= (kind.most ?? MAX_HELD), `${held / 2 ** 20} MiB`);
  });
}

function* endless(): Generator<Uint8Array<ArrayBuffer>> {
  for (;;) yield new Uint8Array(65_536);
}
