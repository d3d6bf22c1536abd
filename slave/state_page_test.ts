import { assert, assertEquals } from "@std/assert";
import { cFunction } from "../sys/c_functions.ts";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import { LINUX } from "../sys/platform_linux.ts";
import { decodeTermios } from "../sys/termios_codec.ts";
import { soon } from "../tests/harness/bell.ts";
import { eventually } from "../tests/harness/processes.ts";
import { SANE_TERMIOS, type Termios } from "../tty/termios.ts";
import { mapShared } from "./mapped_memory.ts";
import { NAME_SIZE, PAGE, PAGE_FLAGS, PAGE_MAGIC, PAGE_SIZE, PAGE_VERSION } from "./page_layout.ts";
import { StatePage } from "./state_page.ts";

const CONSTANTS = {
  input: { dev: 2n ** 40n + 1n, ino: 11n },
  output: { dev: 2n, ino: 2n ** 63n },
  name: "/dev/rpty/4711",
  minor: 0x80001,
  userNamespace: 2n ** 33n + 1n,
  pidNamespace: 2n ** 34n + 1n,
};

/** Runs with a page, and with its file as programs map it. */
function withPage(
  name: string,
  fn: (page: StatePage, seen: DataView, address: Deno.PointerObject) => Promise<void> | void,
  constants = CONSTANTS,
): void {
  Deno.test(`StatePage ${name}`, async () => {
    const directory = await Deno.makeTempDir();
    const path = `${directory}/page`;
    const page = new StatePage(path, constants);
    const fd = libc.open(path, PLATFORM.open.O_RDWR);
    const { buffer, address } = mapShared(fd, PAGE_SIZE);
    libc.close(fd);
    try {
      await fn(page, new DataView(buffer), address);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}

const word = (view: DataView, offset: number) => view.getInt32(offset, true);

function nameIn(view: DataView): string {
  const bytes = new Uint8Array(view.buffer, PAGE.name, NAME_SIZE);
  assert(bytes.includes(0), "it has an end");
  return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
}

withPage("says what it is, and which files are the terminal", (_page, seen) => {
  assertEquals(
    [word(seen, PAGE.magic), word(seen, PAGE.version), word(seen, PAGE.minor)],
    [PAGE_MAGIC, PAGE_VERSION, CONSTANTS.minor],
  );
  const identity = [PAGE.input_dev, PAGE.input_ino, PAGE.output_dev, PAGE.output_ino];
  assertEquals(
    [...identity, PAGE.user_namespace, PAGE.pid_namespace].map((offset) =>
      seen.getBigUint64(offset, true)
    ),
    [2n ** 40n + 1n, 11n, 2n, 2n ** 63n, 2n ** 33n + 1n, 2n ** 34n + 1n],
  );
  assertEquals(nameIn(seen), CONSTANTS.name);
});

withPage("cuts a name that is too long", (_page, seen) => {
  assertEquals(nameIn(seen), "n".repeat(NAME_SIZE - 1));
}, { ...CONSTANTS, name: "n".repeat(100) });

Deno.test("StatePage is a file of one page that only its owner may open", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/page`;
  const before = Deno.umask(0);
  new StatePage(path, CONSTANTS);
  Deno.umask(before);
  const { size, mode } = await Deno.stat(path);
  assertEquals([size, (mode as number) & 0o777], [PAGE_SIZE, 0o600]);
  await Deno.remove(directory, { recursive: true });
});

withPage("shows termios as C has it", (page, seen) => {
  const termios: Termios = { ...SANE_TERMIOS, ECHO: false, VMIN: 7, OSPEED: 9600 };
  page.termios = termios;
  const struct = new Uint8Array(seen.buffer, PAGE.termios, LINUX.termios.size);
  assertEquals(decodeTermios(struct, LINUX.termios), termios);
});

withPage("shows the window's size", (page, seen) => {
  page.winsize = { rows: 24, cols: 80, xpixel: 65535, ypixel: 1 };
  const words = [0, 2, 4, 6].map((at) => seen.getUint16(PAGE.winsize + at, true));
  assertEquals(words, [24, 80, 65535, 1]);
});

withPage("has an odd sequence while it is written, and another even one after", (page, seen) => {
  const before = word(seen, PAGE.sequence);
  const during: number[] = [];
  const note = () => during.push(word(seen, PAGE.sequence));
  page.termios = {
    ...SANE_TERMIOS,
    get ECHO() {
      note();
      return true;
    },
  };
  const between = word(seen, PAGE.sequence);
  page.winsize = {
    get rows() {
      note();
      return 24;
    },
    ...{ cols: 80, xpixel: 0, ypixel: 0 },
  };
  const after = word(seen, PAGE.sequence);
  assertEquals([before % 2, between % 2, after % 2], [0, 0, 0]);
  assert(before < between && between < after);
  assertEquals(during[0], before + 1);
});

withPage("shows single words at once", (page, seen) => {
  page.session = 4711;
  page.foreground = 4712;
  page.eof = 3;
  page.held = 100_000;
  const offsets = [PAGE.session, PAGE.foreground, PAGE.eof, PAGE.held];
  assertEquals(offsets.map((offset) => word(seen, offset)), [4711, 4712, 3, 100_000]);
  assertEquals([page.session, page.foreground], [4711, 4712]);
});

withPage("is stopped until it is started", (page, seen) => {
  page.stopped = true;
  assertEquals(word(seen, PAGE.flags), PAGE_FLAGS.STOPPED);
  page.hangUp();
  page.stopped = false;
  assertEquals(word(seen, PAGE.flags), PAGE_FLAGS.HUNG_UP);
});

withPage("says whether anyone may open the terminal", (page, seen) => {
  page.exclusive = true;
  assertEquals(word(seen, PAGE.flags), PAGE_FLAGS.EXCLUSIVE);
  page.exclusive = false;
  assertEquals(word(seen, PAGE.flags), 0);
});

withPage("is hung up for good, and wakes programs that sleep", (page, seen) => {
  const before = word(seen, PAGE.event);
  page.hangUp();
  assertEquals(word(seen, PAGE.flags), PAGE_FLAGS.HUNG_UP);
  assert(word(seen, PAGE.event) !== before);
});

withPage("wakes programs that sleep on its event", async (page, seen, address) => {
  const SYS_FUTEX = Deno.build.arch === "aarch64" ? 98n : 202n;
  const FUTEX_WAIT = 0n;
  const wait = cFunction("syscall", {
    parameters: ["i64", "pointer", "i64", "i64", "pointer"],
    result: "i64",
    nonblocking: true,
  });
  const event = Deno.UnsafePointer.offset(address, PAGE.event);
  const before = word(seen, PAGE.event);
  const woken = wait(SYS_FUTEX, event, FUTEX_WAIT, BigInt(before), null);
  const call = `${SYS_FUTEX} 0x${Deno.UnsafePointer.value(event).toString(16)} `;
  const asleep = () =>
    [...Deno.readDirSync("/proc/self/task")].some(({ name }) =>
      Deno.readTextFileSync(`/proc/self/task/${name}/syscall`).startsWith(call)
    );
  assert(await eventually(asleep, 5000));
  page.wake();
  assertEquals(await soon(woken), 0n);
  assert(word(seen, PAGE.event) !== before);
});
