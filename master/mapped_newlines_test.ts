import { assertEquals } from "@std/assert";
import { NewlineMapper } from "./mapped_newlines.ts";

const encoder = new TextEncoder();

/** The expected result, made byte by byte. */
function mapped(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes].flatMap((byte) => byte === 0x0a ? [0x0d, byte] : [byte]));
}

for (
  const [name, line, plain] of [
    ["ASCII", "some text\n", "ascii"],
    ["carriage returns", "one\r\ntwo\r\r\n\n", "ascii"],
    ["escape sequences", "\x1b[1mbold\x1b[m\n\x0e\x0f\0", undefined],
    ["UTF-8", "\ufeffä€😀\n", "utf8"],
  ] as const
) {
  Deno.test(`NewlineMapper puts a CR before each NL, and leaves the rest alone (${name})`, () => {
    const bytes = encoder.encode(line.repeat(4000));
    const text = new NewlineMapper().map(bytes);
    assertEquals(text?.bytes, mapped(bytes));
    assertEquals(text?.plain, plain);
  });
}

Deno.test("NewlineMapper takes text that is cut within characters", () => {
  const bytes = encoder.encode("ä€😀\n\n".repeat(20));
  const mapper = new NewlineMapper();
  for (let start = 0; start < 12; start++) {
    for (let end = bytes.length - 12; end <= bytes.length; end++) {
      const part = bytes.subarray(start, end);
      assertEquals(mapper.map(part)?.bytes, mapped(part), `from ${start} to ${end}`);
    }
  }
});

Deno.test("NewlineMapper leaves alone what is no text", () => {
  const mapper = new NewlineMapper();
  const text = encoder.encode("ä\n".repeat(10_000));
  assertEquals(mapper.map(Uint8Array.of(...text, 0xf0, 0x9f, 0x92, ...text)), undefined);
});
