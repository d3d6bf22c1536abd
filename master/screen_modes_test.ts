import { assertEquals } from "@std/assert";
import { ScreenModes } from "./screen_modes.ts";

const CASES: readonly [name: string, output: string, reset: string][] = [
  ["plain text needs nothing", "hello\r\n\x1b[2J\x1b[1;1Hworld", ""],
  ["the alternate screen", "\x1b[?1049h\x1b[H~", "\x1b[?1049l"],
  ["an alternate screen that was left", "\x1b[?1049hx\x1b[?1049l", ""],
  ["a hidden cursor", "\x1b[?25l", "\x1b[?25h"],
  ["several modes in one sequence", "\x1b[?1000;1006h", "\x1b[?1000l\x1b[?1006l"],
  ["bracketed paste", "\x1b[?2004h", "\x1b[?2004l"],
  ["application keys", "\x1b[?1h\x1b=", "\x1b>\x1b[?1l"],
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
  ["a soft reset", "\x1b[?25l\x1b[?1000h\x1b[!p", "\x1b[?1000l"],
  ["what looks so within a title", "\x1b]0;\x1b\\\x1b]0;a[?25l\x07", ""],
  ["an unfinished title", "\x1b]0;abc", "\x18\x1b\\"],
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
