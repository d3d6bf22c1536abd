import { assert, assertEquals } from "@std/assert";
import { ScreenModes } from "./screen_modes.ts";

const CASES: readonly [name: string, output: string, reset: string][] = [
  ["plain text needs nothing", "hello\r\n\x1b[2J\x1b[1;1Hworld", ""],
  ["the alternate screen", "\x1b[?1049h\x1b[H~", "\x1b[?1049l"],
  ["an alternate screen that was left", "\x1b[?1049hx\x1b[?1049l", ""],
  ["a hidden cursor", "\x1b[?25l", "\x1b[?25h"],
  ["several modes in one sequence", "\x1b[?1000;1006h", "\x1b[?1000l\x1b[?1006l"],
  ["bracketed paste", "\x1b[?2004h", "\x1b[?2004l"],
  ["application keys", "\x1b[?1h\x1b=", "\x1b[?1l\x1b>"],
  ["application keys that were left", "\x1b[?1h\x1b=\x1b[?1l\x1b>", ""],
  ["the line drawing set", "\x1b(0qqq", "\x1b(B"],
  ["the line drawing set that was left", "\x1b(0qqq\x1b(B", ""],
  ["the shifted set", "\x1b)0\x0eqqq", "\x1b)B\x0f"],
  ["colours", "\x1b[1;31mred", "\x1b[m"],
  ["colours that were left", "\x1b[1;31mred\x1b[0m", ""],
  ["a scroll region", "\x1b[2;10r", "\x1b7\x1b[r\x1b8"],
  ["insert mode", "\x1b[4h", "\x1b[4l"],
  ["a cursor's shape", "\x1b[5 q", "\x1b[0 q"],
  ["kitty's keyboard", "\x1b[>1u\x1b[>3u\x1b[<u", "\x1b[<1u"],
  ["xterm's other keys", "\x1b[>4;2m", "\x1b[>4m"],
  ["focus reports", "\x1b[?1004h", "\x1b[?1004l"],
  ["a full reset", "\x1b[?1049h\x1b[?25l\x1b[31m\x1bc", ""],
  ["a soft reset, which not all obey", "\x1b[?25l\x1b[31m\x1b[!p", "\x1b[?25h\x1b[m"],
  ["what looks so within a title", "\x1b]0;\x1b\\\x1b]0;a[?25l\x07", ""],
  ["an unfinished title", "\x1b]0;abc", "\x18\x1b\\"],
  ["a sequence in C1 controls", "\u009b?1000h", "\x1b[?1000l"],
  ["C1 controls among other characters", "Âé\u009b?1000h«°»", "\x1b[?1000l"],
  ["a C1 control within a sequence", "\x1b[?25\u009b?1000h", "\x1b[?1000l"],
  ["a string in C1 controls", "\u009d10;red\u009c", "\x1b]110\x1b\\"],
  ["a string that a C1 control may have left", "\x1b]0;a\u009b?25l", "\x18\x1b\\\x1b[?25h"],
  ["a tab stop in C1 controls", "\u0088\u009b?5W", ""],
  ["text in scripts with bytes of C1", "Привет, 日本語 «Ûber»", ""],
  ["many parameters", `\x1b[?${"1;".repeat(100)}1000h`, "\x1b[?1l\x1b[?1000l"],
  ["long parameters", `\x1b[?${"0".repeat(1000)}1000h`, "\x1b[?1000l"],
  [
    "a mode that was saved and restored",
    "\x1b[?1003h\x1b[?1003s\x1b[?1003l\x1b[?1003r",
    "\x1b[?1003l",
  ],
  ["keyboard flags that are set without a push", "\x1b[=5u", "\x1b[=0u"],
  [
    "keyboard flags on both screens",
    "\x1b[>1u\x1b[?1049h\x1b[>1u\x1b[>2u",
    "\x1b[<2u\x1b[?1049l\x1b[<1u",
  ],
  [
    "keyboard flags on the screen that isn't shown",
    "\x1b[?1049h\x1b[>1u\x1b[?1049l",
    "\x1b[?47h\x1b[<1u\x1b[?47l",
  ],
  ["a locked keyboard", "\x1b[2h", "\x1b[2l"],
  ["local echo", "\x1b[12l", "\x1b[12h"],
  ["VT52 mode", "\x1b[?2l", "\x1b<"],
  ["VT52 mode that was left", "\x1b[?2l\x1b<", ""],
  ["what VT52 mode does not understand", "\x1b[?25l\x1b[?2l\x1b[?25h\x1b<", "\x1b[?25h"],
  ["Tektronix mode", "\x1b[?38h", "\x1b\x03"],
  ["a printer that gets all", "\x1b[5i", "\x1b[4i"],
  ["keys that repeat", "\x1b[?8l", "\x1b[?8h"],
  ["132 columns, while they may be left", "\x1b[?40h\x1b[?3h", "\x1b[?3l\x1b[?40l"],
  ["an alternate screen that may not be left", "\x1b[?1049h\x1b[?1046l", "\x1b[?1046h\x1b[?1049l"],
  ["modes of xterm's keyboard", "\x1b[?1034l\x1b[?1036;1061h", "\x1b[?1034h\x1b[?1036l\x1b[?1061l"],
  ["a mode that no table has", "\x1b[?4711h", "\x1b[?4711l"],
  ["another coding", "\x1b%@", "\x1b%G"],
  ["8-bit controls in another coding", "\x1b%@\u00ff\u009b?1000h", "\x1b[?1000l\x1b%G"],
  ["answers in 8-bit controls", "\x1b G", "\x1b F"],
  ["other sets", "\x1b*0\x1b+0\x1bn", "\x1b*B\x1b+B\x0f"],
  ["sets of 96 characters", "\x1b-A\x1b.A\x1b/A", "\x1b)B\x1b*B\x1b+B"],
  ["a set with two characters", "\x1b(%5", "\x1b(B"],
  ["a shift of the right half", "\x1b|", "\x1b}"],
  ["a shift within a sequence", "\x1b[1\x0em\x1b[m", "\x0f"],
  ["a colour of the palette", "\x1b]4;1;red\x07", "\x1b]104\x1b\\"],
  ["a question about a colour", "\x1b]4;1;?\x07\x1b]11;?\x1b\\", ""],
  ["colours of text and background", "\x1b]10;red;blue\x07", "\x1b]110\x1b\\\x1b]111\x1b\\"],
  ["the cursor's colour that was given back", "\x1b]12;red\x07\x1b]112\x07", ""],
  ["a colour with a long number", `\x1b]${"0".repeat(500)}12;red\x07`, "\x1b]112\x1b\\"],
  ["a colour that Linux's console sets", "\x1b]P0ffffff", "\x18\x1b\\"],
  ["colours after a full reset", "\x1b]4;1;red\x07\x1bc", "\x1b]104\x1b\\"],
  ["a link", "\x1b]8;id=1;http://x\x1b\\text", "\x1b]8;;\x1b\\"],
  ["a link that was ended", "\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\", ""],
  ["protected text", '\x1b[1"q\x1bV', '\x1b[0"q\x1bW'],
  [
    "keys' modifiers",
    "\x1b[>1;0m\x1b[>4;2m\x1b[>4;0m\x1b[>2n\x1b[>4;1f",
    "\x1b[>1m\x1b[>2m\x1b[>4f",
  ],
  ["a pointer that is hidden", "\x1b[>3p\x1b]22;none\x07", "\x1b[>1p\x1b]22;\x1b\\"],
  ["keys that a program defined", "\x1bP1;1|17/726d\x1b\\", "\x1bP0;1|\x1b\\"],
  ["an update that is held back", "\x1bP=1s\x1b\\", "\x1bP=2s\x1b\\"],
  ["margins", "\x1b[?69h\x1b[10;20s", "\x1b[?69l\x1b7\x1b[r\x1b8"],
  [
    "colours that leaving the alternate screen restores",
    "\x1b[31m\x1b[?1049h\x1b[m",
    "\x1b[?1049l\x1b[m",
  ],
];

for (const [name, output, reset] of CASES) {
  Deno.test(`ScreenModes: ${name}`, () => {
    const bytes = new TextEncoder().encode(output);
    const whole = new ScreenModes();
    whole.feed(bytes);
    assertEquals(whole.reset(), reset);
    const bytewise = new ScreenModes();
    for (const byte of bytes) bytewise.feed(Uint8Array.of(byte));
    assertEquals(bytewise.reset(), reset);
  });
}

Deno.test("ScreenModes sets tab stops anew where they were changed", () => {
  for (const output of ["\x1b[3g", "\x1b[g", "\x1b[4G\x1bH", "\u0088"]) {
    const modes = new ScreenModes();
    modes.feed(new TextEncoder().encode(output));
    assert(modes.reset().startsWith("\x1b7\x1b[3g\x1b[9G\x1bH\x1b[17G\x1bH"), output);
  }
});

Deno.test("ScreenModes takes bytes for C1 controls where the terminal is no UTF-8", () => {
  for (const utf8 of [true, false]) {
    const modes = new ScreenModes({ utf8, backspace: false });
    // "CSI ? 25 l", and a letter of UTF-8.
    modes.feed(Uint8Array.of(0xd0, 0x9b, 0x3f, 0x32, 0x35, 0x6c));
    assertEquals(modes.reset(), utf8 ? "" : "\x1b[?25h");
  }
});

Deno.test("ScreenModes knows what Backspace sent at first", () => {
  for (const [backspace, output, reset] of [[true, "l", "h"], [false, "h", "l"]] as const) {
    const modes = new ScreenModes({ utf8: true, backspace });
    modes.feed(new TextEncoder().encode(`\x1b[?67${output}`));
    assertEquals(modes.reset(), `\x1b[?67${reset}`);
  }
});

Deno.test("ScreenModes remembers a bounded number of modes, and those that terminals have in any case", () => {
  const modes = new ScreenModes();
  for (let mode = 10_000; mode < 60_000; mode++) {
    modes.feed(new TextEncoder().encode(`\x1b[?${mode}h`));
  }
  modes.feed(new TextEncoder().encode("\x1b[?1000h"));
  assert(modes.reset().length < 4096);
  assert(modes.reset().includes("\x1b[?1000l"));
});

Deno.test("ScreenModes finds a C1 control whose first byte ends plain text", () => {
  const modes = new ScreenModes();
  modes.feed(Uint8Array.of(0x61, 0xc2), "utf8");
  modes.feed(new TextEncoder().encode("\u009b?1000h").subarray(1));
  assertEquals(modes.reset(), "\x1b[?1000l");
});

Deno.test("ScreenModes finds a C1 control in what would be plain text, were it read as UTF-8", () => {
  const modes = new ScreenModes({ utf8: false, backspace: false });
  modes.feed(new TextEncoder().encode("Û?1000h"), "utf8");
  assertEquals(modes.reset().includes("\x1b[?1000l"), true);
});
