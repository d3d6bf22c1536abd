import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { SAMPLES } from "../tests/fuzz/frame_samples.ts";
import { ProtocolError } from "./errors.ts";
import { frameFromArray, type FrameName, FRAMES, frameToArray, inputLength } from "./frames.ts";

const NAMES = Object.keys(FRAMES) as FrameName[];

/** A side that may send the frame. */
function senderOf(name: FrameName): "master" | "slave" {
  const { sender } = FRAMES[name];
  return sender === "both" ? "slave" : sender;
}

/** The frame's array with one field replaced. */
function withField(name: FrameName, field: string, value: unknown): unknown[] {
  const array = frameToArray(SAMPLES[name]);
  array[Object.keys(FRAMES[name].fields).indexOf(field) + 1] = value;
  return array;
}

function messageFor(name: FrameName, field: string, value: unknown): string {
  const read = () => frameFromArray(withField(name, field, value), senderOf(name));
  return assertThrows(read, ProtocolError).message;
}

for (const name of NAMES) {
  Deno.test(`frameFromArray reads what frameToArray made of "${name}"`, () => {
    const frame = SAMPLES[name];
    assertEquals<unknown>(frameFromArray(frameToArray(frame), senderOf(name)), frame);
  });

  Deno.test(`frameFromArray rejects "${name}" with a field too few or too many`, () => {
    const array = frameToArray(SAMPLES[name]);
    for (const wrong of [[...array, 0], array.slice(0, -1)]) {
      assertThrows(() => frameFromArray(wrong, senderOf(name)), ProtocolError, "Cannot read frame");
    }
  });

  Deno.test(`frameFromArray takes "${name}" only from who may send it`, () => {
    const other = senderOf(name) === "master" ? "slave" : "master";
    const read = () => frameFromArray(frameToArray(SAMPLES[name]), other);
    if (FRAMES[name].sender === "both") assertEquals<unknown>(read(), SAMPLES[name]);
    else assertThrows(read, ProtocolError, `a ${other} does not send "${name}"`);
  });
}

Deno.test("FRAMES has each code once", () => {
  const codes = NAMES.map((name) => FRAMES[name].code);
  assertEquals(new Set(codes).size, NAMES.length);
});

Deno.test("frameFromArray rejects what is no frame", () => {
  for (const item of [undefined, null, 3, "ping", {}, new Uint8Array([1, 0])]) {
    assertThrows(() => frameFromArray(item, "slave"), ProtocolError, "it is not an array");
  }
  for (const code of [99, -1, 1.5, "1", undefined, 1n, [1]]) {
    assertThrows(() => frameFromArray([code, 0], "slave"), ProtocolError, "unknown code");
  }
  assertThrows(() => frameFromArray([], "slave"), ProtocolError, "unknown code");
});

const WRONG: Record<string, { frame: FrameName; field: string; values: unknown[]; says: string }> =
  {
    count: {
      frame: "ping",
      field: "id",
      values: [-1, 1.5, NaN, Infinity, 2 ** 53, "1", 1n, null, undefined, true, [1]],
      says: "is not a count",
    },
    "16-bit number": {
      frame: "winsize",
      field: "cols",
      values: [65_536],
      says: "is over 65535",
    },
    flag: {
      frame: "taken",
      field: "flushed",
      values: [0, 1, "true", null, undefined],
      says: "is not a boolean",
    },
    "byte string": {
      frame: "input",
      field: "bytes",
      values: ["ls", [108], null, {}, new Uint16Array(1)],
      says: "is not a byte string",
    },
    text: {
      frame: "error",
      field: "message",
      values: [1, null, new Uint8Array(1), ["x"], {}],
      says: "is not a string",
    },
    map: {
      frame: "hello",
      field: "body",
      values: [null, [], new Uint8Array(1), new Map(), new Date(), "x"],
      says: "is not a map",
    },
    numbers: {
      frame: "termios",
      field: "settings",
      values: [3, [1.5], ["1"], [1n], new Array(513).fill(0), { length: 0 }, new Uint8Array(2)],
      says: "is not a short list of whole numbers",
    },
    choice: {
      frame: "exit",
      field: "kind",
      values: [2, -1, 0.5, "signal", null, undefined],
      says: "is none of 0 to 1",
    },
  };

for (const [kind, { frame, field, values, says }] of Object.entries(WRONG)) {
  Deno.test(`frameFromArray rejects what is no ${kind}`, () => {
    for (const value of values) {
      assertEquals(
        messageFor(frame, field, value),
        `Cannot read frame "${frame}": ${field} ${says}`,
      );
    }
  });
}

Deno.test("frameFromArray cuts a long message", () => {
  const frame = frameFromArray([FRAMES.error.code, "x".repeat(100_000)], "slave");
  assertEquals(frame, { type: "error", message: "x".repeat(4096) });
});

Deno.test("frameFromArray names the frame and its field", () => {
  assertStringIncludes(messageFor("ack", "output", "many"), '"ack": output');
});

Deno.test("inputLength counts VEOF and a signal's character", () => {
  const input = SAMPLES.input;
  assertEquals(inputLength(input), 3);
  assertEquals(inputLength({ ...input, kind: "eof" }), 4);
  assertEquals(inputLength({ ...input, kind: "partial" }), 3);
  assertEquals(inputLength(SAMPLES.signal), 1);
});
