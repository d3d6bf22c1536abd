import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { MASTER_HELLO, SLAVE_HELLO } from "../tests/fuzz/frame_samples.ts";
import { ProtocolError } from "./errors.ts";
import { encodeFrame, FrameDecoder } from "./frame_codec.ts";
import type { FrameOf } from "./frames.ts";
import {
  decodeMasterHello,
  decodeSlaveHello,
  encodeMasterHello,
  encodeSlaveHello,
  type MasterHello,
  PROTOCOL_VERSIONS,
  VERSION,
} from "./hello.ts";
import { MAX_ENVIRONMENT_NAME_LENGTH, MAX_ENVIRONMENT_VARIABLES } from "./limits.ts";

/** A hello as the other side receives it. */
function crossed(frame: FrameOf<"hello">, sender: "master" | "slave"): FrameOf<"hello"> {
  const [received] = new FrameDecoder(sender).decode(encodeFrame(frame));
  return received as FrameOf<"hello">;
}

function throughWire(hello: MasterHello): MasterHello {
  return decodeMasterHello(crossed(encodeMasterHello(hello), "master"));
}

/** A master's hello with members replaced, or left out if they are undefined. */
function masterHelloWith(members: Record<string, unknown>): FrameOf<"hello"> {
  return { type: "hello", body: { ...encodeMasterHello(MASTER_HELLO).body, ...members } };
}

function terminalWith(members: Record<string, unknown>): FrameOf<"hello"> {
  const { terminal } = encodeMasterHello(MASTER_HELLO).body;
  return masterHelloWith({ terminal: { ...terminal as object, ...members } });
}

Deno.test("VERSION is the one that deno.json names", () => {
  const path = new URL("../deno.json", import.meta.url);
  assertEquals(VERSION, JSON.parse(Deno.readTextFileSync(path)).version);
});

Deno.test("decodeMasterHello reads what encodeMasterHello said", () => {
  assertEquals<unknown>(throughWire(MASTER_HELLO), MASTER_HELLO);
});

Deno.test("decodeMasterHello reads the hello of a master without a terminal", () => {
  const { terminal: _terminal, ...rest } = MASTER_HELLO;
  assertEquals<unknown>(throughWire(rest), rest);
});

Deno.test("decodeSlaveHello reads what encodeSlaveHello said", () => {
  assertEquals(decodeSlaveHello(crossed(encodeSlaveHello(SLAVE_HELLO), "slave")), SLAVE_HELLO);
});

Deno.test("encodeSlaveHello tells versions and capabilities", () => {
  const { oldest, newest } = PROTOCOL_VERSIONS;
  assertEquals(encodeSlaveHello(SLAVE_HELLO).body, {
    rpty: VERSION,
    oldest,
    newest,
    capabilities: [],
    inputLimit: 65_536,
  });
});

for (const versions of [{ oldest: 2, newest: 9 }, { oldest: 0, newest: 0 }]) {
  const range = `protocol ${versions.oldest} to ${versions.newest}`;
  Deno.test(`decodeMasterHello and decodeSlaveHello refuse a peer of ${range}`, () => {
    const slaveHello = { ...encodeSlaveHello(SLAVE_HELLO).body, ...versions };
    for (
      const decode of [
        () => decodeMasterHello(masterHelloWith(versions)),
        () => decodeSlaveHello({ type: "hello", body: slaveHello }),
      ]
    ) {
      const { message } = assertThrows(decode, ProtocolError);
      assertStringIncludes(message, `it speaks ${range}, we speak 1 to 1`);
      assertStringIncludes(message, "install the same version on both sides");
    }
  });
}

Deno.test("decodeMasterHello talks to a newer peer that still speaks ours", () => {
  const hello = masterHelloWith({ newest: 7, capabilities: ["mouse"], colour: "blue" });
  assertEquals<unknown>(decodeMasterHello(hello), MASTER_HELLO);
});

const WRONG: [string, FrameOf<"hello">, string][] = [
  ["a far too wide outputLimit", masterHelloWith({ outputLimit: 2 ** 53 - 1 }), "is not at most"],
  [
    "endless termios",
    terminalWith({ termios: new Array(4000).fill(250) }),
    "termios is not a list",
  ],
  ...["oldest", "newest", "outputLimit"].flatMap((member) =>
    [undefined, null, -1, 1.5, "1", 2 ** 53].map((value): [string, FrameOf<"hello">, string] => [
      `${member} ${value}`,
      masterHelloWith({ [member]: value }),
      `Cannot read hello: ${member} is not a count`,
    ])
  ),
  ...[undefined, null, [], "TERM=xterm", new Uint8Array(9)].map(
    (value): [string, FrameOf<"hello">, string] => [
      `environment ${value}`,
      masterHelloWith({ environment: value }),
      "Cannot read hello: environment is not a map",
    ],
  ),
  ["terminal null", masterHelloWith({ terminal: null }), "terminal is not a map"],
  ["terminal as a list", masterHelloWith({ terminal: [] }), "terminal is not a map"],
  ["no winsize", terminalWith({ winsize: undefined }), "winsize is not a list of numbers"],
  ["a winsize of 3", terminalWith({ winsize: [24, 80, 0] }), "winsize is not a list"],
  ["a winsize of 17 bits", terminalWith({ winsize: [24, 65_536, 0, 0] }), "winsize is not"],
  ["a negative winsize", terminalWith({ winsize: [-1, 80, 0, 0] }), "winsize is not a list"],
  ["no termios", terminalWith({ termios: undefined }), "termios is not a list of numbers"],
  ["termios of text", terminalWith({ termios: ["ECHO", 1] }), "termios is not a list"],
  ["an opcode without a value", terminalWith({ termios: [53] }), "an opcode has no value"],
  ["a flag of 2", terminalWith({ termios: [53, 2] }), "ECHO is 2"],
  ["a character of 256", terminalWith({ termios: [1, 256] }), "VINTR is 256"],
  ["a negative speed", terminalWith({ termios: [128, -1] }), "ISPEED is -1"],
  ["no outputIsTerminal", terminalWith({ outputIsTerminal: 1 }), "outputIsTerminal is not a bool"],
];
for (const [what, frame, message] of WRONG) {
  Deno.test(`decodeMasterHello rejects ${what}`, () => {
    assertThrows(() => decodeMasterHello(frame), ProtocolError, message);
  });
}

Deno.test("decodeSlaveHello rejects a missing inputLimit", () => {
  const { inputLimit: _inputLimit, ...body } = encodeSlaveHello(SLAVE_HELLO).body;
  assertThrows(
    () => decodeSlaveHello({ type: "hello", body }),
    ProtocolError,
    "Cannot read hello: inputLimit is not a count",
  );
});

Deno.test("decodeMasterHello passes over settings that it doesn't know", () => {
  const { terminal } = decodeMasterHello(terminalWith({ termios: [250, 1, 53, 0] }));
  assertEquals(terminal?.termios, { ...MASTER_HELLO.terminal.termios, IUTF8: false, ECHO: false });
});

Deno.test("decodeMasterHello takes only the environment that may cross", () => {
  const environment = {
    ...{ TERM: "xterm", COLORTERM: "truecolor", LANG: "C", LC_ALL: "C", LC_CTYPE: "de_AT" },
    ...{ LD_PRELOAD: "/tmp/evil.so", PATH: "/tmp", TERMINFO: "/tmp", LC_: "C", LC_all: "C" },
    ...{ XTERM: "1", "LANG\n": "C", BASH_ENV: "/tmp/evil", LANGUAGE: "de" },
  };
  assertEquals(decodeMasterHello(masterHelloWith({ environment })).environment, {
    TERM: "xterm",
    COLORTERM: "truecolor",
    LANG: "C",
    LC_ALL: "C",
    LC_CTYPE: "de_AT",
  });
});

Deno.test("decodeMasterHello leaves out values that are none", () => {
  const environment = { TERM: 7, LANG: "a\0b", LC_ALL: "x".repeat(257), LC_CTYPE: "C" };
  const hello = decodeMasterHello(masterHelloWith({ environment }));
  assertEquals(hello.environment, { LC_CTYPE: "C" });
});

Deno.test("decodeMasterHello takes no more environment than a user has", () => {
  const letters = Array.from(
    { length: 40 },
    (_, i) => String.fromCharCode(65 + i % 26).repeat(1 + i),
  );
  const environment = Object.fromEntries(letters.map((name) => [`LC_${name}`, "C"]));
  const names = Object.keys(decodeMasterHello(masterHelloWith({ environment })).environment);
  assert(names.length <= MAX_ENVIRONMENT_VARIABLES && names.length > 20, `${names.length}`);
  assert(names.every((name) => name.length <= MAX_ENVIRONMENT_NAME_LENGTH));
});
