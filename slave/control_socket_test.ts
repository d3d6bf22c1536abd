import { assert, assertEquals } from "@std/assert";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Poller } from "../sys/poller.ts";
import { polled } from "../tests/harness/polled.ts";
import { Bell } from "../tests/harness/bell.ts";
import {
  type Answer,
  ask,
  type Asked,
  Connection,
  encodeRequest,
} from "../tests/harness/control_client.ts";
import { SANE_TERMIOS, type Termios } from "../tty/termios.ts";
import { ControlSocket, type Handler, type Reply, type Request } from "./control_socket.ts";
import { makeFifo, O_PATH } from "./session_files.ts";
import { listenIn } from "./unix_socket.ts";
import { REPLY, REQUEST, SILENCE_LIMIT } from "./page_layout.ts";

const { O_RDWR, O_RDONLY, O_NONBLOCK } = PLATFORM.open;

/** A control socket whose terminal is one FIFO, and the requests that it received. */
class Scene {
  readonly poller: Poller;
  readonly path: string;
  /** A descriptor of the terminal, and one that is not. */
  readonly terminal: number;
  readonly stranger = libc.open("/dev/null", O_RDONLY);
  readonly requests: Request[] = [];
  handle: Handler = () => ({});
  readonly socket: ControlSocket;

  constructor(poller: Poller, directory: string) {
    this.poller = poller;
    this.path = `${directory}/ctl`;
    makeFifo(`${directory}/in`);
    this.terminal = libc.open(`${directory}/in`, O_RDWR | O_NONBLOCK);
    this.socket = new ControlSocket(
      poller,
      listenIn(directory, "ctl"),
      [libc.fstat(this.terminal)],
      (request) => {
        // `process` can be read only while the connection is open.
        this.requests.push({ ...request });
        return this.handle(request);
      },
    );
  }

  ask(asked: Asked): Promise<Answer> {
    return ask(this.poller, this.path, { on: [this.terminal], ...asked });
  }

  connect(): Connection {
    return new Connection(this.poller, this.path);
  }

  close(): void {
    this.socket.close();
    libc.close(this.terminal);
    libc.close(this.stranger);
  }
}

function openDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

function withSocket(name: string, fn: (scene: Scene) => Promise<void>): void {
  Deno.test(`ControlSocket ${name}`, async () => {
    const before = openDescriptors();
    await polled((poller, directory) => new Scene(poller, directory), fn);
    assertEquals(openDescriptors(), before, "nothing stays open");
  });
}

withSocket("gives a request to its handler, and the reply back", async (scene) => {
  const winsize = { rows: 24, cols: 80, xpixel: 640, ypixel: 65535 };
  const termios: Termios = { ...SANE_TERMIOS, ECHO: false, VMIN: 9 };
  const reply: Reply = { value: -5, winsize, termios: { ...termios, VTIME: 3 } };
  scene.handle = () => reply;
  const answer = await scene.ask({ operation: "SET_TERMIOS", argument: 2, winsize, termios });
  const [{ settings, ...request }] = scene.requests;
  assertEquals(request, {
    operation: "SET_TERMIOS",
    argument: 2,
    winsize,
    process: Deno.pid,
    possesses: true,
    bypassing: false,
  });
  assertEquals(settings(SANE_TERMIOS), termios);
  assertEquals(answer, {
    error: "",
    value: -5,
    descriptor: undefined,
    winsize,
    termios: { ...termios, VTIME: 3 },
  });
});

withSocket("keeps settings that Linux has no bits for", async (scene) => {
  await scene.ask({ operation: "SET_TERMIOS", termios: { ...SANE_TERMIOS, ECHO: false } });
  const darwin = { ...SANE_TERMIOS, VSTATUS: 20, VDSUSP: 25, ALTWERASE: true };
  assertEquals(scene.requests[0].settings(darwin), { ...darwin, ECHO: false });
});

withSocket(
  "takes a program's request for its own, and the keeper's for another's",
  async (scene) => {
    const told = async (via: Asked["via"]) => {
      await scene.ask({ operation: "TAKE_EOF", process: 1, via });
      const { process: asked, bypassing } = scene.requests.at(-1) as Request;
      return [asked, bypassing];
    };
    assertEquals(await told("ITSELF"), [Deno.pid, false]);
    assertEquals(await told("KEEPER"), [1, true]);
    assertEquals(await told("DOOR"), [1, false]);
  },
);

withSocket("takes no descriptor for possession that was opened with O_PATH", async (scene) => {
  const place = libc.open(scene.path.replace(/ctl$/, "in"), O_PATH);
  assertEquals((await scene.ask({ operation: "GET_STATE", on: [place] }))?.error, "ENOTTY");
  libc.close(place);
  assertEquals(scene.requests, []);
});

withSocket("replies with an error", async (scene) => {
  scene.handle = () => ({ error: "EPERM" });
  assertEquals((await scene.ask({ operation: "SET_FOREGROUND" }))?.error, "EPERM");
});

withSocket("replies before what else is to be done", async (scene) => {
  const client = scene.connect();
  const replied: boolean[] = [];
  scene.handle = () => ({ after: () => replied.push(client.arrived === REPLY.size) });
  client.send(encodeRequest({ operation: "SET_TERMIOS" }), [scene.terminal]);
  await client.answer();
  assertEquals(replied, [true]);
});

withSocket("replies later", async (scene) => {
  const drained = Promise.withResolvers<Reply>();
  const asked = new Bell();
  scene.handle = ({ operation }) => {
    asked.ring();
    return operation === "DRAIN" ? { reply: drained.promise, abandon() {} } : { value: 7 };
  };
  const late = scene.ask({ operation: "DRAIN" });
  await asked.until(() => scene.requests.length === 1);
  assertEquals((await scene.ask({ operation: "OUTPUT_QUEUE" }))?.value, 7, "others go on");
  drained.resolve({ value: 8 });
  assertEquals((await late)?.value, 8);
});

withSocket("abandons a late reply when the program leaves", async (scene) => {
  const reply = new Promise<Reply>(() => {});
  const abandoned = new Bell();
  let count = 0;
  scene.handle = () => ({
    reply,
    abandon() {
      count++;
      abandoned.ring();
    },
  });
  const before = openDescriptors();
  for (let times = 1; times <= 3; times++) {
    const client = scene.connect();
    client.send(encodeRequest({ operation: "DRAIN" }), [scene.terminal]);
    client.close();
    await abandoned.until(() => count === times);
  }
  assertEquals(openDescriptors(), before);
});

withSocket("passes a descriptor", async (scene) => {
  scene.handle = () => ({ descriptor: libc.open("/dev/zero", O_RDONLY) });
  const answer = await scene.ask({ operation: "OPEN" });
  const descriptor = answer?.descriptor as number;
  assertEquals(libc.fstat(descriptor).rdev, BigInt((await Deno.stat("/dev/zero")).rdev as number));
  libc.close(descriptor);
});

withSocket("gives a stranger ENOTTY", async (scene) => {
  for (const on of [[], [scene.stranger]]) {
    assertEquals((await scene.ask({ operation: "GET_STATE", on }))?.error, "ENOTTY");
  }
  assertEquals(scene.requests, []);
});

withSocket("lets the handler decide on OPEN by name", async (scene) => {
  scene.handle = ({ possesses }) => ({ value: Number(possesses) });
  assertEquals((await scene.ask({ operation: "OPEN", on: [] }))?.value, 0);
  assertEquals((await scene.ask({ operation: "OPEN" }))?.value, 1);
});

withSocket("closes what is no request of ours", async (scene) => {
  const good = encodeRequest({ operation: "GET_STATE" });
  const wrongMagic = good.slice();
  wrongMagic[REQUEST.magic] ^= 1;
  const unknown = good.slice();
  unknown[REQUEST.operation] = 99;
  for (const bytes of [wrongMagic, unknown, good.slice(0, -1), good.slice(0, 1)]) {
    const connection = scene.connect();
    connection.send(bytes, [scene.terminal]);
    assertEquals(await connection.answer(), undefined);
  }
  assertEquals(scene.requests, []);
});

withSocket("keeps no descriptor that a stranger sends", async (scene) => {
  const before = openDescriptors();
  const { stranger, terminal } = scene;
  for (const on of [[stranger, stranger], [terminal, stranger], Array(50).fill(stranger)]) {
    await scene.ask({ operation: "GET_STATE", on });
  }
  const short = scene.connect();
  short.send(new Uint8Array(1), [stranger, stranger]);
  await short.answer();
  assertEquals(openDescriptors(), before);
});

withSocket(
  "tolerates programs that leave without a request, or before the reply",
  async (scene) => {
    scene.connect().close();
    const connection = scene.connect();
    connection.send(encodeRequest({ operation: "GET_STATE" }), [scene.terminal]);
    connection.close();
    assertEquals((await scene.ask({ operation: "GET_STATE" }))?.error, "");
  },
);

withSocket("waits for a slow program", async (scene) => {
  const slow = scene.connect();
  assertEquals((await scene.ask({ operation: "GET_STATE" }))?.error, "");
  slow.send(encodeRequest({ operation: "BREAK" }), [scene.terminal]);
  assertEquals((await slow.answer())?.error, "");
  assertEquals(scene.requests.map(({ operation }) => operation), ["GET_STATE", "BREAK"]);
});

withSocket("hangs up on the silent after a while", async (scene) => {
  const real = globalThis.setTimeout;
  const limits: (() => void)[] = [];
  const taken = new Bell();
  globalThis.setTimeout = ((pass: () => void, time: number) => {
    if (time !== SILENCE_LIMIT) return real(pass, time);
    limits.push(pass);
    taken.ring();
    return 0;
  }) as typeof setTimeout;
  const silent = scene.connect();
  await taken.until(() => limits.length > 0).finally(() => globalThis.setTimeout = real);
  limits[0]();
  assertEquals(await silent.answer(), undefined);
});

withSocket("hangs up on the silent when they are too many", async (scene) => {
  const SILENT = 80;
  const before = openDescriptors();
  const connections = Array.from({ length: SILENT }, () => scene.connect());
  assertEquals((await scene.ask({ operation: "GET_STATE" }))?.error, "", "others are served");
  const heldHere = openDescriptors() - before - SILENT;
  assert(heldHere <= 64, `${heldHere} are kept`);
  assertEquals(await connections[0].answer(), undefined, "the oldest goes first");
  const last = connections.at(-1) as Connection;
  last.send(encodeRequest({ operation: "BREAK" }), [scene.terminal]);
  assertEquals((await last.answer())?.error, "");
  for (const connection of connections.slice(1, -1)) connection.close();
});
