import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { LinkLostError, ProtocolError } from "../protocol/errors.ts";
import { encodeFrame, FrameDecoder } from "../protocol/frame_codec.ts";
import type { Frame, FrameFrom, FrameName, FrameOf } from "../protocol/frames.ts";
import { decodeMasterHello, encodeSlaveHello } from "../protocol/hello.ts";
import { MAX_KEYS_AHEAD, MAX_SIGNALS_AHEAD } from "../protocol/limits.ts";
import { preamble } from "../protocol/preamble.ts";
import {
  diffTermios,
  encodeTermiosChange,
  SANE_TERMIOS,
  type Termios,
  type TermiosChange,
  VDISABLE,
} from "../tty/termios.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { DisconnectedError, type ExitStatus, type MasterOptions, runMaster } from "./master.ts";

/** Milliseconds between the master's looks whether a terminal has shown all output. */
const DRAIN_INTERVAL = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A frame in few words. */
function describe(frame: Frame): string {
  if (frame.type === "input") {
    return `${frame.kind} ${frame.offset}/${frame.change} ${
      JSON.stringify(decoder.decode(frame.bytes))
    }`;
  }
  if (frame.type === "signal") return `${frame.signal} ${frame.offset}/${frame.change}`;
  if (frame.type === "ack") return `ack ${frame.output} ${frame.data} ${frame.change}`;
  if (frame.type === "drained") return `drained ${frame.id} ${frame.queue}`;
  return frame.type;
}

/** Plays the slave to a master. */
class Slave {
  readonly result: Promise<ExitStatus>;
  readonly #incoming: ReadableStreamDefaultReader<Uint8Array>;
  readonly #outgoing: WritableStreamDefaultWriter<Uint8Array>;
  readonly #decoder = new FrameDecoder("master");
  #frames: FrameFrom<"master">[] = [];
  #offset = 0;

  constructor(ends: Parameters<typeof runMaster>[1], options: MasterOptions = {}) {
    const toSlave = new TransformStream<Uint8Array, Uint8Array>();
    const toMaster = new TransformStream<Uint8Array, Uint8Array>();
    this.#incoming = toSlave.readable.getReader();
    this.#outgoing = toMaster.writable.getWriter();
    this.result = runMaster(
      { readable: toMaster.readable, writable: toSlave.writable },
      ends,
      options,
    );
    this.result.catch(() => {});
  }

  /** Does the handshake, and returns the master's hello. */
  async greet(inputLimit = 65536): Promise<FrameOf<"hello">> {
    let line = "";
    while (!line.endsWith("\nRPTY/1 master\n")) {
      const { value } = await this.#incoming.read();
      const text = decoder.decode(value);
      const end = text.indexOf("\nRPTY/1 master\n") + "\nRPTY/1 master\n".length;
      line += text.slice(0, end);
      this.#frames.push(...this.#decoder.decode((value as Uint8Array).subarray(end)));
    }
    await this.write(preamble("slave"));
    const hello = await this.next("hello") as FrameOf<"hello">;
    await this.send(encodeSlaveHello({ inputLimit }));
    return hello;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#outgoing.write(bytes);
  }

  async send(...frames: Frame[]): Promise<void> {
    for (const frame of frames) await this.write(encodeFrame(frame));
  }

  async output(text: string): Promise<void> {
    const bytes = encoder.encode(text);
    const offset = this.#offset;
    this.#offset += bytes.length;
    await this.send({ type: "output", offset, bytes });
  }

  async termios(
    number: number,
    settings: TermiosChange,
    { seen = 0, flush = false } = {},
  ): Promise<void> {
    const changed = { ...SANE_TERMIOS, ...settings } as Termios;
    const difference = Object.keys(settings).length === 0
      ? {}
      : { ...diffTermios(SANE_TERMIOS, changed), ...settings };
    await this.send({
      type: "termios",
      number,
      seen,
      flush,
      settings: encodeTermiosChange(difference),
    });
  }

  /** The next frame; those of other names are skipped if names are given. */
  async next(...names: FrameName[]): Promise<FrameFrom<"master">> {
    for (;;) {
      while (this.#frames.length === 0) {
        const { value, done } = await this.#incoming.read();
        if (done) throw new Error("the master closed the link");
        this.#frames.push(...this.#decoder.decode(value));
      }
      const frame = this.#frames.shift() as FrameFrom<"master">;
      if (names.length === 0 || names.includes(frame.type)) return frame;
    }
  }

  /** The next frames of these names, in few words, until one is `last`. */
  async until(last: string, ...names: FrameName[]): Promise<string[]> {
    const seen: string[] = [];
    while (seen.at(-1) !== last) seen.push(describe(await this.next(...names)));
    return seen;
  }

  /** Settles when the master has taken all frames so far. Returns what it sent meanwhile. */
  async heard(): Promise<string[]> {
    await this.send({ type: "ping", id: 0 });
    return await this.until("pong");
  }

  /** Ends the session without an error. */
  async exit(code = 0): Promise<ExitStatus> {
    await this.send({ type: "exit", kind: "status", code });
    const status = await this.result;
    await this.hangUp();
    return status;
  }

  async hangUp(): Promise<void> {
    await this.#outgoing.close().catch(() => {});
    await this.#incoming.cancel().catch(() => {});
  }
}

/** A session with a fake terminal, after the handshake. */
async function session(inputLimit?: number): Promise<{ slave: Slave; terminal: FakeTerminal }> {
  const terminal = new FakeTerminal();
  const slave = new Slave({ terminal });
  await slave.greet(inputLimit);
  await slave.next("winsize");
  return { slave, terminal };
}

/** The error of a session in which the slave breaks the protocol. */
async function refusal(spoil: (slave: Slave) => Promise<void>): Promise<string> {
  const { slave, terminal } = await session();
  await spoil(slave);
  const error = await assertRejects(() => slave.result, ProtocolError);
  assertEquals(terminal.log.at(-1), "give back ICANON ECHO");
  await slave.hangUp();
  return (error as Error).message;
}

Deno.test("runMaster says what the terminal is, and gives it back", async () => {
  const terminal = new FakeTerminal();
  const slave = new Slave({ terminal }, { environment: { TERM: "xterm", LC_ALL: "C", HOME: "/" } });
  const hello = decodeMasterHello(await slave.greet());
  assertEquals(hello.environment, { TERM: "xterm", LC_ALL: "C" });
  assertEquals(hello.terminal?.termios, SANE_TERMIOS);
  assertEquals(hello.terminal?.winsize, terminal.getWinsize());
  assertEquals(await slave.exit(7), { kind: "status", code: 7 });
  assertEquals(terminal.log, ["take over", "termios ICANON ECHO", "give back ICANON ECHO"]);
});

Deno.test("runMaster applies changes in their place in the output", async () => {
  const { slave, terminal } = await session();
  terminal.room = 2;
  await slave.output("one");
  await slave.termios(1, { ECHO: false });
  await slave.output("two");
  await slave.heard();
  terminal.goOn();
  await slave.until("ack 6 0 1");
  await slave.exit();
  assertEquals(terminal.log.slice(2, -1), ["write on", "write e", "termios ICANON", "write two"]);
});

Deno.test("runMaster tells how each input became readable", async () => {
  const { slave, terminal } = await session();
  terminal.type("ls\n");
  terminal.type("ab");
  terminal.type("");
  assertEquals(await slave.until('eof 6/0 ""'), ['line 0/0 "ls\\n"', 'eof 3/0 "ab"', 'eof 6/0 ""']);
  terminal.halfTyped = "par";
  await slave.termios(1, { ICANON: false }, { seen: 7 });
  await slave.until('partial 7/0 "par"', "input");
  terminal.type("x");
  await slave.until('raw 10/1 "x"', "input");
  await slave.exit();
});

Deno.test("runMaster tells lines that came right before ICANON went off from a half-typed one", async () => {
  const { slave, terminal } = await session();
  terminal.halfTyped = "one\n\0two\npar";
  await slave.termios(1, { ICANON: false });
  assertEquals(await slave.until('partial 9/0 "par"', "input"), [
    'line 0/0 "one\\n"',
    'eof 4/0 ""',
    'line 5/0 "two\\n"',
    'partial 9/0 "par"',
  ]);
  await slave.exit();
});

Deno.test("runMaster sends what was typed before a change with the number before it", async () => {
  const { slave, terminal } = await session();
  await slave.termios(1, { ICANON: false });
  await slave.until("ack 0 0 1");
  terminal.room = 0;
  await slave.output("prompt");
  await slave.termios(2, { ICANON: true });
  terminal.reading = false;
  terminal.type("late");
  terminal.goOn();
  await slave.until('raw 0/1 "late"', "input");
  // The kernel does not know the start of this line, so the master edits it.
  terminal.type("r\x7f\r");
  await slave.until('raw 4/1 "r\x7f\\r"', "input");
  terminal.type("now\n");
  await slave.until('line 7/2 "now\\n"', "input");
  await slave.exit();
});

Deno.test("runMaster lets the slave judge what it flushes", async () => {
  const { slave, terminal } = await session();
  terminal.room = 0;
  await slave.output("password: ");
  await slave.termios(1, { ECHO: false }, { flush: true });
  terminal.reading = false;
  terminal.type("typed ahead\n");
  terminal.goOn();
  await slave.until('line 0/0 "typed ahead\\n"', "input");
  await slave.until("ack 10 0 1");
  assertEquals(terminal.log.slice(-2), ["termios ICANON", "flush input"]);
  await slave.exit();
});

Deno.test("runMaster applies every kind of change", async () => {
  const { slave, terminal } = await session();
  await slave.send(
    { type: "flush", number: 1, seen: 0, queue: "output" },
    { type: "flush", number: 2, seen: 0, queue: "input" },
    { type: "flow", number: 3, action: "TCOOFF" },
    { type: "break", number: 4, duration: 5 },
    { type: "resize", number: 5, rows: 30, cols: 100, xpixel: 0, ypixel: 0 },
  );
  await slave.until("ack 0 0 5");
  await slave.exit();
  assertEquals(terminal.log.slice(2, -1), [
    "flush output",
    "flush input",
    "flow TCOOFF",
    "break 5",
    "winsize 30 100",
    // A program that has stopped the output does not leave it stopped.
    "flow TCOOFF",
    "flow TCOON",
    // The user gets back the window's own size.
    "winsize 24 80",
  ]);
});

Deno.test("runMaster restarts a stopped terminal before its turn", async () => {
  const { slave, terminal } = await session();
  terminal.room = 0;
  await slave.output("stopped");
  await slave.send({ type: "restart" }, { type: "drain", id: 1 });
  while (!terminal.log.includes("flow TCOON")) await new Promise((resolve) => setTimeout(resolve));
  terminal.goOn();
  await slave.until("drained 1 0", "drained");
  await slave.exit();
});

Deno.test("runMaster keeps keys that the slave has no room for, in their order", async () => {
  const { slave, terminal } = await session(5000);
  await slave.termios(1, { ICANON: false });
  await slave.until("ack 0 0 1");
  for (const text of ["a".repeat(4096), "b".repeat(4096)]) terminal.type(text);
  assertEquals((await slave.next("input") as FrameOf<"input">).bytes.length, 4096);
  assertEquals((await slave.next("input") as FrameOf<"input">).bytes.length, 904);
  await slave.send({ type: "window", limit: 10000 });
  assertEquals((await slave.next("input") as FrameOf<"input">).bytes.length, 3192);
  await slave.exit();
});

Deno.test("runMaster keeps a line that the slave has no room for, and the settings that it was typed under", async () => {
  const { slave, terminal } = await session(5);
  terminal.type("one\n");
  await slave.until('line 0/0 "one\\n"');
  terminal.type("two\n");
  await slave.termios(1, { ICANON: false }, { seen: 4 });
  await slave.send({ type: "drain", id: 1 });
  // The change is in force, but the slave still has to remember the settings before it.
  assertEquals(await slave.until("drained 1 0"), ["drained 1 0"]);
  terminal.type("x");
  await slave.send({ type: "window", limit: 100 });
  assertEquals(await slave.until("ack 0 0 1", "input", "ack"), [
    'line 4/0 "two\\n"',
    'raw 8/1 "x"',
    "ack 0 0 1",
  ]);
  await slave.exit();
});

Deno.test("runMaster reads on while the window is shut, but not for ever", async () => {
  const { slave, terminal } = await session(0);
  await slave.termios(1, { ICANON: false });
  await slave.until("ack 0 0 1");
  for (let typed = 0; typed < 2 * MAX_KEYS_AHEAD; typed += 4096) terminal.type("x".repeat(4096));
  assertEquals(await slave.heard(), ["pong"]);
  assertEquals(terminal.reading, false);
  assertEquals(terminal.inputQueue(), MAX_KEYS_AHEAD);
  await slave.send({ type: "window", limit: MAX_KEYS_AHEAD });
  for (let sent = 0; sent < MAX_KEYS_AHEAD;) {
    sent += (await slave.next("input") as FrameOf<"input">).bytes.length;
  }
  assertEquals(await slave.heard(), ["pong"]);
  assertEquals(terminal.inputQueue(), 0);
  await slave.exit();
});

for (const [what, settings] of [["line", {}], ["raw", { ICANON: false }]] as const) {
  Deno.test(`runMaster disconnects by ~. while the window is shut, ${what}`, async () => {
    const { slave, terminal } = await session(0);
    await slave.termios(1, settings, { flush: true });
    await slave.until("ack 0 0 1");
    terminal.type("some\n");
    terminal.type("~.\n");
    await assertRejects(() => slave.result, DisconnectedError);
    await slave.hangUp();
  });
}

Deno.test("runMaster drops keys that wait for the window when a signal flushes them", async () => {
  const { slave, terminal } = await session(0);
  terminal.type("gone\n");
  terminal.press("SIGINT");
  await slave.until("SIGINT 0/0");
  terminal.type("kept\n");
  await slave.send({ type: "taken", offset: 0, flushed: true }, { type: "window", limit: 100 });
  await slave.until('line 1/0 "kept\\n"', "input");
  await slave.exit();
});

Deno.test("runMaster sends keys untreated under settings that would take escapes, and shows them", async () => {
  const { slave, terminal } = await session();
  await slave.termios(1, { VINTR: 0x7e, IGNCR: true });
  await slave.until("ack 0 0 1");
  assertEquals(terminal.log.at(-1), "termios");
  terminal.type("ab\r");
  terminal.type("~x");
  assertEquals(await slave.until('keys 4/1 "x"'), [
    'keys 0/1 "ab\\r"',
    'keys 3/1 "~"',
    'keys 4/1 "x"',
  ]);
  await slave.exit();
  assertEquals(terminal.log.filter((line) => line.startsWith("write")), [
    "write ab",
    "write ~",
    "write x",
  ]);
});

Deno.test("runMaster sees ~ before ^Z on a line that the kernel edits", async () => {
  const { slave, terminal } = await session();
  const suspended = Promise.withResolvers<void>();
  terminal.suspend = () => Promise.resolve(suspended.resolve());
  assertEquals([terminal.getTermios().VSUSP, terminal.getTermios().VEOL], [VDISABLE, 0x1a]);
  terminal.type("x~\x1a");
  await slave.until("SIGTSTP 0/0");
  await slave.send({ type: "taken", offset: 0, flushed: true });
  terminal.type("~\x1a");
  await slave.until("suspend");
  await suspended.promise;
  await slave.exit();
});

for (const flushed of [true, false]) {
  Deno.test(`runMaster holds output back until a signal is taken, flushed: ${flushed}`, async () => {
    const { slave, terminal } = await session();
    terminal.press("SIGINT");
    await slave.until("SIGINT 0/0");
    await slave.output("old");
    await slave.termios(1, { ECHO: false });
    await slave.heard();
    assertEquals(terminal.log.slice(2), []);
    await slave.send({ type: "taken", offset: 0, flushed });
    await slave.output("new");
    await slave.until("ack 6 0 1");
    await slave.exit();
    const old = flushed ? [] : ["write old"];
    assertEquals(terminal.log.slice(2, -1), [...old, "termios ICANON", "write new"]);
  });
}

Deno.test("runMaster drops what waited in a stopped terminal when a signal flushes it", async () => {
  const { slave, terminal } = await session();
  terminal.room = 1;
  await slave.output("yyyy");
  await slave.heard();
  terminal.press("SIGINT");
  await slave.until("SIGINT 0/0");
  terminal.goOn();
  await slave.send({ type: "taken", offset: 0, flushed: true });
  await slave.until("ack 4 0 0");
  await slave.output("$ ");
  await slave.exit();
  assertEquals(terminal.log.slice(2, -1), ["write y", "write $ "]);
});

Deno.test("runMaster shows output though the program ended before it took a signal", async () => {
  const { slave, terminal } = await session();
  terminal.press("SIGINT");
  await slave.until("SIGINT 0/0");
  await slave.output("bye");
  await slave.exit();
  assertEquals(terminal.log.slice(2, -1), ["write bye"]);
});

Deno.test("runMaster replies to a drain when all before it was shown", async () => {
  const { slave, terminal } = await session();
  terminal.room = 0;
  terminal.unshown = 3;
  await slave.output("slow");
  await slave.send({ type: "drain", id: 9 });
  assertEquals(await slave.heard(), ["pong"]);
  terminal.goOn();
  await slave.until("ack 4 0 0");
  terminal.unshown = 0;
  await slave.until("drained 9 0");
  await slave.exit();
});

Deno.test("runMaster tells of a new size", async () => {
  const { slave, terminal } = await session();
  terminal.resize();
  await slave.next("winsize");
  await slave.exit();
});

Deno.test("runMaster disconnects by ~. though the slave is dumb, and undoes screen modes", async () => {
  const { slave, terminal } = await session();
  await slave.output("\x1b[?1049h");
  await slave.until("ack 8 0 0");
  terminal.type("~.\n");
  await assertRejects(() => slave.result, DisconnectedError);
  assertEquals(terminal.log.slice(-4), [
    "flow TCOOFF",
    "flow TCOON",
    "write \x1b[?1049l\r\n",
    "give back ICANON ECHO",
  ]);
  await slave.hangUp();
});

// Found by fuzzing: the step went on after the end, and the terminal was written to, or made raw again, when
// the user had it back.
Deno.test("runMaster shows what waited behind a drain when the session is cut, and then no more", async () => {
  const { slave, terminal } = await session();
  terminal.unshown = 1;
  await slave.send({ type: "drain", id: 1 });
  await slave.output("behind");
  await slave.heard();
  await slave.hangUp();
  await assertRejects(() => slave.result, LinkLostError);
  const atTheEnd = [...terminal.log];
  assertEquals(atTheEnd.slice(-2), ["write \r\n", "give back ICANON ECHO"]);
  assertEquals(atTheEnd.includes("write behind"), true);
  terminal.unshown = 0;
  await new Promise((resolve) => setTimeout(resolve, 2 * DRAIN_INTERVAL));
  assertEquals(terminal.log, atTheEnd);
});

Deno.test("runMaster applies no change once the terminal was given back", async () => {
  const { slave, terminal } = await session();
  const told = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  terminal.signalsTold = () => {
    asked.resolve();
    return told.promise;
  };
  terminal.type("x");
  await asked.promise;
  await slave.termios(1, { ICANON: false, ECHO: false });
  await slave.heard();
  await slave.hangUp();
  await assertRejects(() => slave.result, LinkLostError);
  told.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(terminal.log.at(-1), "give back ICANON ECHO");
});

Deno.test("runMaster suspends by ~^Z and comes back", async () => {
  const { slave, terminal } = await session();
  await slave.termios(1, { ICANON: false, ECHO: false });
  await slave.until("ack 0 0 1");
  const resumed = Promise.withResolvers<void>();
  terminal.suspend = () => {
    terminal.log.push("suspended");
    return resumed.promise;
  };
  terminal.type("~");
  while (terminal.inputQueue() > 0) await new Promise((resolve) => setTimeout(resolve));
  terminal.press("SIGTSTP");
  assertEquals(await slave.until("suspend"), ["suspend"]);
  await slave.output("later");
  resumed.resolve();
  await slave.next("winsize");
  await slave.until("ack 5 0 1");
  terminal.type("x");
  await slave.until('raw 0/1 "x"');
  await slave.exit();
  assertEquals(terminal.log.slice(3, -1), ["suspended", "write later"]);
});

Deno.test("runMaster makes signals of keys that are not echoed, which flush what came with them", async () => {
  const { slave, terminal } = await session();
  await slave.termios(1, { ICANON: false, ECHO: false });
  await slave.until("ack 0 0 1");
  terminal.type("ab");
  terminal.type("cd\x03ef");
  assertEquals(await slave.until('raw 3/1 "ef"'), ['raw 0/1 "ab"', "SIGINT 2/1", 'raw 3/1 "ef"']);
  await slave.send({ type: "taken", offset: 2, flushed: true });
  await slave.exit();
  // As the kernel does with its signals: output is dropped, and a stopped terminal goes on.
  assertEquals(terminal.log.slice(3, 6), ["flush output", "flow TCOOFF", "flow TCOON"]);
});

Deno.test("runMaster makes signals of keys in their place where they flush nothing", async () => {
  const { slave, terminal } = await session();
  await slave.termios(1, { ICANON: false, ECHO: false, NOFLSH: true });
  await slave.until("ack 0 0 1");
  terminal.type("ab\x03cd\x1a");
  assertEquals(await slave.until("SIGTSTP 5/1"), [
    'raw 0/1 "ab"',
    "SIGINT 2/1",
    'raw 3/1 "cd"',
    "SIGTSTP 5/1",
  ]);
  await slave.send(
    { type: "taken", offset: 2, flushed: false },
    { type: "taken", offset: 5, flushed: false },
  );
  await slave.exit();
});

Deno.test("runMaster leaves keys alone that make no signal", async () => {
  const { slave, terminal } = await session();
  await slave.termios(1, { ICANON: false, ECHO: false, VQUIT: 24, VSUSP: -1 });
  await slave.until("ack 0 0 1");
  terminal.type("\x1c\x1a");
  await slave.until(
    'raw 0/1 "\x1c\x1a"'.replaceAll("\x1c", "\\u001c").replaceAll("\x1a", "\\u001a"),
  );
  await slave.termios(2, { ICANON: false, ECHO: false, ISIG: false }, { seen: 2 });
  await slave.until("ack 0 0 2");
  terminal.type("\x03");
  await slave.until('raw 2/2 "\\u0003"');
  await slave.exit();
});

Deno.test("runMaster lists the escape keys", async () => {
  const { slave, terminal } = await session();
  terminal.type("~?\n");
  terminal.type("a\n");
  assertEquals(await slave.until('line 0/0 "a\\n"'), ['line 0/0 "a\\n"']);
  assertEquals(terminal.log.filter((entry) => entry.includes("disconnect")).length, 1);
  await slave.exit();
});

Deno.test("runMaster gives the terminal back when the link is lost", async () => {
  const { slave, terminal } = await session();
  await slave.hangUp();
  await assertRejects(() => slave.result, LinkLostError);
  assertEquals(terminal.log.at(-1), "give back ICANON ECHO");
});

Deno.test("runMaster gives the terminal back when it is told to end", async () => {
  const terminal = new FakeTerminal();
  const controller = new AbortController();
  const slave = new Slave({ terminal }, { signal: controller.signal });
  await slave.greet();
  controller.abort(new RangeError("enough"));
  await assertRejects(() => slave.result, RangeError, "enough");
  assertEquals(terminal.log.at(-1), "give back ICANON ECHO");
  await slave.hangUp();
});

Deno.test("runMaster without a terminal carries streams, and one end of file", async () => {
  const written: Uint8Array[] = [];
  const slave = new Slave({
    input: ReadableStream.from([encoder.encode("abc"), encoder.encode("defg")]),
    output: new WritableStream({ write: (chunk) => void written.push(chunk) }),
  });
  const hello = decodeMasterHello(await slave.greet(5));
  assertEquals(hello.terminal, undefined);
  assertEquals(await slave.until('raw 3/0 "de"'), ['raw 0/0 "abc"', 'raw 3/0 "de"']);
  await slave.send({ type: "window", limit: 100 });
  assertEquals(await slave.until('eof 7/0 ""'), ['raw 5/0 "fg"', 'eof 7/0 ""']);
  await slave.output("result");
  await slave.until("ack 6 0 0");
  await slave.exit();
  assertEquals(written.map((chunk) => decoder.decode(chunk)), ["result"]);
});

Deno.test("runMaster sends data to a stream and output to the terminal", async () => {
  const terminal = new FakeTerminal();
  terminal.outputIsTerminal = false;
  const written: string[] = [];
  const output = new WritableStream<Uint8Array>({
    write: (chunk) => void written.push(decoder.decode(chunk)),
  });
  const slave = new Slave({ terminal, output });
  assertEquals(decodeMasterHello(await slave.greet()).terminal?.outputIsTerminal, false);
  await slave.output("prompt");
  await slave.send({ type: "data", offset: 0, bytes: encoder.encode("data") });
  await slave.until("ack 6 4 0");
  await slave.exit();
  assertEquals(written, ["data"]);
  assertEquals(terminal.log.slice(2, -1), ["write prompt"]);
});

const VIOLATIONS: readonly [name: string, spoil: (slave: Slave) => Promise<void>][] = [
  ["a change that goes back", async (slave) => {
    await slave.termios(2, {});
    await slave.termios(2, {});
  }],
  ["a change that saw the future", (slave) => slave.termios(1, {}, { seen: 1 })],
  [
    "termios with an impossible value",
    (slave) => slave.send({ type: "termios", number: 1, seen: 0, flush: false, settings: [53, 2] }),
  ],
  ["output that goes back", async (slave) => {
    await slave.output("abc");
    await slave.send({ type: "output", offset: 2, bytes: encoder.encode("c") });
  }],
  [
    "data where there is no stream for it",
    (slave) => slave.send({ type: "data", offset: 0, bytes: encoder.encode("c") }),
  ],
  ["a window that shrinks", (slave) => slave.send({ type: "window", limit: 1 })],
  [
    "a signal taken that was never sent",
    (slave) => slave.send({ type: "taken", offset: 0, flushed: true }),
  ],
  ["a second hello", (slave) => slave.send(encodeSlaveHello({ inputLimit: 1 }))],
];

for (const [name, spoil] of VIOLATIONS) {
  Deno.test(`runMaster refuses ${name}`, async () => {
    assertEquals((await refusal(spoil)).startsWith("Cannot "), true);
  });
}

Deno.test("runMaster refuses more output than it has announced room for", async () => {
  const { slave, terminal } = await session();
  terminal.room = 0;
  const bytes = new Uint8Array(1 << 19);
  for (const offset of [0, bytes.length]) await slave.send({ type: "output", offset, bytes });
  await slave.send({ type: "output", offset: 2 * bytes.length, bytes: new Uint8Array(1) });
  await assertRejects(() => slave.result, ProtocolError, "Cannot take output");
  await slave.hangUp();
});

Deno.test("runMaster refuses endless changes while the terminal is stopped", async () => {
  const { slave, terminal } = await session();
  terminal.room = 0;
  await slave.output("x");
  let number = 0;
  const flood = async () => {
    for (;;) await slave.send({ type: "flow", number: ++number, action: "TCOON" });
  };
  const flooding = flood().catch(() => {});
  await assertRejects(() => slave.result, ProtocolError, "Cannot take a change");
  await slave.hangUp();
  await flooding;
});

for (
  const [name, frame] of [
    ["an empty output", { type: "output", offset: 0, bytes: new Uint8Array() }],
    ["a window that is far too wide", { type: "window", limit: Number.MAX_SAFE_INTEGER }],
    ["an exit status of 256", { type: "exit", kind: "status", code: 256 }],
    ["an exit by signal 0", { type: "exit", kind: "signal", code: 0 }],
    ["an exit by signal 65", { type: "exit", kind: "signal", code: 65 }],
    ["a break of days", { type: "break", number: 1, duration: 2 ** 40 }],
  ] as const
) {
  Deno.test(`runMaster refuses ${name}`, async () => {
    assertMatch(await refusal((slave) => slave.send(frame)), /^Cannot /);
  });
}

Deno.test("runMaster refuses a hello that asks for far too much input", async () => {
  const slave = new Slave({ terminal: new FakeTerminal() });
  await slave.greet(Number.MAX_SAFE_INTEGER);
  await assertRejects(() => slave.result, ProtocolError, "inputLimit is not at most");
  await slave.hangUp();
});

Deno.test("runMaster ignores a signal's key once very many were not taken", async () => {
  const { slave, terminal } = await session();
  for (let i = 0; i < MAX_SIGNALS_AHEAD + 10; i++) terminal.press("SIGINT");
  assertEquals((await slave.heard()).length, MAX_SIGNALS_AHEAD + 1);
  await slave.exit();
});

Deno.test("runMaster refuses frames before the hello", async () => {
  const terminal = new FakeTerminal();
  const slave = new Slave({ terminal });
  await slave.write(preamble("slave"));
  await slave.output("too early");
  await assertRejects(() => slave.result, ProtocolError, "has not said hello");
  assertEquals(terminal.log, ["give back ICANON ECHO"]);
  await slave.hangUp();
});
