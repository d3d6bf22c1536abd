// interpose/keeper/main.c and what speaks with it.

import { assert, assertEquals } from "@std/assert";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import { Poller } from "../sys/poller.ts";
import { Bell } from "../tests/harness/bell.ts";
import { eventually, processInfo } from "../tests/harness/processes.ts";
import { Runtime } from "../tests/harness/runtime.ts";
import { type CommandEnd, Keeper } from "./keeper.ts";
import { mapShared } from "./mapped_memory.ts";
import { FILES, PAGE, PAGE_FLAGS, PAGE_SIZE } from "./page_layout.ts";
import { sessionOf, signalProcess } from "./processes.ts";
import { StatePage } from "./state_page.ts";

const { O_RDWR, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;
const PATIENCE = 5000;
/** More than any process number (PID_MAX_LIMIT). */
const NOBODY = 1 << 22;

/** A keeper, the FIFOs of its shell, and what it reported. */
class Scene {
  readonly runtime: Runtime;
  readonly keeper: Keeper;
  readonly bell = new Bell();
  readonly #input: number;
  readonly #output: number;
  readonly #poller: Poller;
  #released = false;
  shell = 0;
  lost = false;
  readonly ends: CommandEnd[] = [];
  output = "";

  constructor(poller: Poller, runtime: Runtime, command: readonly string[]) {
    this.#poller = poller;
    this.runtime = runtime;
    const open = (name: keyof typeof FILES) =>
      libc.open(runtime.directory.file(name), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    this.#input = open("input");
    this.#output = open("output");
    const environment = { PATH: Deno.env.get("PATH") ?? "", FOLDER: runtime.folder, MARK: "a = b" };
    this.keeper = new Keeper(
      poller,
      runtime.directory,
      { command, environment, input: "input", output: "output", reach: "preload" },
      {
        started: (shell) => this.#note(() => this.shell = shell),
        ended: (end) => this.#note(() => this.ends.push(end)),
        lost: () => this.#note(() => this.lost = true),
        refused: () => {},
      },
    );
    const watch = poller.watch(this.#output, { readable: () => this.#read() });
    watch.readable = true;
  }

  #note(happened: () => void): void {
    happened();
    this.bell.ring();
  }

  #read(): void {
    const buffer = new Uint8Array(4096);
    const length = libc.read(this.#output, buffer) ?? 0;
    this.output += new TextDecoder().decode(buffer.subarray(0, length));
    this.bell.ring();
  }

  /** Lets the shell run. */
  async go(): Promise<void> {
    await this.bell.until(() => this.shell > 0);
    this.keeper.go();
  }

  async keeperProcess(): Promise<number> {
    await this.bell.until(() => this.shell > 0);
    return (await processInfo(this.shell))?.parent as number;
  }

  type(text: string): void {
    libc.write(this.#input, new TextEncoder().encode(text));
  }

  async until(output: string): Promise<void> {
    await this.bell.until(() => this.output.includes(output));
  }

  /** How the command ended. */
  async end(): Promise<CommandEnd> {
    await this.bell.until(() => this.ends.length > 0);
    return this.ends[0];
  }

  release(): void {
    if (!this.#released) this.keeper.release();
    this.#released = true;
  }

  async close(): Promise<void> {
    this.release();
    await this.#poller.close();
    for (const fd of [this.#input, this.#output, this.runtime.directory.control]) libc.close(fd);
    if (this.lost) this.runtime.directory.remove();
    await this.runtime.ended();
  }
}

function withKeeper(
  name: string,
  command: string | readonly string[],
  fn: (scene: Scene) => Promise<void>,
): void {
  Deno.test(`Keeper ${name}`, async () => {
    await using runtime = new Runtime();
    const argv = typeof command === "string" ? ["sh", "-c", command] : command;
    const scene = new Scene(new Poller(), runtime, argv);
    try {
      await fn(scene);
    } finally {
      await scene.close();
    }
  });
}

/** A line of /proc/PID/status. */
function statusOf(process: number, field: string): string | undefined {
  const status = Deno.readTextFileSync(`/proc/${process}/status`);
  return new RegExp(`^${field}:\\s*(.*)$`, "m").exec(status)?.[1];
}

function sleeps(process: number): boolean {
  return statusOf(process, "State")?.startsWith("S") ?? false;
}

withKeeper("waits for go(), and reports the exit status", "echo here; exit 7", async (scene) => {
  await scene.bell.until(() => scene.shell > 0);
  const { shell } = scene;
  assert(await eventually(() => sessionOf(shell) === shell && sleeps(shell), PATIENCE));
  assertEquals(
    Deno.readLinkSync(`/proc/${scene.shell}/exe`),
    scene.runtime.directory.file("keeper"),
  );
  await scene.go();
  assertEquals(await scene.end(), { kind: "status", code: 7 });
  await scene.until("here\n");
});

withKeeper("reports the signal that killed the command", "kill -KILL $$", async (scene) => {
  await scene.go();
  assertEquals(await scene.end(), { kind: "signal", code: 9 });
});

for (
  const [what, command, code] of [
    ["can't be found", "rpty-none", PLATFORM.errno.ENOENT],
    ["is no program", "/", PLATFORM.errno.EACCES],
  ] as const
) {
  withKeeper(`tells that a command ${what}, and that alone`, [command], async (scene) => {
    const keeper = await scene.keeperProcess();
    await scene.go();
    assertEquals(await scene.end(), { kind: "failed", code });
    // Its exit is reported, too. All reports have been read when it is lost.
    const gone = () => sessionOf(scene.shell) === undefined && sleeps(keeper);
    assert(await eventually(gone, PATIENCE));
    signalProcess(keeper, "SIGKILL");
    await scene.bell.until(() => scene.lost);
    assertEquals(scene.ends, [{ kind: "failed", code }]);
  });
}

withKeeper("gives the FIFOs, the environment and nothing more", [
  "sh",
  "-c",
  'read line; echo "<$line>"; echo "$MARK" >&2; echo /proc/self/fd/*; echo end',
], async (scene) => {
  await scene.go();
  scene.type("typed\n");
  await scene.until("end\n");
  // The shell lists its own. The fourth is the directory that it reads.
  assertEquals(
    scene.output,
    "<typed>\na = b\n" + "/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\nend\n",
  );
});

withKeeper(
  "makes a session whose signals are as they should be",
  "echo $$; cat /proc/self/status; echo end",
  async (scene) => {
    await scene.go();
    await scene.until("end\n");
    const number = (field: string) =>
      BigInt(`0x${new RegExp(`^${field}:\\s*(\\S+)$`, "m").exec(scene.output)?.[1]}`);
    const SIGNALS_OF_OLD = 0x7fffffffn;
    assertEquals(Number(scene.output.split("\n")[0]), scene.shell);
    assertEquals([number("SigBlk"), number("SigIgn") & SIGNALS_OF_OLD], [0n, 0n]);
  },
);

withKeeper(
  "hangs up and removes the directory when it is released",
  'trap "echo hung up > $FOLDER/told; exit" HUP; echo ready; while :; do read x || sleep 0.01; done',
  async (scene) => {
    await scene.go();
    await scene.until("ready\n");
    scene.release();
    await scene.runtime.ended();
    assertEquals(await Deno.readTextFile(`${scene.runtime.folder}/told`), "hung up\n");
  },
);

withKeeper(
  "leaves the library to programs that survive",
  'trap "" HUP; mkfifo $FOLDER/end; echo ready; read x < $FOLDER/end; sh -c "exit 0"',
  async (scene) => {
    const { runtime } = scene;
    await scene.go();
    await scene.until("ready\n");
    scene.release();
    assert(await eventually(() => (runtime.files?.length ?? 0) < 2, PATIENCE));
    assertEquals(runtime.files, [FILES.library]);
    await Deno.writeTextFile(`${runtime.folder}/end`, "\n");
    await runtime.ended();
  },
);

withKeeper(
  "reaps those whose parents are gone, and waits for them",
  'mkfifo $FOLDER/end; (trap "" HUP; echo ready; read x < $FOLDER/end) & exit 3',
  async (scene) => {
    const { runtime } = scene;
    await scene.go();
    assertEquals(await scene.end(), { kind: "status", code: 3 });
    await scene.until("ready\n");
    scene.release();
    assert(await eventually(() => (runtime.files?.length ?? 0) < 2, PATIENCE));
    assertEquals(runtime.files, [FILES.library]);
    await Deno.writeTextFile(`${runtime.folder}/end`, "\n");
    await runtime.ended();
  },
);

withKeeper("reports that it was killed", "cat", async (scene) => {
  await scene.go();
  signalProcess(await scene.keeperProcess(), "SIGKILL");
  await scene.bell.until(() => scene.lost);
  assertEquals(scene.ends, []);
  signalProcess(scene.shell, "SIGKILL");
});

withKeeper("is asked nothing once it was killed", "cat", async (scene) => {
  signalProcess(await scene.keeperProcess(), "SIGKILL");
  await scene.bell.until(() => scene.lost);
  scene.keeper.go();
});

/** A page for the keeper, and what it writes there. */
function makePage(runtime: Runtime): { page: StatePage; view: DataView } {
  const path = runtime.directory.file("page");
  const nowhere = { dev: 0n, ino: 0n };
  const page = new StatePage(path, {
    input: nowhere,
    output: nowhere,
    name: "/dev/rpty/1",
    minor: 0,
    userNamespace: 1n,
    pidNamespace: 2n,
  });
  const fd = libc.open(path, O_RDWR);
  const view = new DataView(mapShared(fd, PAGE_SIZE).buffer);
  libc.close(fd);
  return { page, view };
}

/** What a test of the page has. */
interface Paged {
  readonly runtime: Runtime;
  readonly scene: Scene;
  readonly page: StatePage;
  /** The page, as programs see it. */
  readonly view: DataView;
}

/** Registers a test with a page and a shell that waits to be started; `job` is a script beside it. */
function withPage(
  name: string,
  { command, job = "" }: { command: string; job?: string },
  test: (paged: Paged) => Promise<void>,
): void {
  Deno.test(`Keeper ${name}`, async () => {
    await using runtime = new Runtime();
    const { page, view } = makePage(runtime);
    await Deno.writeTextFile(`${runtime.folder}/job`, job);
    const scene = new Scene(new Poller(), runtime, ["sh", "-c", command]);
    try {
      await scene.go();
      await test({ runtime, scene, page, view });
    } finally {
      await scene.close();
    }
  });
}

/** What the job leaves that was hung up. */
function told({ runtime }: Paged): Promise<string> {
  return Deno.readTextFile(`${runtime.folder}/told`).catch(() => "");
}

withPage("takes the terminal from the session whose leader ends", {
  job: 'trap "echo hung up > $FOLDER/told; exit" HUP; echo $$; read x < $FOLDER/never',
  command: "mkfifo $FOLDER/never; setsid sh $FOLDER/job & read x; exit 3",
}, async (paged) => {
  const { scene, page, view } = paged;
  await scene.until("\n");
  [page.session, page.foreground] = [scene.shell, Number(scene.output)];
  const event = view.getInt32(PAGE.event, true);
  scene.type("\n");
  assertEquals(await scene.end(), { kind: "status", code: 3 });
  assertEquals([page.session, page.foreground, view.getInt32(PAGE.flags, true)], [0, 0, 0]);
  assert(view.getInt32(PAGE.event, true) !== event);
  assert(await eventually(async () => await told(paged) === "hung up\n", PATIENCE));
});

withPage("leaves the terminal to a session that has taken it", {
  command: "read x",
}, async ({ scene, page }) => {
  [page.session, page.foreground] = [NOBODY, NOBODY];
  scene.type("\n");
  await scene.end();
  assertEquals([page.session, page.foreground], [NOBODY, NOBODY]);
});

withPage("hangs the page up, and the foreground group", {
  job: 'trap "echo hung up > $FOLDER/told; exit" HUP; read x < $FOLDER/never',
  command: "mkfifo $FOLDER/never; setsid sh $FOLDER/job & echo $!; read x < $FOLDER/never",
}, async (paged) => {
  const { runtime, scene, page, view } = paged;
  await scene.until("\n");
  const job = Number(scene.output);
  assert(await eventually(() => caughtBy(job, PLATFORM.signal.SIGHUP), PATIENCE));
  page.foreground = job;
  const event = view.getInt32(PAGE.event, true);
  scene.release();
  await runtime.ended();
  assertEquals(view.getInt32(PAGE.flags, true), PAGE_FLAGS.HUNG_UP);
  assert(view.getInt32(PAGE.event, true) !== event);
  assertEquals(await told(paged), "hung up\n");
});

/** Whether a process has a handler for a signal. */
function caughtBy(process: number, signal: number): boolean {
  return (BigInt(`0x${statusOf(process, "SigCgt")}`) >> BigInt(signal - 1) & 1n) === 1n;
}
