// A complete slave with a real shell. The test plays the master.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { LinkLostError, ProtocolError } from "../protocol/errors.ts";
import { encodeFrame, FrameDecoder } from "../protocol/frame_codec.ts";
import type { Frame, FrameFrom, FrameOf } from "../protocol/frames.ts";
import { decodeSlaveHello, encodeMasterHello, type MasterHello } from "../protocol/hello.ts";
import { preamble, PreambleFinder } from "../protocol/preamble.ts";
import { Bell, soon } from "../tests/harness/bell.ts";
import { processInfo } from "../tests/harness/processes.ts";
import { childless } from "../tests/harness/runtime.ts";
import { SANE_TERMIOS } from "../tty/termios.ts";
import { embeddedPrograms } from "./embedded.ts";
import { sessionOf, signalProcess } from "./processes.ts";
import { runSlave, type SlaveOptions } from "./slave.ts";
import { INPUT_WINDOW } from "../protocol/limits.ts";

const TERMINAL = {
  termios: SANE_TERMIOS,
  winsize: { rows: 24, cols: 80, xpixel: 0, ypixel: 0 },
  outputIsTerminal: true,
};

function helloOf(hello: Partial<MasterHello>): FrameOf<"hello"> {
  return encodeMasterHello({ environment: {}, outputLimit: 1 << 20, ...hello });
}

/** Plays a master, and collects what the slave says. */
class Scene {
  readonly folder: string;
  readonly running: Promise<void>;
  readonly bell = new Bell();
  readonly frames: FrameFrom<"slave">[] = [];
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #listening: Promise<void>;

  constructor(folder: string, options: Partial<SlaveOptions>) {
    this.folder = folder;
    const toSlave = new TransformStream<Uint8Array, Uint8Array>();
    const toMaster = new TransformStream<Uint8Array, Uint8Array>();
    this.#writer = toSlave.writable.getWriter();
    const environment = {
      ...{ PATH: Deno.env.get("PATH") ?? "", HOME: folder, TMPDIR: folder },
      ...options.environment,
    };
    this.running = runSlave(
      { readable: toSlave.readable, writable: toMaster.writable },
      { command: ["sh"], programs: embeddedPrograms(), ...options, environment },
    );
    // Each test awaits it, but perhaps only after it has failed.
    this.running.catch(() => {});
    this.#listening = this.#listen(toMaster.readable);
  }

  async #listen(readable: ReadableStream<Uint8Array>): Promise<void> {
    const finder = new PreambleFinder("slave");
    const decoder = new FrameDecoder("slave");
    let found = false;
    for await (const chunk of readable) {
      const bytes: Uint8Array | undefined = found ? chunk : finder.push(chunk);
      found ||= bytes !== undefined;
      if (bytes !== undefined) this.frames.push(...decoder.decode(bytes));
      this.#acknowledge();
      this.bell.ring();
    }
  }

  #acknowledge(): void {
    const [output, data] = (["output", "data"] as const).map((name) => {
      const last = this.all(name).at(-1);
      return last === undefined ? 0 : last.offset + last.bytes.length;
    });
    if (output + data > 0) this.send({ type: "ack", output, data, change: 0 });
  }

  /** Sends bytes. It does not matter if nobody takes them any more. */
  write(bytes: Uint8Array): void {
    this.#writer.write(bytes).catch(() => {});
  }

  send(...frames: Frame[]): void {
    for (const frame of frames) this.write(encodeFrame(frame));
  }

  hello(hello: Partial<MasterHello> = {}): void {
    this.write(preamble("master"));
    this.send(helloOf({ terminal: TERMINAL, ...hello }));
  }

  /** A hello without a terminal. */
  plainHello(): void {
    this.write(preamble("master"));
    this.send(helloOf({}));
  }

  all<Name extends "output" | "data" | "exit" | "error" | "hello">(name: Name): FrameOf<Name>[] {
    return this.frames.filter((frame) => frame.type === name) as unknown as FrameOf<Name>[];
  }

  text(name: "output" | "data" = "output"): string {
    const decoder = new TextDecoder();
    return this.all(name).map(({ bytes }) => decoder.decode(bytes)).join("");
  }

  async until(text: string): Promise<void> {
    await this.bell.until(() => this.text().includes(text));
  }

  /** Closes the link from this side. */
  hangUp(): void {
    this.#writer.close().catch(() => {});
  }

  /** Waits for the exit frame, closes the link as a master does, and waits for the slave. */
  async end(): Promise<FrameOf<"exit">> {
    await this.bell.until(() => this.all("exit").length > 0);
    this.hangUp();
    await soon(this.running);
    await this.#listening;
    assertEquals(this.all("exit").length, 1);
    return this.all("exit")[0];
  }

  /** The slave's error, and what it told the master before. */
  async failure<Failure extends Error>(kind: new (message: string) => Failure) {
    const { message } = await assertRejects(() => soon(this.running), kind);
    this.hangUp();
    await this.#listening;
    return { message, told: this.all("error").map(({ message }) => message) };
  }

  /** The runtime directories that are there. */
  get directories(): string[] {
    return [...Deno.readDirSync(this.folder)].map(({ name }) => name)
      .filter((name) => name.startsWith("rpty-"));
  }
}

function withSlave(
  name: string,
  options: Partial<SlaveOptions> | string,
  fn: (scene: Scene) => Promise<void>,
): void {
  Deno.test(`runSlave ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    const command = typeof options === "string" ? { command: ["sh", "-c", options] } : options;
    const scene = new Scene(folder, command);
    try {
      await fn(scene);
      await soon(scene.running.catch(() => {}));
      await childless();
      assertEquals(scene.directories, [], "nothing is left");
    } finally {
      scene.hangUp();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

withSlave("says hello, and reports the exit status", "exit 7", async (scene) => {
  await scene.bell.until(() => scene.frames.length > 0);
  assertEquals(decodeSlaveHello(scene.all("hello")[0]), { inputLimit: INPUT_WINDOW });
  scene.hello();
  assertEquals(await scene.end(), { type: "exit", kind: "status", code: 7 });
});

withSlave("reports the signal that killed the command", "kill -KILL $$", async (scene) => {
  scene.hello();
  assertEquals(await scene.end(), { type: "exit", kind: "signal", code: 9 });
});

withSlave("sends all output before the end", "seq 20000; exit 1", async (scene) => {
  scene.hello();
  await scene.end();
  const lines = scene.text().split("\n");
  assertEquals([lines.length, lines[0], lines.at(-2)], [20001, "1", "20000"]);
  assertEquals(scene.frames.at(-1)?.type, "exit");
});

withSlave("says why a command can't be run", { command: ["rpty-none"] }, async (scene) => {
  scene.hello();
  assertEquals((await scene.end()).code, 127);
  assertEquals(
    scene.text(),
    'rpty-slave: Cannot run "rpty-none": No such file or directory\n',
  );
});

withSlave("and of one that is no program", { command: ["/"] }, async (scene) => {
  scene.hello();
  assertEquals((await scene.end()).code, 126);
  assertMatch(scene.text(), /Permission denied\n$/);
});

/** The environment of a slave within another rpty, in a terminal that is not its own. */
const INNER = { LINES: "7", COLUMNS: "7", LD_PRELOAD: "/other/librpty.so:/other.so" };

withSlave("gives the user's terminal type and language, and the preload", {
  command: ["sh", "-c", "env 2> /dev/null"],
  environment: INNER,
}, async (scene) => {
  scene.hello({ environment: { TERM: "xterm-none-such", LANG: "C.UTF-8", LC_ALL: "C" } });
  await scene.end();
  const lines = scene.text().split("\n");
  const value = (name: string) =>
    lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  assertEquals([value("LANG"), value("LC_ALL"), value("HOME")], ["C.UTF-8", "C", scene.folder]);
  assert(["xterm", "xterm-256color", "xterm-none-such"].includes(value("TERM") ?? ""));
  assertEquals([value("LINES"), value("COLUMNS")], [undefined, undefined]);
  assertMatch(value("LD_PRELOAD") ?? "", /^[^:]+\/rpty-\w+\/\w+\/librpty\.so:\/other\.so$/);
});

withSlave("gives a terminal", "tty; stty size; test -t 2 && read x && echo $x", async (scene) => {
  scene.hello();
  const bytes = new TextEncoder().encode("typed\n");
  await scene.until("24 80\n");
  scene.send({ type: "input", offset: 0, change: 0, kind: "line", bytes });
  await scene.end();
  assertEquals(scene.text(), `/dev/rpty/${Deno.pid}\n24 80\ntyped\n`);
});

withSlave("gives none where the master has none", "tty; cat; echo end", async (scene) => {
  scene.plainHello();
  const bytes = new TextEncoder().encode("\x03\x04text");
  scene.send({ type: "input", offset: 0, change: 0, kind: "eof", bytes });
  assertEquals((await scene.end()).code, 0);
  assertEquals(scene.text(), "not a tty\n\x03\x04textend\n");
});

withSlave(
  "keeps data apart where the master's output is no terminal",
  "test -t 0 && test ! -t 1 && echo data; echo shown > /dev/tty",
  async (scene) => {
    scene.hello({ terminal: { ...TERMINAL, outputIsTerminal: false } });
    await scene.end();
    assertEquals([scene.text("data"), scene.text("output")], ["data\n", "shown\n"]);
  },
);

// ---- Hangup

withSlave(
  "hangs the shell up when the link is lost, and ends when it has",
  'trap "echo hung up > $HOME/told; exit" HUP; echo $$ ready; while :; do read x; done',
  async (scene) => {
    scene.hello();
    await scene.until("ready\n");
    const shell = parseInt(scene.text());
    scene.hangUp();
    const { message } = await scene.failure(LinkLostError);
    assertEquals(message, "the link was closed by the other side");
    assertEquals(sessionOf(shell), undefined);
    assertEquals(await Deno.readTextFile(`${scene.folder}/told`), "hung up\n");
  },
);

withSlave("ends when the keeper is killed", "echo $$ ready; cat", async (scene) => {
  scene.hello();
  await scene.until("ready\n");
  const shell = parseInt(scene.text());
  const keeper = (await processInfo(shell))?.parent as number;
  signalProcess(keeper, "SIGKILL");
  await scene.bell.until(() => scene.all("error").length > 0);
  scene.hangUp();
  const { told, message } = await scene.failure(LinkLostError);
  assertEquals([told, message], [
    ["the keeper of the session was killed"],
    "the keeper of the session was killed",
  ]);
});

withSlave("gives up on a master that is silent", { timeout: 30 }, async (scene) => {
  const { message } = await scene.failure(LinkLostError);
  assertEquals(message, "the other side did not say hello within 0.03 seconds");
});

// ---- What is no protocol

withSlave("refuses what does not speak rpty", {}, async (scene) => {
  scene.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  scene.hangUp();
  const { message } = await scene.failure(ProtocolError);
  assertMatch(message, /does not speak rpty, it said "GET \/ HTTP/);
});

const HUNG_UP = 'trap "echo hung up > $HOME/told; exit" HUP; echo ready; while :; do read x; done';

for (
  const [what, wrong, why] of [
    ["garbage", [0xff, 0xff, 0xff, 0xff], /length 4294967295 is not between/],
    ["malformed CBOR", [0, 0, 0, 1, 0x9f], /malformed|not an array/],
    ["a frame of the slave's", encodeFrame({ type: "window", limit: 1 }), /does not send "window"/],
    [
      "input out of its place",
      encodeFrame({
        ...{ type: "input", offset: 9, change: 0, kind: "raw", bytes: new Uint8Array(1) },
      }),
      /offset 9 and change 0 do not follow/,
    ],
  ] as const
) {
  withSlave(`refuses ${what}, says so, and hangs the shell up`, HUNG_UP, async (scene) => {
    scene.hello();
    await scene.until("ready\n");
    scene.write(Uint8Array.from(wrong));
    const { message, told } = await scene.failure(ProtocolError);
    assertMatch(message, why);
    assertEquals(told, [message]);
    assertEquals(await Deno.readTextFile(`${scene.folder}/told`), "hung up\n");
  });
}

withSlave("refuses a link that ends within a frame", HUNG_UP, async (scene) => {
  scene.hello();
  await scene.until("ready\n");
  scene.write(encodeFrame({ type: "ping", id: 1 }).subarray(0, -1));
  scene.hangUp();
  const { message } = await scene.failure(ProtocolError);
  assertEquals(message, "Cannot read frame: the link ended within it");
});

withSlave("refuses a second hello", HUNG_UP, async (scene) => {
  scene.hello();
  await scene.until("ready\n");
  scene.send(helloOf({ terminal: TERMINAL }));
  const { message, told } = await scene.failure(ProtocolError);
  assertEquals([message, told], ["Cannot take hello: there was one", [message]]);
});

withSlave("refuses a frame before the hello", {}, async (scene) => {
  scene.write(preamble("master"));
  scene.send({ type: "ack", output: 0, data: 0, change: 0 });
  const { message, told } = await scene.failure(ProtocolError);
  assertEquals([message, told], ["Cannot take ack: there was no hello", [message]]);
});

withSlave("refuses a master of another version", {}, async (scene) => {
  scene.write(preamble("master"));
  const { body } = helloOf({});
  scene.send({ type: "hello", body: { ...body, oldest: 98, newest: 99 } });
  const { message, told } = await scene.failure(ProtocolError);
  assertMatch(message, /speaks protocol 98 to 99, .* install the same version on both sides$/);
  assertEquals(told, [message]);
});

withSlave("answers a ping, hello or not", "exit 0", async (scene) => {
  scene.write(preamble("master"));
  scene.send({ type: "ping", id: 42 });
  await scene.bell.until(() => scene.frames.length === 2);
  assertEquals(scene.frames[1], { type: "pong", id: 42 });
  scene.send(helloOf({ terminal: TERMINAL }));
  await scene.end();
});
