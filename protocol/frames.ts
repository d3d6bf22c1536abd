// The frames that master and slave exchange. docs/protocol.md explains each.
//
//   master ── input, signal, winsize, ack, drained, suspend ──────────────────────────────> slave
//          <── output, data, termios, flush, flow, break, resize, restart, taken,
//              window, drain, exit ──
//          <── hello, ping, pong, error ──>
//
// A frame is a CBOR array: its code, then its fields in the order given here.

import { KEY_SIGNALS } from "../tty/key_signals.ts";
import { ProtocolError } from "./errors.ts";
import { MAX_TERMIOS_NUMBERS, MAX_TEXT_LENGTH } from "./limits.ts";

/** Reads a field that the peer sent. It throws a string that says what is wrong. */
type Field<Value> = (value: unknown) => Value;

const count: Field<number> = (value) => {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw "is not a count";
};

/** A 16-bit number, as `struct winsize` has them. */
const short: Field<number> = (value) => {
  const number = count(value);
  if (number <= 0xffff) return number;
  throw "is over 65535";
};

const flag: Field<boolean> = (value) => {
  if (typeof value === "boolean") return value;
  throw "is not a boolean";
};

const bytes: Field<Uint8Array> = (value) => {
  if (value instanceof Uint8Array) return value;
  throw "is not a byte string";
};

const text: Field<string> = (value) => {
  if (typeof value === "string") return value.slice(0, MAX_TEXT_LENGTH);
  throw "is not a string";
};

/** Whether a decoded item is a map, and not an array or a byte string, which are objects, too. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}

const object: Field<Readonly<Record<string, unknown>>> = (value) => {
  if (isMap(value)) return value;
  throw "is not a map";
};

const numbers: Field<readonly number[]> = (value) => {
  if (
    Array.isArray(value) && value.length <= MAX_TERMIOS_NUMBERS && value.every(Number.isSafeInteger)
  ) {
    return value as number[];
  }
  throw "is not a short list of whole numbers";
};

function oneOf<const Values extends readonly string[]>(...values: Values): Field<Values[number]> {
  return (value) => {
    const found = values.find((_, code) => code === value);
    if (found !== undefined) return found;
    throw `is none of 0 to ${values.length - 1}`;
  };
}

/**
 * How input became readable at the terminal. `partial` is a line that was cut short when ICANON went off. `keys` were
 * not treated by any line discipline.
 */
export const INPUT_KINDS = ["raw", "line", "eof", "partial", "keys"] as const;
/** One of {@linkcode INPUT_KINDS}. */
export type InputKind = typeof INPUT_KINDS[number];
/** tcflush's queues, in the order of their Linux numbers. */
export const FLUSH_QUEUES = ["input", "output", "both"] as const;
/** tcflow's actions, in the order of their Linux numbers. */
export const FLOW_ACTIONS = ["TCOOFF", "TCOON", "TCIOFF", "TCION"] as const;
/** How the remote program ended: `code` is its exit status, or the number of the signal on Linux. */
export const EXIT_KINDS = ["status", "signal"] as const;

/** Who may send a frame. */
export type Sender = "master" | "slave" | "both";

function layout<const Sent extends Sender, Fields>(code: number, sender: Sent, fields: Fields) {
  return { code, sender, fields };
}

/** Every frame: its code, sender, and fields in wire order. They are defined here alone. */
export const FRAMES = {
  hello: layout(0, "both", { body: object }),
  ping: layout(1, "both", { id: count }),
  pong: layout(2, "both", { id: count }),
  error: layout(3, "both", { message: text }),

  input: layout(10, "master", {
    offset: count,
    change: count,
    kind: wireEnum(INPUT_KINDS),
    bytes,
  }),
  signal: layout(11, "master", { offset: count, change: count, signal: wireEnum(KEY_SIGNALS) }),
  winsize: layout(12, "master", { rows: short, cols: short, xpixel: short, ypixel: short }),
  ack: layout(13, "master", { output: count, data: count, change: count }),
  drained: layout(14, "master", { id: count, queue: count }),
  suspend: layout(15, "master", {}),

  output: layout(20, "slave", { offset: count, bytes }),
  data: layout(21, "slave", { offset: count, bytes }),
  termios: layout(22, "slave", { number: count, seen: count, flush: flag, settings: numbers }),
  flush: layout(23, "slave", { number: count, seen: count, queue: wireEnum(FLUSH_QUEUES) }),
  flow: layout(24, "slave", { number: count, action: wireEnum(FLOW_ACTIONS) }),
  break: layout(25, "slave", { number: count, duration: count }),
  resize: layout(26, "slave", {
    number: count,
    rows: short,
    cols: short,
    xpixel: short,
    ypixel: short,
  }),
  restart: layout(27, "slave", {}),
  taken: layout(28, "slave", { offset: count, flushed: flag }),
  window: layout(29, "slave", { limit: count }),
  drain: layout(30, "slave", { id: count }),
  exit: layout(31, "slave", { kind: wireEnum(EXIT_KINDS), code: count }),
} as const;

function wireEnum<const Values extends readonly string[]>(values: Values) {
  return Object.assign(oneOf(...values), { values });
}

/** The name of a frame. */
export type FrameName = keyof typeof FRAMES;

type Fields<Name extends FrameName> = {
  readonly [Key in keyof typeof FRAMES[Name]["fields"]]: typeof FRAMES[Name]["fields"][Key] extends
    Field<infer Value> ? Value : never;
};

/** A frame of this name, or of one of these names. */
export type FrameOf<Name extends FrameName> = Name extends FrameName
  ? { readonly type: Name } & Fields<Name>
  : never;

/** Any frame. */
export type Frame = FrameOf<FrameName>;

/** Frames that one side sends, and the other receives. */
export type FrameFrom<Side extends "master" | "slave"> = {
  [Name in FrameName]: typeof FRAMES[Name]["sender"] extends Side | "both" ? FrameOf<Name> : never;
}[FrameName];

type AnyField = Field<unknown> & { readonly values?: readonly string[] };
interface FrameLayout {
  readonly name: FrameName;
  readonly code: number;
  readonly sender: Sender;
  readonly fields: readonly (readonly [string, AnyField])[];
}

const LAYOUTS: readonly FrameLayout[] = Object.entries(FRAMES).map(([name, frame]) => ({
  name: name as FrameName,
  code: frame.code,
  sender: frame.sender,
  fields: Object.entries(frame.fields) as [string, AnyField][],
}));
const LAYOUT_BY_NAME = new Map(LAYOUTS.map((layout) => [layout.name, layout]));
const LAYOUT_BY_CODE = new Map(LAYOUTS.map((layout) => [layout.code, layout]));

/** A frame as the array that is encoded in CBOR. */
export function frameToArray(frame: Frame): unknown[] {
  const layout = LAYOUT_BY_NAME.get(frame.type) as FrameLayout;
  const values = frame as unknown as Record<string, unknown>;
  const array: unknown[] = [layout.code];
  for (const [name, field] of layout.fields) {
    const value = values[name];
    array.push(field.values === undefined ? value : field.values.indexOf(value as string));
  }
  return array;
}

/**
 * Reads a frame from `sender` out of a decoded CBOR item.
 *
 * @throws {ProtocolError} if it is no frame, or none that this side may send.
 */
export function frameFromArray<Side extends "master" | "slave">(
  item: unknown,
  sender: Side,
): FrameFrom<Side> {
  if (!Array.isArray(item)) throw new ProtocolError("Cannot read frame: it is not an array");
  const layout = LAYOUT_BY_CODE.get(item[0]);
  if (layout === undefined) {
    throw new ProtocolError(`Cannot read frame: unknown code ${describe(item[0])}`);
  }
  if (layout.sender !== "both" && layout.sender !== sender) {
    throw new ProtocolError(`Cannot read frame: a ${sender} does not send "${layout.name}"`);
  }
  if (item.length !== layout.fields.length + 1) {
    throw new ProtocolError(
      `Cannot read frame "${layout.name}": ${item.length - 1} fields, not ${layout.fields.length}`,
    );
  }
  const frame: Record<string, unknown> = { type: layout.name };
  layout.fields.forEach(([name, field], index) => {
    frame[name] = readField(layout.name, name, field, item[index + 1]);
  });
  return frame as FrameFrom<Side>;
}

function readField(frame: string, name: string, field: AnyField, value: unknown): unknown {
  try {
    return field(value);
  } catch (problem) {
    if (typeof problem !== "string") throw problem;
    throw new ProtocolError(`Cannot read frame "${frame}": ${name} ${problem}`);
  }
}

function describe(value: unknown): string {
  return typeof value === "number" ? String(value) : `of type ${typeof value}`;
}

/** How many units a frame of input counts: its bytes, and one for VEOF if that ended it. A signal counts one. */
export function inputLength(
  input: Pick<FrameOf<"input">, "kind" | "bytes"> | FrameOf<"signal">,
): number {
  if ("signal" in input) return 1;
  return input.bytes.length + (input.kind === "eof" ? 1 : 0);
}
