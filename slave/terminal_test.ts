// The terminal between a master that the test plays and programs, of which some are played and some are real.

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ProtocolError } from "../protocol/errors.ts";
import { kept } from "../protocol/frame_codec.ts";
import type { Frame, FrameOf } from "../protocol/frames.ts";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import { Poller } from "../sys/poller.ts";
import { spawn } from "../sys/spawn.ts";
import { Bell, soon } from "../tests/harness/bell.ts";
import { type Answer, ask, type Asked } from "../tests/harness/control_client.ts";
import { eventually } from "../tests/harness/processes.ts";
import { Runtime } from "../tests/harness/runtime.ts";
import { Script } from "../tests/harness/script.ts";
import { ensureVisibleSession } from "../tests/harness/visible_session.ts";
import { decodeTermiosChange, SANE_TERMIOS, type Termios } from "../tty/termios.ts";
import { NOTE, PAGE } from "./page_layout.ts";
import { INPUT_WINDOW, MAX_BREAK_DURATION, MAX_SIGNALS_AHEAD } from "../protocol/limits.ts";
import { RemoteTerminal } from "./terminal.ts";

ensureVisibleSession();

const { O_RDONLY, O_WRONLY, O_RDWR, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;
const WINSIZE = { rows: 24, cols: 80, xpixel: 640, ypixel: 384 };
const RAW: Termios = {
  ...SANE_TERMIOS,
  ...{ ICANON: false, ECHO: false, ISIG: false, IXON: false, ICRNL: false },
};

/** More than any process number (PID_MAX_LIMIT). */
const NOBODY = 1 << 22;

/** Root may take a terminal from a session, and `setsid -c` does. */
const WITHOUT_CAPABILITY = Deno.uid() === 0 ? "setpriv --bounding-set=-sys_admin " : "";
/** tcsetattr's actions and tcflush's queues. */
const [TCSANOW, TCSAFLUSH] = [0, 2];
const [TCIFLUSH, TCOFLUSH, TCIOFLUSH] = [0, 1, 2];

type MasterFrame = FrameOf<"input" | "signal" | "winsize" | "ack" | "drained">;
type Typed = Partial<Pick<FrameOf<"input">, "offset" | "change" | "kind">>;

interface SceneOptions {
  readonly termios?: Termios;
  /** Bytes of output that the master takes unacknowledged. */
  readonly outputLimit?: number;
}

/** A terminal in a real runtime directory. */
class Scene {
  readonly terminal: RemoteTerminal;
  readonly bell = new Bell();
  readonly notices: string[] = [];
  readonly poller: Poller;
  readonly runtime: Runtime;
  /** The program's ends. */
  readonly stdin: number;
  readonly stdout: number;
  #frames: Frame[] = [];
  #typed = 0;

  constructor(poller: Poller, runtime: Runtime, options: SceneOptions) {
    const { termios = SANE_TERMIOS, outputLimit = 1 << 20 } = options;
    this.poller = poller;
    this.runtime = runtime;
    this.terminal = new RemoteTerminal({
      poller,
      directory: runtime.directory,
      state: { termios, winsize: WINSIZE, outputIsTerminal: true },
      outputLimit,
      send: (frame) => {
        this.#frames.push(kept(frame));
        this.bell.ring();
      },
      onNotice: (text) => this.notices.push(text),
    });
    const { directory } = runtime;
    this.stdin = libc.open(directory.file("input"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    this.stdout = libc.open(directory.file("output"), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  }

  // The master's side.

  take(frame: MasterFrame): void {
    this.terminal.take(frame);
  }

  /** Types with all changes known, unless told otherwise. */
  type(text: string, { offset = this.#typed, change = 0, kind = "line" }: Typed = {}): void {
    const bytes = new TextEncoder().encode(text);
    this.take({ type: "input", offset, change, kind, bytes });
    this.#typed = offset + bytes.length + (kind === "eof" ? 1 : 0);
  }

  signal(signal: FrameOf<"signal">["signal"], change = 0): void {
    this.take({ type: "signal", offset: this.#typed++, change, signal });
  }

  acknowledge(output: number, change = 0): void {
    this.take({ type: "ack", output, data: 0, change });
  }

  /** What has been sent so far, in few words. Neighbouring output is joined. */
  get sent(): string[] {
    const told: string[] = [];
    for (const frame of this.#frames) {
      const text = tell(frame);
      if (frame.type === "output" && told.at(-1)?.startsWith("output ")) {
        told.push(`${told.pop()}${text.slice("output ".length)}`);
      } else told.push(text);
    }
    return told;
  }

  /** Waits for a frame, and returns all since the last time. */
  async until(last: string): Promise<string[]> {
    await this.bell.until(() => this.sent.at(-1) === last);
    const { sent } = this;
    this.#frames = [];
    return sent;
  }

  get windows(): number[] {
    return this.#frames.flatMap((frame) => frame.type === "window" ? [frame.limit] : []);
  }

  // The programs' side.

  ask(asked: Asked): Promise<Answer> {
    const { poller, runtime, stdin } = this;
    return ask(poller, runtime.directory.file("control"), { on: [stdin], ...asked });
  }

  async change(termios: Termios, argument = TCSANOW): Promise<void> {
    assertEquals((await this.ask({ operation: "SET_TERMIOS", termios, argument }))?.error, "");
  }

  write(text: string): void {
    libc.write(this.stdout, new TextEncoder().encode(text));
  }

  /** What a read returns now; undefined if it would wait. */
  read(): string | undefined {
    const buffer = new Uint8Array(65536);
    const length = libc.read(this.stdin, buffer);
    return length === undefined ? undefined : new TextDecoder().decode(buffer.subarray(0, length));
  }

  /** Reads until there was so much. */
  async readAll(length: number): Promise<string> {
    let text = "";
    while (text.length < length) {
      const readable = Promise.withResolvers<void>();
      const watch = this.poller.watch(this.stdin, { readable: readable.resolve });
      watch.readable = true;
      await soon(readable.promise);
      watch.close();
      text += this.read() ?? "";
    }
    return text;
  }

  /** A program that leads the terminal's session, and reports the signals that it gets. */
  async lead(): Promise<Script> {
    const traps = ["INT", "QUIT", "TSTP", "WINCH", "HUP"].map((name) =>
      `trap 'echo ${name}' ${name}`
    );
    const script = new Script(
      `${traps.join(";")}; exec 3<&0; (trap '' INT QUIT TSTP HUP; exec cat <&3) & echo ready; ` +
        "while kill -0 $! 2> /dev/null; do wait $!; done",
      { detached: true },
    );
    assertEquals(await script.line(), "ready");
    this.terminal.adopt(script.pid);
    return script;
  }

  close(): void {
    this.terminal.close();
    libc.close(this.stdin);
    libc.close(this.stdout);
  }
}

function tell(frame: Frame): string {
  const { type, ...fields } = frame;
  if (frame.type === "output") return `output ${new TextDecoder().decode(frame.bytes)}`;
  if (frame.type !== "termios") return [type, ...Object.values(fields)].join(" ");
  const { number, seen, flush, settings } = frame;
  const changed = Object.entries(decodeTermiosChange(settings))
    .map(([name, value]) =>
      typeof value === "boolean" ? `${value ? "" : "-"}${name}` : `${name}=${value}`
    );
  return ["termios", number, "seen", seen, ...(flush ? ["flush"] : []), ...changed].join(" ");
}

function withTerminal(
  name: string,
  fn: (scene: Scene) => Promise<void> | void,
  options: SceneOptions = {},
): void {
  Deno.test(`RemoteTerminal ${name}`, async () => {
    await using runtime = new Runtime();
    const poller = new Poller();
    const scene = new Scene(poller, runtime, options);
    try {
      await fn(scene);
    } finally {
      scene.close();
      await poller.close();
    }
  });
}

function refusal(call: () => void): string {
  return assertThrows(call, ProtocolError).message;
}

// ---- State and changes

withTerminal("tells its state", async (scene) => {
  const state = await scene.ask({ operation: "GET_STATE" });
  assertEquals([state?.termios, state?.winsize, state?.value], [SANE_TERMIOS, WINSIZE, 0]);
});

withTerminal(
  "sends a change in its place between the output, with number and seen",
  async (scene) => {
    scene.type("typed");
    scene.write("before ");
    await scene.change({ ...SANE_TERMIOS, ECHO: false, VMIN: 5 });
    scene.write("after");
    assertEquals(await scene.until("output after"), [
      "output before ",
      "termios 1 seen 5 -ECHO",
      "output after",
    ]);
    const state = await scene.ask({ operation: "GET_STATE" });
    assertEquals([state?.termios.ECHO, state?.termios.VMIN], [false, 5]);
  },
);

withTerminal("tells the user once what programs report", async (scene) => {
  for (const argument of [NOTE.STDIO, NOTE.STDIO, 99]) {
    assertEquals((await scene.ask({ operation: "NOTE", argument }))?.error, "");
  }
  assertEquals(scene.notices.length, 1);
  assertMatch(scene.notices[0], /^a sandbox keeps rpty from/);
});

withTerminal("answers at once, however full the window is", async (scene) => {
  scene.write("before");
  await scene.until("output bef");
  await scene.change({ ...SANE_TERMIOS, ECHO: false });
  await scene.change({ ...SANE_TERMIOS, ECHO: false, ISIG: false });
  scene.write("!");
  await scene.change(SANE_TERMIOS);
  assertEquals(scene.sent, []);
  scene.acknowledge(3);
  assertEquals(await scene.until("termios 2 seen 0 -ISIG -ECHO"), [
    "output ore",
    "termios 2 seen 0 -ISIG -ECHO",
  ]);
  scene.acknowledge(6);
  await scene.until("termios 3 seen 0 ISIG ECHO");
}, { outputLimit: 3 });

withTerminal("keeps a change behind output that a drain was asked for between", async (scene) => {
  scene.write("abcd");
  await scene.until("output abc");
  await scene.change({ ...SANE_TERMIOS, ECHO: false });
  scene.write("ef");
  const drain = scene.ask({ operation: "DRAIN" });
  await scene.ask({ operation: "GET_STATE" });
  await scene.change(SANE_TERMIOS);
  scene.acknowledge(3);
  assertEquals(await scene.until("termios 2 seen 0 ECHO"), [
    "output d",
    "termios 1 seen 0 -ECHO",
    "output ef",
    "drain 1",
    "termios 2 seen 0 ECHO",
  ]);
  scene.take({ type: "drained", id: 1, queue: 0 });
  await drain;
}, { outputLimit: 3 });

withTerminal("restarts a stopped terminal when IXON goes off, past the output", async (scene) => {
  scene.write("before");
  await scene.until("output bef");
  await scene.change({ ...SANE_TERMIOS, IXON: false });
  assertEquals(await scene.until("restart"), ["restart"]);
  await scene.change(SANE_TERMIOS);
  assertEquals(scene.sent, []);
}, { outputLimit: 3 });

withTerminal("tells of flow, breaks and flushes in their place", async (scene) => {
  scene.write("x");
  await scene.ask({ operation: "FLOW", argument: 0 });
  await scene.ask({ operation: "BREAK", argument: 2 ** 31 - 1 });
  await scene.ask({ operation: "BREAK", argument: -1 });
  scene.type("typed\n");
  await scene.ask({ operation: "FLUSH", argument: TCIFLUSH });
  await scene.ask({ operation: "FLOW", argument: 1 });
  assertEquals((await scene.until("restart")).filter((frame) => !frame.startsWith("window")), [
    "output x",
    "flow 1 TCOOFF",
    `break 2 ${MAX_BREAK_DURATION}`,
    "break 3 0",
    "flush 4 6 input",
    "flow 5 TCOON",
    "restart",
  ]);
  for (const operation of ["FLOW", "FLUSH"] as const) {
    assertEquals((await scene.ask({ operation, argument: 9 }))?.error, "EINVAL");
    assertEquals((await scene.ask({ operation, argument: -1 }))?.error, "EINVAL");
  }
});

withTerminal("drops output at a flush, and counts what is left", async (scene) => {
  const queued = async () => (await scene.ask({ operation: "OUTPUT_QUEUE" }))?.value;
  scene.write("abcdefgh");
  await scene.until("output abc");
  assertEquals(await queued(), 8);
  await scene.ask({ operation: "FLUSH", argument: TCOFLUSH });
  assertEquals([scene.sent, await queued()], [["flush 1 0 output"], 3]);
  await scene.ask({ operation: "FLUSH", argument: TCIOFLUSH });
  await scene.until("flush 2 0 both");
  scene.acknowledge(3);
  assertEquals(await queued(), 0);
}, { outputLimit: 3 });

// ---- Draining

withTerminal("answers a drain when the user has been shown all", async (scene) => {
  scene.write("text");
  const drains = [scene.ask({ operation: "DRAIN" }), scene.ask({ operation: "DRAIN" })];
  assertEquals(await scene.until("drain 2"), ["output text", "drain 1", "drain 2"]);
  scene.take({ type: "drained", id: 2, queue: 0 });
  assertEquals((await drains[1])?.error, "");
  scene.take({ type: "drained", id: 9, queue: 0 });
  scene.take({ type: "drained", id: 1, queue: 0 });
  assertEquals((await drains[0])?.error, "");
});

withTerminal("answers drains with EIO once it is hung up", async (scene) => {
  const drain = scene.ask({ operation: "DRAIN" });
  await scene.until("drain 1");
  scene.terminal.hangUp();
  assertEquals((await drain)?.error, "EIO");
  assertEquals((await scene.ask({ operation: "DRAIN" }))?.error, "EIO");
});

// ---- Input

withTerminal("gives lines as they were typed, and ends of file once", async (scene) => {
  scene.type("one\n");
  scene.type("two", { kind: "eof" });
  scene.type("", { kind: "eof" });
  assertEquals(scene.read(), "one\n");
  assertEquals(await scene.readAll(3), "two");
  const eof = () => new DataView(Deno.readFileSync(page).buffer).getUint32(PAGE.eof, true);
  const page = scene.runtime.directory.file("page");
  assert(await eventually(() => eof() === 1, 5000), "the FIFO has to be seen empty first");
  const taken = async () => (await scene.ask({ operation: "TAKE_EOF", argument: 1 }))?.value;
  assertEquals([await taken(), await taken(), eof(), scene.read()], [1, 0, 0, undefined]);
});

withTerminal("cooks what was typed raw, once it is canonical", async (scene) => {
  await scene.change(SANE_TERMIOS);
  await scene.until("termios 1 seen 0 ICRNL IXON ISIG ICANON ECHO");
  scene.type("lx\x7fs\rwho", { kind: "raw" });
  assertEquals(scene.read(), "ls\n");
  scene.type("ami\n", { change: 1 });
  assertEquals(await scene.readAll(7), "whoami\n");
  assertEquals(scene.sent, [], "the echo it owes is the master's to show");
}, { termios: RAW });

withTerminal("takes a signal's character that was typed raw for the signal", async (scene) => {
  const leader = await scene.lead();
  await scene.change(SANE_TERMIOS);
  await scene.until("termios 1 seen 0 ICRNL IXON ISIG ICANON ECHO");
  scene.type("sleep\r\x03", { kind: "raw" });
  assertEquals(await leader.line(), "INT");
  assertEquals(scene.read(), undefined);
  await leader.end();
}, { termios: RAW });

withTerminal("makes keys of a line that comes after it went raw", async (scene) => {
  await scene.change(RAW);
  scene.type("dd\n");
  scene.type(":w", { kind: "eof" });
  scene.type("x", { kind: "raw", change: 1 });
  assertEquals(await scene.readAll(7), "dd\r:w\x04x");
});

withTerminal("drops what was typed before a flush, and nothing after it", async (scene) => {
  scene.type("one\n");
  scene.type("two\n");
  await scene.change({ ...SANE_TERMIOS, ECHO: false }, TCSAFLUSH);
  assertEquals(scene.read(), undefined);
  assertEquals(scene.sent, ["termios 1 seen 8 flush -ECHO"]);
  scene.type("in flight\n");
  scene.type("after\n", { change: 1 });
  assertEquals(scene.read(), "after\n");
  await scene.ask({ operation: "FLUSH", argument: TCIFLUSH });
  scene.type("in flight\n", { change: 1 });
  scene.type("after\n", { change: 2 });
  assertEquals(scene.read(), "after\n");
});

withTerminal("makes a half-typed line readable when ICANON goes off", async (scene) => {
  await scene.change({ ...SANE_TERMIOS, ECHO: false });
  scene.type("hal", { kind: "raw" });
  assertEquals(scene.read(), undefined);
  await scene.change(RAW);
  assertEquals(scene.read(), "hal");
}, { termios: RAW });

// ---- The window of input

withTerminal("lets the master send on when half a window was read", async (scene) => {
  const half = INPUT_WINDOW / 2;
  scene.type("x".repeat(half - 1), { kind: "raw" });
  await scene.readAll(half - 1);
  assertEquals(scene.windows, []);
  scene.type("x", { kind: "raw" });
  await scene.readAll(1);
  assertEquals(scene.windows, [INPUT_WINDOW + half]);
}, { termios: RAW });

withTerminal("counts as read what editing, flushes and ends of line took", async (scene) => {
  const rounds = INPUT_WINDOW / 8;
  await scene.change(SANE_TERMIOS);
  // Raw keys that come late: nothing is left of these four units.
  for (let round = 0; round < rounds; round++) scene.type("ab\x7f\x7f", { kind: "raw" });
  assertEquals(scene.windows, [INPUT_WINDOW + INPUT_WINDOW / 2]);
  for (let round = 0; round < rounds; round++) {
    scene.type("abc", { kind: "eof", change: 1 });
    assertEquals(scene.read(), "abc");
  }
  assertEquals(scene.windows.at(-1), 2 * INPUT_WINDOW);
  await scene.change(SANE_TERMIOS, TCSAFLUSH);
  for (let round = 0; round < rounds; round++) scene.type("abc\n", { change: 1 });
  assertEquals(scene.windows.at(-1), INPUT_WINDOW * 5 / 2);
}, { termios: RAW });

withTerminal("counts a half-typed line once", async (scene) => {
  const half = INPUT_WINDOW / 2;
  await scene.change(SANE_TERMIOS);
  scene.type("hal", { kind: "raw" });
  scene.type("f\n", { change: 1 });
  assertEquals(scene.read(), "half\n");
  scene.type("x".repeat(half - 6) + "\n", { change: 1 });
  await scene.readAll(half - 5);
  assertEquals(scene.windows, [INPUT_WINDOW + half]);
}, { termios: RAW });

withTerminal("refuses input out of its place", (scene) => {
  scene.type("one\n");
  const place = refusal(() => scene.type("two\n", { offset: 5 }));
  assert(place.startsWith("Cannot take input: offset 5 and change 0 do not follow 4 and 0"), place);
  refusal(() => scene.type("one\n", { offset: 0 }));
  refusal(() => scene.type("two\n", { offset: 4, change: 1 }));
  refusal(() => scene.take({ type: "signal", offset: 9, change: 0, signal: "SIGINT" }));
  scene.type("two\n", { offset: 4 });
});

withTerminal("refuses input beyond the window, but no signal", (scene) => {
  scene.type("x".repeat(INPUT_WINDOW), { kind: "raw" });
  assert(refusal(() => scene.type("x")).includes(`exceed the window of ${INPUT_WINDOW}`));
  scene.take({ type: "signal", offset: INPUT_WINDOW, change: 0, signal: "SIGINT" });
  assertEquals(scene.read(), undefined, "it flushed");
});

withTerminal("refuses signals that nobody takes, once they are too many", async (scene) => {
  await scene.change({ ...SANE_TERMIOS, ICANON: false, ISIG: false });
  const signal = (offset: number) =>
    scene.take({ type: "signal", offset, change: 0, signal: "SIGINT" });
  // The FIFO takes as much as the window once more.
  const most = 2 * INPUT_WINDOW + MAX_SIGNALS_AHEAD;
  const message = refusal(() => {
    for (let offset = 0; offset <= most; offset++) signal(offset);
  });
  assert(message.includes("exceed the window"), message);
});

withTerminal("refuses acknowledgements of what never was", async (scene) => {
  scene.write("text");
  await scene.until("output text");
  assertEquals(refusal(() => scene.acknowledge(5)), "Cannot take ack: output 5 was never sent");
  assertEquals(refusal(() => scene.acknowledge(4, 1)), "Cannot take ack: there is no change 1");
  scene.acknowledge(4, 0);
});

// ---- Signals

withTerminal("discards, tells, and signals the foreground group", async (scene) => {
  const leader = await scene.lead();
  scene.write("shown dropped");
  await scene.until("output shown");
  scene.type("typed ahead\n");
  scene.signal("SIGINT");
  assertEquals(scene.sent, ["taken 12 true"]);
  assertEquals(await leader.line(), "INT");
  assertEquals(scene.read(), undefined);
  scene.write(" after");
  scene.acknowledge(5);
  await scene.until("output  afte");
  scene.type("after\n");
  assertEquals(scene.read(), "after\n");
  for (const signal of ["SIGQUIT", "SIGTSTP"] as const) {
    scene.signal(signal);
    assertEquals(await leader.line(), signal.slice(3));
  }
  await leader.end();
}, { outputLimit: 5 });

withTerminal("discards nothing under NOFLSH", async (scene) => {
  const leader = await scene.lead();
  scene.write("shown kept");
  await scene.until("output shown");
  scene.type("typed ahead\n");
  scene.signal("SIGINT");
  assertEquals(scene.sent, ["taken 12 false"]);
  assertEquals(await leader.line(), "INT");
  assertEquals(scene.read(), "typed ahead\n");
  scene.acknowledge(5);
  await scene.until("output  kept");
  await leader.end();
}, { outputLimit: 5, termios: { ...SANE_TERMIOS, NOFLSH: true } });

withTerminal("makes a character of a signal where ISIG is off by now", async (scene) => {
  await scene.change({ ...RAW, VINTR: 7 });
  scene.type("a", { change: 1, kind: "raw" });
  scene.signal("SIGINT");
  scene.signal("SIGTSTP");
  assertEquals(await scene.readAll(3), "a\x03\x1a");
  assertEquals(scene.sent.slice(-2), ["taken 1 false", "taken 2 false"]);
});

withTerminal("is resized by its user", async (scene) => {
  const leader = await scene.lead();
  const larger = { ...WINSIZE, rows: 50 };
  scene.take({ type: "winsize", ...WINSIZE });
  scene.take({ type: "winsize", ...larger });
  assertEquals(await leader.line(), "WINCH");
  assertEquals((await scene.ask({ operation: "GET_STATE" }))?.winsize, larger);
  assertEquals(scene.sent, []);
  // One signal for two frames: the first changed nothing.
  scene.signal("SIGINT");
  assertEquals(await leader.line(), "INT");
  await leader.end();
});

withTerminal("is resized by a program", async (scene) => {
  const leader = await scene.lead();
  const winsize = { ...WINSIZE, cols: 132 };
  await scene.ask({ operation: "SET_WINSIZE", winsize });
  assertEquals(await leader.line(), "WINCH");
  await scene.until("resize 1 24 132 640 384");
  await scene.ask({ operation: "SET_WINSIZE", winsize });
  assertEquals(scene.sent, []);
  await leader.end();
});

// ---- Sessions

withTerminal("checks a foreground group as the kernel does", async (scene) => {
  const set = async (argument: number) =>
    (await scene.ask({ operation: "SET_FOREGROUND", argument }))?.error;
  const foreground = async () => (await scene.ask({ operation: "GET_STATE" }))?.value;
  assertEquals(await set(libc.getpgrp()), "ENOTTY", "it is not our session's");
  scene.terminal.adopt(libc.getsid(0));
  const other = new Script("cat", { detached: true });
  assertEquals([await set(NOBODY), await set(other.pid)], ["ESRCH", "EPERM"]);
  assertEquals([await set(libc.getpgrp()), await foreground()], ["", libc.getpgrp()]);
  await other.end();
  scene.terminal.adopt(0);
});

withTerminal("is given up by its session's leader alone", async (scene) => {
  const leave = async () => (await scene.ask({ operation: "LEAVE_SESSION" }))?.error;
  const leader = await scene.lead();
  assertEquals(await leave(), "ENOTTY");
  await leader.end();
  // Its group is hung up: not where that is ours.
  if (libc.getpgrp() === Deno.pid) return;
  scene.terminal.adopt(Deno.pid);
  assertEquals(await leave(), "");
  assertEquals((await scene.ask({ operation: "GET_STATE" }))?.value, 0);
});

withTerminal("is taken by a session leader, if no session has it", async (scene) => {
  const take = async () => (await scene.ask({ operation: "SET_SESSION" }))?.error;
  if (libc.getsid(0) !== Deno.pid) assertEquals(await take(), "EPERM", "we lead none");
  const ended = run(scene, "setsid -w -c sh -c 'echo $$; read x'; setsid -w -c true || echo none");
  await scene.bell.until(() => /^output \d+\n$/.test(scene.sent.at(-1) ?? ""));
  const leader = Number(scene.sent.at(-1)?.slice("output ".length));
  assertEquals((await scene.ask({ operation: "GET_STATE" }))?.value, leader);
  assertEquals(
    await run(scene, `${WITHOUT_CAPABILITY}setsid -w -c true`),
    { code: 1 },
    "it is taken",
  );
  scene.type("\n");
  assertEquals(await ended, { code: 0 });
  // Its leader is gone, so the terminal was free for the next session.
  assertEquals(scene.sent.some((frame) => frame.includes("none")), false);
});

withTerminal("opens by name for its session, and for processes that possess it", async (scene) => {
  const { directory } = scene.runtime;
  assertEquals((await scene.ask({ operation: "OPEN", on: [] }))?.error, "ENXIO");
  const opened = async (argument: number, asked: Partial<Asked> = {}) => {
    const answer = await scene.ask({ operation: "OPEN", argument, ...asked });
    const fd = answer?.descriptor as number;
    const { ino } = libc.fstat(fd);
    libc.close(fd);
    return Number(ino);
  };
  const inode = async (path: string) => (await Deno.stat(path)).ino;
  const [input, output] = [directory.file("input"), directory.file("output")];
  assertEquals(await opened(O_RDONLY), await inode(input));
  assertEquals(await opened(O_WRONLY), await inode(output));
  scene.terminal.adopt(libc.getsid(0));
  assertEquals(await opened(O_RDWR, { on: [] }), await inode(output));
  scene.terminal.adopt(0);
});

withTerminal("hangs up: signals, and ends of file for ever", async (scene) => {
  const leader = await scene.lead();
  scene.type("one\n");
  scene.terminal.hangUp();
  assertEquals(await leader.line(), "HUP");
  assertEquals([scene.read(), scene.read()], ["one\n", ""]);
  await scene.ask({ operation: "FLUSH", argument: TCIFLUSH });
  assertEquals(scene.read(), "");
  await leader.end();
});

// ---- Real programs

/** Runs a shell command on the terminal, under the interposer. */
function run(scene: Scene, command: string) {
  const { directory } = scene.runtime;
  const open = (name: "input" | "output", mode: number) =>
    libc.open(directory.file(name), mode | O_CLOEXEC);
  const [stdin, stdout] = [open("input", O_RDONLY), open("output", O_WRONLY)];
  const child = spawn(["sh", "-c", command], {
    stdin,
    stdout,
    stderr: stdout,
    environment: { PATH: Deno.env.get("PATH") ?? "", LD_PRELOAD: directory.file("library") },
  });
  libc.close(stdin);
  libc.close(stdout);
  return soon(child.status);
}

withTerminal("gives stty its change in its place", async (scene) => {
  const command = "printf before; stty -echo eof ^E; printf after; stty -a | grep -c -e -echo";
  assertEquals(await run(scene, command), { code: 0 });
  assertEquals(await scene.until("output after1\n"), [
    "output before",
    "termios 1 seen 0 VEOF=5 -ECHO",
    "output after1\n",
  ]);
});

withTerminal("gives programs their lines and ends of file", async (scene) => {
  const ended = run(scene, 'read x; echo "<$x>"; cat; cat; read y; echo "<$y>"; tty');
  scene.type("one\n");
  scene.type("two\n");
  scene.type("", { kind: "eof" });
  scene.type("", { kind: "eof" });
  scene.type("three\n");
  assertEquals(await ended, { code: 0 });
  await scene.until(`output <one>\ntwo\n<three>\n/dev/rpty/${Deno.pid}\n`);
});
