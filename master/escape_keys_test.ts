import { assertEquals } from "@std/assert";
import type { InputKind } from "../protocol/frames.ts";
import { type EscapeAction, EscapeKeys } from "./escape_keys.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What is sent and done for chunks of input. An action is in angle brackets. */
function run(kind: InputKind, chunks: string[]): string {
  const keys = new EscapeKeys();
  let result = "";
  for (const chunk of chunks) {
    let rest: Uint8Array | undefined = encoder.encode(chunk);
    while (rest !== undefined) {
      const { bytes, action, rest: behind }: {
        bytes: Uint8Array;
        action?: EscapeAction;
        rest?: Uint8Array;
      } = keys.feed(rest, kind);
      result += decoder.decode(bytes) + (action === undefined ? "" : `<${action}>`);
      rest = behind;
    }
  }
  return result;
}

const CASES: readonly [name: string, kind: InputKind, chunks: string[], expected: string][] = [
  ["pass what has no tilde", "raw", ["ls -l\r"], "ls -l\r"],
  ["pass a tilde within a line", "raw", ["ls ~/a ~.\r"], "ls ~/a ~.\r"],
  ["disconnect at the start", "raw", ["~."], "<disconnect>"],
  ["disconnect, the keys apart", "raw", ["~", "."], "<disconnect>"],
  ["disconnect after a carriage return", "raw", ["ls\r", "~", "."], "ls\r<disconnect>"],
  ["disconnect within a chunk", "raw", ["ls\r~.x"], "ls\r<disconnect>x"],
  ["suspend", "raw", ["~\x1a"], "<suspend>"],
  ["suspend as the end of a line", "line", ["~\x1a"], "<suspend>"],
  ["help, then disconnect on the same line", "raw", ["~?~."], "<help><disconnect>"],
  ["send one tilde for two", "raw", ["~~.", "x"], "~.x"],
  ["send one tilde for two, the keys apart", "raw", ["~", "~", "."], "~."],
  ["send the tilde of another key", "raw", ["~", "/bin\r"], "~/bin\r"],
  ["find another line's escape behind such a tilde", "raw", ["~/a\r~."], "~/a\r<disconnect>"],
  ["hold back a tilde behind a newline", "raw", ["a\n~"], "a\n"],
  ["take a line", "line", ["~.\n"], "<disconnect>"],
  ["take a line for help and the next", "line", ["~?\n", "a\n", "~~a\n"], "<help>a\n~a\n"],
  ["pass a line that only begins so", "line", ["~.bashrc\n"], "~.bashrc\n"],
  ["pass a line of a tilde", "line", ["~\n"], "~\n"],
];

for (const [name, kind, chunks, expected] of CASES) {
  Deno.test(`EscapeKeys: ${name}`, () => assertEquals(run(kind, chunks), expected));
}

Deno.test("EscapeKeys: a signal key after a tilde is an escape only for suspend", () => {
  const keys = new EscapeKeys();
  assertEquals(keys.signal(true), false);
  keys.feed(encoder.encode("~"), "raw");
  assertEquals(keys.signal(true), true);
  assertEquals(keys.holding, false);
  keys.feed(encoder.encode("~"), "raw");
  assertEquals(keys.signal(false), false);
  assertEquals(decoder.decode(keys.release()), "~");
});

Deno.test("EscapeKeys: a tilde that was typed raw begins the line that follows", () => {
  const feedLine = (line: string) => {
    const keys = new EscapeKeys();
    keys.feed(encoder.encode("~"), "raw");
    const { bytes, action } = keys.feed(encoder.encode(line), "line");
    return decoder.decode(bytes) + (action ?? "");
  };
  assertEquals(feedLine(".\n"), "disconnect");
  assertEquals(feedLine("/bin\n"), "~/bin\n");
  assertEquals(feedLine("~\n"), "~\n");
  const keys = new EscapeKeys();
  keys.feed(encoder.encode("~"), "raw");
  keys.feed(encoder.encode("a\n"), "line");
  assertEquals(keys.feed(encoder.encode("~.\n"), "line").action, "disconnect");
});

Deno.test("EscapeKeys: a line that ended without a newline goes on", () => {
  const keys = new EscapeKeys();
  keys.feed(encoder.encode("ab"), "eof");
  assertEquals(keys.feed(encoder.encode("~.\n"), "line").action, undefined);
  assertEquals(keys.feed(encoder.encode("~.\n"), "line").action, "disconnect");
});
