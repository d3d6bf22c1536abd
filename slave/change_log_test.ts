import { assert, assertEquals } from "@std/assert";
import type { FrameOf } from "../protocol/frames.ts";
import {
  decodeTermiosChange,
  SANE_TERMIOS,
  type Termios,
  type TermiosChange,
} from "../tty/termios.ts";
import { ChangeLog } from "./change_log.ts";

const RAW: Termios = { ...SANE_TERMIOS, ICANON: false, ECHO: false };

/** A log, and the frames that it makes when all output has been sent. */
class Scene {
  readonly log = new ChangeLog(SANE_TERMIOS);
  #waiting: (() => FrameOf<"termios">)[] = [];

  change(change: TermiosChange, { flush = false, seen = 0, position = 0 } = {}): void {
    const termios = { ...this.log.termios, ...change } as Termios;
    const frame = this.log.changeTermios(termios, { flush, seen, position });
    if (frame !== undefined) this.#waiting.push(frame);
  }

  send(): FrameOf<"termios">[] {
    const frames = this.#waiting.map((frame) => frame());
    this.#waiting = [];
    return frames;
  }

  /** Number and settings of each frame. */
  sent(): (readonly [number, TermiosChange])[] {
    return this.send().map(({ number, settings }) => [number, decodeTermiosChange(settings)]);
  }
}

Deno.test("ChangeLog.changeTermios gives what changed, with number and seen", () => {
  const scene = new Scene();
  scene.change({ ICANON: false, ECHO: false }, { seen: 7, flush: true });
  const [frame, ...others] = scene.send();
  assertEquals(others, []);
  assertEquals({ ...frame, settings: decodeTermiosChange(frame.settings) }, {
    type: "termios",
    number: 1,
    seen: 7,
    flush: true,
    settings: { ICANON: false, ECHO: false },
  });
  assertEquals([scene.log.number, scene.log.termios], [1, RAW]);
});

Deno.test("ChangeLog.isInForce tells by the number, not by the settings", () => {
  const scene = new Scene();
  scene.change({ ECHO: false }, { position: 1 });
  scene.change({ ECHO: true }, { position: 2 });
  scene.log.next();
  assertEquals([0, 1, 2, 3].map((number) => scene.log.isInForce(number)), [
    false,
    false,
    true,
    true,
  ]);
});

Deno.test("ChangeLog.changeTermios makes one of neighbours", () => {
  const scene = new Scene();
  scene.change({ ICANON: false, VEOF: 5 }, { seen: 1, position: 10 });
  scene.change({ ECHO: false }, { seen: 2, position: 10 });
  scene.change({ VEOF: 6, ICANON: true }, { seen: 3, position: 10 });
  const [frame, ...others] = scene.send();
  assertEquals(others, []);
  assertEquals([frame.number, frame.seen], [3, 3]);
  assertEquals(decodeTermiosChange(frame.settings), { ICANON: true, ECHO: false, VEOF: 6 });
});

Deno.test("ChangeLog.termiosAt knows no settings that never travelled", () => {
  const scene = new Scene();
  scene.change({ VEOL: 1 });
  scene.change({ VEOL: 2 });
  scene.change({ VEOL: 3 });
  assertEquals([0, 1, 2, 3].map((number) => scene.log.termiosAt(number).VEOL), [-1, -1, -1, 3]);
});

Deno.test("ChangeLog.changeTermios keeps apart what has output between", () => {
  const scene = new Scene();
  scene.change({ ECHO: false }, { position: 10 });
  scene.change({ ECHO: true }, { position: 15 });
  assertEquals(scene.sent(), [[1, { ECHO: false }], [2, { ECHO: true }]]);
});

Deno.test("ChangeLog.changeTermios keeps apart what has been sent", () => {
  const scene = new Scene();
  scene.change({ ECHO: false });
  assertEquals(scene.sent(), [[1, { ECHO: false }]]);
  scene.change({ ECHO: true });
  assertEquals(scene.sent(), [[2, { ECHO: true }]]);
});

Deno.test("ChangeLog.changeTermios keeps flushes apart", () => {
  const scene = new Scene();
  scene.change({ ECHO: false });
  scene.change({ ICANON: false }, { flush: true });
  scene.change({ ISIG: false });
  scene.change({ IXON: false });
  const frames = scene.send();
  assertEquals(frames.map(({ number, flush }) => [number, flush]), [
    [1, false],
    [2, true],
    [4, false],
  ]);
});

Deno.test("ChangeLog.next keeps apart what it is between", () => {
  const scene = new Scene();
  scene.change({ ECHO: false });
  assertEquals(scene.log.next(), 2);
  scene.change({ ECHO: true });
  assertEquals(scene.sent(), [[1, { ECHO: false }], [3, { ECHO: true }]]);
});

Deno.test("ChangeLog.changeTermios sends nothing where nothing changes", () => {
  const scene = new Scene();
  scene.change({});
  scene.change({ ECHO: true });
  assertEquals([scene.sent(), scene.log.number], [[], 0]);
  scene.change({}, { flush: true });
  assertEquals(scene.sent(), [[1, {}]]);
});

Deno.test("ChangeLog.changeTermios keeps VMIN and VTIME here", () => {
  const scene = new Scene();
  scene.change({ VMIN: 5, VTIME: 2 });
  assertEquals([scene.sent(), scene.log.number], [[], 0]);
  scene.change({ ECHO: false, VMIN: 0 });
  assertEquals(scene.sent(), [[1, { ECHO: false }]]);
  const { VMIN, VTIME, ECHO } = scene.log.termios;
  assertEquals([VMIN, VTIME, ECHO], [0, 2, false]);
});

Deno.test("ChangeLog.termiosAt tells the settings after a change", () => {
  const { log } = new Scene();
  const at = (termios: Termios) =>
    log.changeTermios(termios, { flush: false, seen: 0, position: 0 });
  at(RAW);
  assertEquals(log.next(), 2);
  at(SANE_TERMIOS);
  assertEquals([0, 1, 2, 3].map((number) => log.termiosAt(number)), [
    SANE_TERMIOS,
    RAW,
    RAW,
    SANE_TERMIOS,
  ]);
});

Deno.test("ChangeLog.acknowledge forgets what nobody can ask for", () => {
  const { log } = new Scene();
  const settings = [1, 2, 3].map((VEOL): Termios => ({ ...SANE_TERMIOS, VEOL }));
  for (const termios of settings) {
    log.changeTermios(termios, { flush: false, seen: 0, position: termios.VEOL });
  }
  assert(log.acknowledge(0));
  assertEquals(log.termiosAt(0), SANE_TERMIOS);
  assert(log.acknowledge(2));
  assertEquals(log.termiosAt(2), settings[1]);
  assertEquals(log.termiosAt(0), settings[1], "the oldest that is known");
  assertEquals(log.termiosAt(3), settings[2]);
  assertEquals(log.acknowledge(4), false);
  assertEquals([log.acknowledge(3), log.acknowledge(1)], [true, true]);
  assertEquals(log.termios, settings[2]);
});
