// A valid frame of each name, and a whole session of them, for tests and fuzz targets.

import type { Frame, FrameFrom, FrameName, FrameOf } from "../../protocol/frames.ts";
import { encodeMasterHello, encodeSlaveHello } from "../../protocol/hello.ts";
import { encodeTermiosChange, SANE_TERMIOS } from "../../tty/termios.ts";

const WINSIZE = { rows: 24, cols: 80, xpixel: 640, ypixel: 0xffff };

export const MASTER_HELLO = {
  terminal: { termios: { ...SANE_TERMIOS, IUTF8: true }, winsize: WINSIZE, outputIsTerminal: true },
  environment: { TERM: "xterm-256color", LANG: "de_AT.UTF-8" },
  outputLimit: 1 << 20,
};

export const SLAVE_HELLO = { inputLimit: 65_536 };

/** One of each. */
export const SAMPLES: { readonly [Name in FrameName]: FrameOf<Name> } = {
  hello: encodeMasterHello(MASTER_HELLO),
  ping: { type: "ping", id: 0 },
  pong: { type: "pong", id: 7 },
  error: { type: "error", message: "no room — für niemanden" },
  input: { type: "input", offset: 3, change: 0, kind: "line", bytes: Uint8Array.of(108, 115, 10) },
  signal: { type: "signal", offset: 2 ** 40, change: 300, signal: "SIGTSTP" },
  winsize: { type: "winsize", ...WINSIZE },
  ack: { type: "ack", output: Number.MAX_SAFE_INTEGER, data: 2 ** 32, change: 65_536 },
  drained: { type: "drained", id: 1, queue: 512 },
  suspend: { type: "suspend" },
  output: { type: "output", offset: 2 ** 31, bytes: new Uint8Array(70_000).fill(0x1b) },
  data: { type: "data", offset: 0, bytes: Uint8Array.of(0) },
  termios: {
    type: "termios",
    number: 1,
    seen: 3,
    flush: true,
    settings: encodeTermiosChange({ ICANON: false, ECHO: false, VMIN: 1, VERASE: -1 }),
  },
  flush: { type: "flush", number: 2, seen: 3, queue: "both" },
  flow: { type: "flow", number: 3, action: "TCOON" },
  break: { type: "break", number: 4, duration: 0 },
  resize: { type: "resize", number: 5, ...WINSIZE },
  restart: { type: "restart" },
  taken: { type: "taken", offset: 23, flushed: true },
  window: { type: "window", limit: 98_304 },
  drain: { type: "drain", id: 255 },
  exit: { type: "exit", kind: "signal", code: 9 },
};

const MASTER_FRAMES = ["hello", "winsize", "input", "signal", "ack", "ping", "drained", "suspend"];
const SLAVE_FRAMES = [
  ...["window", "output", "termios", "data", "pong", "flush", "flow", "break", "resize", "restart"],
  ...["taken", "drain", "exit"],
];

/** What a valid side might send, in order. */
export const SESSIONS: { readonly [Side in "master" | "slave"]: readonly FrameFrom<Side>[] } = {
  master: pick(MASTER_FRAMES) as FrameFrom<"master">[],
  slave: [encodeSlaveHello(SLAVE_HELLO), ...pick(SLAVE_FRAMES)] as FrameFrom<"slave">[],
};

function pick(names: readonly string[]): Frame[] {
  return names.map((name) => SAMPLES[name as FrameName]);
}
