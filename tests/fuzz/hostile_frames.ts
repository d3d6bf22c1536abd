// The frames of a hostile peer: valid ones, almost valid ones, and garbage.

import { encodeFrame } from "../../protocol/frame_codec.ts";
import {
  EXIT_KINDS,
  FLOW_ACTIONS,
  FLUSH_QUEUES,
  type Frame,
  INPUT_KINDS,
} from "../../protocol/frames.ts";
import { KEY_SIGNALS } from "../../tty/key_signals.ts";
import { encodeTermiosChange, SANE_TERMIOS } from "../../tty/termios.ts";
import { concat, HOSTILE, session } from "./corpus.ts";
import { type Dice, mutate } from "./mutate.ts";

/** Numbers at the edges of what fields take. */
const EDGES = [0, 1, 255, 65_535, 65_536, 1 << 20, 2 ** 32, Number.MAX_SAFE_INTEGER];

/** Text that changes a screen, ends within a character, or is empty. */
const PIECES = ["text\r\n", "\x1b[?1049h", "\x1b[31", "\u009b?25l", "\x1b]4;1;red", "日本", "\xc2"];

/** Frames of one side: some follow those before, some do not. */
export class HostileFrames {
  readonly #dice: Dice;
  readonly #next: () => Frame;
  #offsets = { output: 0, data: 0, input: 0 };
  #number = 0;
  #limit = 65_536;

  /** For a slave without a terminal, few frames that need one. */
  constructor(side: "master" | "slave", dice: Dice, { plain = false } = {}) {
    this.#dice = dice;
    const choices = side === "master" ? this.#masterFrames : this.#slaveFrames;
    this.#next = () => dice.pick(plain && !dice.oneIn(50) ? this.#plainFrames : choices)();
  }

  /** The bytes of one step: a frame, many copies of it, a mutated frame, or garbage. */
  move(): Uint8Array {
    const dice = this.#dice;
    if (dice.oneIn(40)) return dice.pick(HOSTILE);
    if (dice.oneIn(40)) return dice.pick(session(dice.oneIn(2) ? "master" : "slave"));
    if (dice.oneIn(15)) {
      return concat(...Array.from({ length: dice.below(400) }, () => this.#one()));
    }
    const frame = this.#one();
    if (dice.oneIn(15)) return concat(...new Array(dice.below(400)).fill(frame));
    return dice.oneIn(30) ? mutate(frame, dice) : frame;
  }

  #one(): Uint8Array {
    return encodeFrame(this.#next());
  }

  #count(honest: number): number {
    return this.#dice.oneIn(25) ? this.#dice.pick(EDGES) : honest;
  }

  #bytes(): Uint8Array {
    const dice = this.#dice;
    if (dice.oneIn(30)) return new Uint8Array(dice.below(3) * 40_000);
    if (dice.oneIn(2)) return new TextEncoder().encode(dice.pick(PIECES));
    return dice.bytes(dice.oneIn(40) ? 0 : 1 + dice.below(20));
  }

  #written(kind: "output" | "data"): Frame {
    const bytes = this.#bytes();
    const offset = this.#offsets[kind] + (this.#dice.oneIn(6) ? this.#dice.below(100) : 0);
    this.#offsets[kind] = offset + bytes.length;
    return { type: kind, offset: this.#count(offset), bytes };
  }

  #settings(): readonly number[] {
    const dice = this.#dice;
    return encodeTermiosChange({
      ICANON: dice.oneIn(2),
      ECHO: dice.oneIn(2),
      ISIG: !dice.oneIn(4),
      ...dice.oneIn(4) ? { VINTR: dice.pick([3, 0x7e, 0x2e, 10]), IGNCR: dice.oneIn(3) } : {},
      ...dice.oneIn(8) ? { ...SANE_TERMIOS } : {},
    });
  }

  #winsize() {
    const side = () => this.#dice.below(65_536);
    return { rows: side(), cols: side(), xpixel: side(), ypixel: 0 };
  }

  #change() {
    return { number: this.#count(++this.#number) };
  }

  readonly #plainFrames: readonly (() => Frame)[] = [
    () => this.#written("output"),
    () => this.#written("output"),
    () => ({ type: "window", limit: this.#count(this.#limit += this.#dice.below(2000)) }),
    () => ({ type: "drain", id: this.#count(1) }),
    () => ({ type: "ping", id: this.#count(1) }),
    () => this.#dice.oneIn(10) ? this.#exit() : { type: "pong", id: 0 },
  ];

  readonly #slaveFrames: readonly (() => Frame)[] = [
    ...this.#plainFrames,
    () => this.#written("data"),
    () => ({
      type: "termios",
      ...this.#change(),
      seen: this.#count(0),
      flush: this.#dice.oneIn(4),
      settings: this.#settings(),
    }),
    () => ({
      type: "flush",
      ...this.#change(),
      seen: this.#count(0),
      queue: this.#dice.pick(FLUSH_QUEUES),
    }),
    () => ({ type: "flow", ...this.#change(), action: this.#dice.pick(FLOW_ACTIONS) }),
    () => ({ type: "break", ...this.#change(), duration: this.#count(0) }),
    () => ({ type: "resize", ...this.#change(), ...this.#winsize() }),
    () => ({ type: "restart" }),
    () => ({ type: "taken", offset: this.#count(0), flushed: this.#dice.oneIn(2) }),
  ];

  #exit(): Frame {
    return { type: "exit", kind: this.#dice.pick(EXIT_KINDS), code: this.#count(9) };
  }

  #typed(): Frame {
    const bytes = this.#bytes();
    const kind = this.#dice.pick(INPUT_KINDS);
    const offset = this.#offsets.input;
    this.#offsets.input += bytes.length + (kind === "eof" ? 1 : 0);
    return { type: "input", offset: this.#count(offset), change: this.#count(0), kind, bytes };
  }

  readonly #masterFrames: readonly (() => Frame)[] = [
    () => this.#typed(),
    () => this.#typed(),
    () => ({
      type: "signal",
      offset: this.#count(this.#offsets.input++),
      change: this.#count(0),
      signal: this.#dice.pick(KEY_SIGNALS),
    }),
    () => ({ type: "winsize", ...this.#winsize() }),
    () => ({ type: "ack", output: this.#count(0), data: this.#count(0), change: this.#count(0) }),
    () => ({ type: "drained", id: this.#count(1), queue: this.#count(0) }),
    () => ({ type: "ping", id: this.#count(1) }),
    () => this.#dice.oneIn(8) ? { type: "error", message: "a\nb\x1b[2J" } : { type: "suspend" },
  ];
}
