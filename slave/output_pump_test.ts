import { assert, assertEquals } from "@std/assert";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Poller } from "../sys/poller.ts";
import { polled } from "../tests/harness/polled.ts";
import { Bell } from "../tests/harness/bell.ts";
import { makeFifo } from "./session_files.ts";
import { OutputPump } from "./output_pump.ts";

const encoder = new TextEncoder();
const { O_WRONLY, O_NONBLOCK, O_CLOEXEC } = PLATFORM.open;

/** More than any test sends. */
const WIDE = 1 << 30;

/** A pump, a program that writes, and all that came out. */
class Scene {
  readonly pump: OutputPump;
  readonly bell = new Bell();
  /** Text, with each mark at the place where it ran. */
  shown = "";
  readonly offsets: number[] = [];
  readonly #writer: number;

  constructor(poller: Poller, path: string, limit: number) {
    this.pump = new OutputPump(poller, path, limit, (offset, bytes) => {
      this.offsets.push(offset);
      this.shown += new TextDecoder().decode(bytes);
      this.bell.ring();
    });
    this.#writer = libc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  }

  /** How much of the text the FIFO took. */
  write(text: string): number {
    return libc.write(this.#writer, encoder.encode(text)) ?? 0;
  }

  mark(name: string): void {
    this.pump.mark(() => {
      this.shown += name;
      this.bell.ring();
    });
  }

  async until(shown: string): Promise<void> {
    await this.bell.until(() => this.shown.length >= shown.length);
    assertEquals(this.shown, shown);
  }

  close(): void {
    this.pump.close();
    libc.close(this.#writer);
  }
}

function withPump(name: string, limit: number, fn: (scene: Scene) => Promise<void>): void {
  const make = (poller: Poller, directory: string) => {
    makeFifo(`${directory}/out`);
    return new Scene(poller, `${directory}/out`, limit);
  };
  Deno.test(`OutputPump ${name}`, () => polled(make, fn));
}

withPump("gives what is written, with offsets", WIDE, async (scene) => {
  scene.write("one");
  await scene.until("one");
  scene.write("two");
  await scene.until("onetwo");
  assertEquals([scene.offsets, scene.pump.offset, scene.pump.end], [[0, 3], 6, 6]);
});

withPump("gives no more than the window", 10, async (scene) => {
  scene.write("0123456789abcdef");
  await scene.until("0123456789");
  assertEquals([scene.pump.queued, scene.pump.end], [16, 16]);
  assert(scene.pump.acknowledge(4));
  await scene.until("0123456789abcd");
  assert(scene.pump.acknowledge(14));
  await scene.until("0123456789abcdef");
  assertEquals(scene.pump.queued, 2);
});

withPump("leaves in the FIFO what the window has no room for", 10, async (scene) => {
  const taken = scene.write("x".repeat(100_000));
  await scene.until("x".repeat(10));
  const more = scene.write("y".repeat(100_000));
  assert(taken + more < 100_000, "who writes has to wait");
});

withPump("refuses an acknowledgement of what was never given", WIDE, async (scene) => {
  scene.write("one");
  await scene.until("one");
  assertEquals(scene.pump.acknowledge(4), false);
  assertEquals([scene.pump.acknowledge(3), scene.pump.acknowledge(1)], [true, true]);
  assertEquals(scene.pump.queued, 0);
});

withPump("runs marks in their place", 10, async (scene) => {
  scene.mark("[0]");
  assertEquals(scene.shown, "[0]", "nothing is before it");
  scene.write("one");
  scene.mark("[a]");
  scene.mark("[b]");
  scene.write("two");
  scene.mark("[c]");
  assertEquals(scene.shown, "[0]");
  await scene.until("[0]one[a][b]two[c]");
});

withPump("keeps marks behind what the window holds back", 4, async (scene) => {
  scene.write("onetwo");
  scene.mark("[a]");
  await scene.until("onet");
  scene.pump.acknowledge(4);
  await scene.until("onetwo[a]");
});

withPump("discards what it has not given, and runs the marks in it", 4, async (scene) => {
  scene.write("onetwo");
  scene.mark("[a]");
  await scene.until("onet");
  scene.write("three");
  scene.mark("[b]");
  scene.pump.discard();
  scene.write("four");
  scene.mark("[c]");
  assertEquals(scene.shown, "onet[a][b]");
  scene.pump.acknowledge(4);
  await scene.until("onet[a][b]four[c]");
  assertEquals(scene.offsets, [0, 11], "the master sees where the gap was");
});

withPump("counts what is discarded as acknowledged", 4, async (scene) => {
  scene.write("onetwo");
  await scene.until("onet");
  assertEquals(scene.pump.queued, 6);
  scene.pump.discard();
  assertEquals(scene.pump.queued, 4);
  scene.pump.acknowledge(2);
  scene.write("abcdef");
  await scene.until("onetab");
  assertEquals(scene.pump.queued, 8);
  scene.pump.acknowledge(4);
  await scene.until("onetabcd");
  assertEquals(scene.pump.queued, 6);
  assertEquals([scene.pump.acknowledge(10), scene.pump.acknowledge(11)], [true, false]);
});

withPump("takes several gaps with no window left", 4, async (scene) => {
  scene.write("onet");
  await scene.until("onet");
  for (let gap = 0; gap < 3; gap++) {
    scene.write("dropped");
    scene.pump.discard();
  }
  assertEquals(scene.pump.queued, 4);
  scene.write("abcd");
  scene.pump.acknowledge(4);
  await scene.until("onetabcd");
  assertEquals([scene.offsets, scene.pump.offset], [[0, 25], 29]);
});

withPump("adds behind what programs have written", WIDE, async (scene) => {
  scene.write("one");
  scene.pump.write(encoder.encode("^C"));
  scene.write("two");
  await scene.until("one^Ctwo");
});

withPump("takes all and gives nothing once abandoned", 4, async (scene) => {
  scene.write("onetwo");
  scene.mark("[a]");
  await scene.until("onet");
  scene.pump.abandon();
  await scene.until("onet[a]");
  for (let sent = 0; sent < 300_000;) {
    const taken = scene.write("x".repeat(50_000));
    sent += taken;
    if (taken > 0) continue;
    const ran = scene.shown.length;
    scene.mark("!");
    await scene.bell.until(() => scene.shown.length > ran);
  }
  assertEquals(scene.shown.replaceAll("!", ""), "onet[a]");
});
