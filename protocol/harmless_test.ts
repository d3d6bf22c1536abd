import { assertEquals } from "@std/assert";
import { harmless } from "./harmless.ts";

const CASES: readonly [what: string, text: string, shown: string][] = [
  ["leaves text as it is", "Grüße, 日本 🙂 \\ '\"", "Grüße, 日本 🙂 \\ '\""],
  ["shows ends of lines", "a\nb\rc\u2028d\u2029e", "a\\x0ab\\x0dc\\u{2028}d\\u{2029}e"],
  ["shows controls", "\x00\x1b[2J\x7f\x85\x9b", "\\x00\\x1b[2J\\x7f\\x85\\x9b"],
  [
    "shows marks of direction",
    "\u061c\u200e\u200f\u202a\u202e\u2066\u2069",
    "\\u{61c}\\u{200e}\\u{200f}\\u{202a}\\u{202e}\\u{2066}\\u{2069}",
  ],
  [
    "shows what takes no room",
    "\xad\u200b\u200d\u2060\u3164\ufeff\u{e0041}",
    "\\xad\\u{200b}\\u{200d}\\u{2060}\\u{3164}\\u{feff}\\u{e0041}",
  ],
  ["shows half a character", "\ud83d", "\\u{d83d}"],
];

for (const [what, text, shown] of CASES) {
  Deno.test(`harmless ${what}`, () => assertEquals(harmless(text), shown));
}
