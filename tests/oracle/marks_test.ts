import { assertEquals } from "@std/assert";
import { MarkReader, type Piece } from "./marks.ts";

/** What comes of output in chunks; neighbouring bytes are put together. */
function read(...chunks: string[]): string[] {
  const reader = new MarkReader();
  const pieces = chunks.flatMap((chunk) => [...reader.take(new TextEncoder().encode(chunk))]);
  return pieces.map(text);
}

function text(piece: Piece): string {
  return piece.kind === "mark"
    ? `<${piece.word}|${piece.about}>`
    : new TextDecoder().decode(piece.bytes);
}

const MARK = "\x1b_CASE a name\x1b\\";

Deno.test("MarkReader takes marks out of what is shown", () => {
  assertEquals(read(`one${MARK}two`), ["one", "<CASE|a name>", "two"]);
  assertEquals(read(MARK + MARK), ["<CASE|a name>", "<CASE|a name>"]);
  assertEquals(read("\x1b[31mred"), ["\x1b[31mred"]);
});

Deno.test("MarkReader finds marks wherever the chunks break", () => {
  for (let at = 1; at < MARK.length; at++) {
    assertEquals(read(`x${MARK.slice(0, at)}`, `${MARK.slice(at)}y`), ["x", "<CASE|a name>", "y"]);
  }
});
