import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FakeTerminal } from "./master/fake_terminal.ts";
import {
  type ByteStreams,
  DisconnectedError,
  embeddedPrograms,
  type ExitStatus,
  type LocalEnds,
  type MasterOptions,
  runMaster,
  runSlave,
} from "./mod.ts";
import { childless } from "./tests/harness/runtime.ts";

const HERE = new URL(".", import.meta.url).pathname;
const IMPORT_MAP = `${HERE}build/import_map.json`;

/** Slaves run only on Linux, and so do tests with one. */
const WITH_SLAVE = {
  ignore: Deno.build.os !== "linux",
  // The C library stays open, and the keeper is reaped when it has tidied up.
  sanitizeResources: false,
  sanitizeOps: false,
};

/** A terminal in memory, whose screen a test looks at. */
class ShownTerminal extends FakeTerminal {
  shown = "";
  /** Is called when something was shown. */
  onShown = () => {};

  override write(bytes: Uint8Array): number {
    const length = super.write(bytes);
    this.shown += new TextDecoder().decode(bytes.subarray(0, length));
    this.onShown();
    return length;
  }
}

/** Two ends of a link in memory. */
function joined(): [ByteStreams, ByteStreams] {
  const up = new TransformStream<Uint8Array, Uint8Array>();
  const down = new TransformStream<Uint8Array, Uint8Array>();
  return [
    { readable: down.readable, writable: up.writable },
    { readable: up.readable, writable: down.writable },
  ];
}

/** Runs an sh script for what the user has. */
async function runScript(
  script: string,
  ends: LocalEnds,
  options: MasterOptions = {},
): Promise<ExitStatus> {
  const [near, far] = joined();
  const slave = runSlave(far, {
    command: ["sh", "-c", script],
    environment: { PATH: "/usr/bin:/bin" },
    programs: embeddedPrograms(),
  });
  // When the master leaves, the slave has nothing to do any more.
  const over = slave.catch((error) => assertEquals(error.name, "LinkLostError"));
  try {
    return await runMaster(near, ends, options);
  } finally {
    await over;
    // The keeper ends a little later, and is reaped then.
    await childless();
  }
}

/** Types a line when the terminal shows a question. */
function answering(question: string, answer: (terminal: ShownTerminal) => void): ShownTerminal {
  const terminal = new ShownTerminal();
  terminal.onShown = () => {
    if (!terminal.shown.endsWith(question)) return;
    terminal.onShown = () => {};
    answer(terminal);
  };
  return terminal;
}

Deno.test("runMaster gives a terminal in memory to what runSlave runs", WITH_SLAVE, async () => {
  const terminal = new ShownTerminal();
  const status = await runScript("tty; stty size; echo hello; exit 7", { terminal });
  assertEquals(status, { kind: "status", code: 7 });
  assertMatch(terminal.shown, /^\/dev\/rpty\/\d+\n24 80\nhello\n$/);
});

Deno.test("runMaster sends lines that are typed", WITH_SLAVE, async () => {
  const terminal = answering("name? ", (terminal) => terminal.type("Ada\n"));
  await runScript('printf "name? "; read name; echo "hello $name"', { terminal });
  assertEquals(terminal.shown, "name? hello Ada\n");
});

Deno.test("runMaster sends the keys' signals", WITH_SLAVE, async () => {
  const terminal = answering("ready\n", (terminal) => terminal.press("SIGINT"));
  const status = await runScript("echo ready; exec sleep 60", { terminal });
  assertEquals(status, { kind: "signal", code: 2 });
});

Deno.test("runMaster sets the terminal, and leaves it as it was", WITH_SLAVE, async () => {
  const terminal = answering("raw\n", (terminal) => {
    assertEquals(terminal.log.findLast((line) => line.startsWith("termios")), "termios");
    terminal.type("x");
  });
  await runScript("stty raw -echo; echo raw; dd bs=1 count=1 2>/dev/null", { terminal });
  assertEquals(terminal.shown, "raw\nx");
  assertEquals(terminal.log.at(-1), "give back ICANON ECHO");
});

Deno.test("runMaster lets the user leave by ~.", WITH_SLAVE, async () => {
  const terminal = answering("ready\n", (terminal) => terminal.type("~.\n"));
  await assertRejects(
    () => runScript("echo ready; exec sleep 60", { terminal }),
    DisconnectedError,
  );
  assertEquals(terminal.log.at(-1), "give back ICANON ECHO");
});

Deno.test("runMaster ends when its signal is aborted", WITH_SLAVE, async () => {
  const controller = new AbortController();
  const terminal = answering("ready\n", () => controller.abort(new Error("enough")));
  await assertRejects(
    () => runScript("echo ready; exec sleep 60", { terminal }, { signal: controller.signal }),
    Error,
    "enough",
  );
});

Deno.test("runMaster needs no terminal", WITH_SLAVE, async () => {
  const chunks: Uint8Array[] = [];
  const status = await runScript("test -t 0 || tr a-z A-Z", {
    input: ReadableStream.from([new TextEncoder().encode("one\ntwo")]),
    output: new WritableStream({ write: (chunk) => void chunks.push(chunk) }),
  });
  assertEquals(status, { kind: "status", code: 0 });
  assertEquals(
    await new Response(new Blob(chunks as Uint8Array<ArrayBuffer>[])).text(),
    "ONE\nTWO",
  );
});

/** Runs a TypeScript program whose imports of "./mod.ts" are ours. */
async function runProgram(source: string, permissions: readonly string[]): Promise<string> {
  // In our folder, so that deno.lock applies to it.
  const path = await Deno.makeTempFile({ dir: `${HERE}build`, suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, source.replaceAll('"./mod.ts"', `"${HERE}mod.ts"`));
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        "--no-check",
        `--import-map=${IMPORT_MAP}`,
        ...permissions,
        path,
      ],
      cwd: HERE,
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("mod.ts documents an example that runs", WITH_SLAVE, async () => {
  const [, example] = /```ts ignore\n([^]*?)```/.exec(
    (await Deno.readTextFile(`${HERE}mod.ts`)).replaceAll(/^ \* ?/gm, ""),
  ) as RegExpExecArray;
  await runProgram(example, [
    "--allow-ffi",
    "--allow-run",
    "--allow-read",
    "--allow-write",
    "--allow-env",
  ]);
});

Deno.test("mod.ts needs no permission for frames and a master", async () => {
  const source = `
    import { FrameDecoderStream, FrameEncoderStream, runMaster } from "./mod.ts";
    const frames = ReadableStream.from([{ type: "ping", id: 7 }])
      .pipeThrough(new FrameEncoderStream())
      .pipeThrough(new FrameDecoderStream("slave"));
    for await (const { id } of frames) console.log(id);
    const readable = ReadableStream.from([new TextEncoder().encode("no rpty")]);
    await runMaster({ readable, writable: new WritableStream() }, {}).catch(({ name }) => console.log(name));
  `;
  assertEquals(await runProgram(source, []), "7\nProtocolError\n");
});
