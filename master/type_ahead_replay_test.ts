// What the master shows of keys that the slave receives late.

import { assert, assertEquals } from "@std/assert";
import { MAX_REPLAYED_CHANGES } from "../protocol/limits.ts";
import { SANE_TERMIOS, type Termios } from "../tty/termios.ts";
import { TypeAheadReplay } from "./type_ahead_replay.ts";

const READLINE: Termios = { ...SANE_TERMIOS, ICANON: false, ECHO: false, ICRNL: false };
const HIDDEN: Termios = { ...SANE_TERMIOS, ECHO: false };
const NO_END = Infinity;

/** A session in which keys are typed one after the other. */
class Typist {
  readonly ahead = new TypeAheadReplay();
  #offset = 0;
  /** Numbers of the changes of settings. */
  readonly #numbers = new Map<Termios, number>();
  #last = 0;

  /** Types under the settings of the last change, or under those of the start. */
  type(text: string, then: Termios = READLINE, change = this.#numbers.get(then) ?? 0): string {
    const bytes = new TextEncoder().encode(text);
    const echo = this.ahead.sent(this.#offset, bytes, then, change);
    this.#offset += bytes.length;
    return new TextDecoder().decode(echo);
  }

  change(settings: Termios, seen: number, until = NO_END): string {
    this.#numbers.set(settings, ++this.#last);
    return new TextDecoder().decode(this.ahead.change(settings, seen, until, this.#last));
  }
}

Deno.test("TypeAheadReplay owes no echo for keys that the slave had received", () => {
  const typist = new Typist();
  typist.type("ls\r");
  assertEquals(typist.change(SANE_TERMIOS, 3), "");
  assertEquals(typist.ahead.editing, false);
});

Deno.test("TypeAheadReplay shows a line that was typed in flight, and the kernel goes on", () => {
  const typist = new Typist();
  typist.type("sleep 1\r");
  typist.type("pwd\r");
  assertEquals(typist.change(SANE_TERMIOS, 8), "pwd\r\n");
  assertEquals(typist.ahead.editing, false);
});

Deno.test("TypeAheadReplay edits a line that was begun in flight: Backspace takes its x", () => {
  const typist = new Typist();
  typist.type("cat\r");
  typist.type("lx");
  assertEquals(typist.change(SANE_TERMIOS, 4), "lx");
  assertEquals(typist.ahead.editing, true);
  assertEquals(typist.type("\x7f"), "\b \b");
  assertEquals(typist.type("s\r"), "s\r\n");
  assertEquals(typist.ahead.editing, false);
});

Deno.test("TypeAheadReplay edits what was typed under the same settings before they were others", () => {
  const typist = new Typist();
  typist.change(SANE_TERMIOS, 0);
  typist.change(HIDDEN, 0);
  typist.change(SANE_TERMIOS, 0);
  assertEquals(typist.type("lx", SANE_TERMIOS, 3), "");
  assertEquals(typist.ahead.editing, false, "the kernel edits");
  assertEquals(typist.type("lx", SANE_TERMIOS, 1), "lx");
  assertEquals(typist.ahead.editing, true);
});

Deno.test("TypeAheadReplay shows nothing that a later change, which has come, takes over", () => {
  const typist = new Typist();
  typist.type("true\r");
  typist.type("ls\r");
  assertEquals(typist.change(SANE_TERMIOS, 5, 5), "");
  assertEquals(typist.change(READLINE, 5), "");
  assertEquals(typist.ahead.editing, false);
});

Deno.test("TypeAheadReplay shows keys once, whatever changes follow", () => {
  const typist = new Typist();
  typist.type("cat\r");
  typist.type("ab");
  assertEquals(typist.change(SANE_TERMIOS, 4), "ab");
  assertEquals(typist.change({ ...SANE_TERMIOS, VKILL: 7 }, 5), "");
  assertEquals(typist.type("\x07"), "\b \b\b \b");
});

Deno.test("TypeAheadReplay hides what is typed at a password prompt that was not there yet", () => {
  const typist = new Typist();
  typist.type("read -s\r");
  typist.type("sec");
  assertEquals(typist.change(HIDDEN, 8), "");
  assertEquals(typist.type("ret"), "");
  assertEquals(typist.type("\r"), "");
  assertEquals(typist.ahead.editing, false);
});

Deno.test("TypeAheadReplay shows hidden keys when ECHO is on before the slave gets them", () => {
  const typist = new Typist();
  typist.type("x\r");
  typist.type("ab");
  assertEquals(typist.change(HIDDEN, 2), "");
  assertEquals(typist.change(SANE_TERMIOS, 2), "ab");
});

Deno.test("TypeAheadReplay gives an unfinished line up when a program reads raw", () => {
  const typist = new Typist();
  typist.type("vi\r");
  typist.type("dd");
  assertEquals(typist.change(SANE_TERMIOS, 3), "dd");
  assertEquals(typist.change(READLINE, 5), "");
  assertEquals(typist.ahead.editing, false);
});

Deno.test("TypeAheadReplay.flush forgets the line", () => {
  const typist = new Typist();
  typist.type("cat\r");
  typist.type("ab");
  typist.change(SANE_TERMIOS, 4);
  typist.ahead.flush();
  assertEquals(typist.ahead.editing, false);
  assertEquals(typist.type("c", SANE_TERMIOS), "");
  assertEquals(typist.ahead.editing, false);
});

Deno.test("TypeAheadReplay begins a line with keys that the kernel gave out before it was in step", () => {
  const typist = new Typist();
  typist.type("cat\r");
  typist.ahead.received(4);
  assertEquals(typist.change(SANE_TERMIOS, 4), "");
  assertEquals(typist.type("lx"), "lx");
  assertEquals(typist.ahead.editing, true);
  assertEquals(typist.type("\x7fs\r"), "\b \bs\r\n");
  assertEquals(typist.ahead.editing, false);
  assertEquals(typist.type("pwd"), "pwd", "until the kernel is in step");
});

Deno.test("TypeAheadReplay goes on with a line that was half typed when settings changed to and fro", () => {
  const typist = new Typist();
  const then = { ...SANE_TERMIOS, VKILL: 7 };
  typist.change(then, 0);
  typist.type("hotx", then);
  assertEquals(typist.change(READLINE, 0, 0), "");
  assertEquals(typist.change(SANE_TERMIOS, 0), "hotx");
  assertEquals(typist.type("\x7f"), "\b \b");
});

Deno.test("TypeAheadReplay does not show a half-typed line again that becomes raw input", () => {
  const typist = new Typist();
  typist.type("half", SANE_TERMIOS);
  assertEquals(typist.change({ ...SANE_TERMIOS, ICANON: false }, 0), "");
  assertEquals(typist.change(SANE_TERMIOS, 0), "");
  assertEquals(typist.type("\x7f"), "\b \b");
});

Deno.test("TypeAheadReplay forgets what has been received", () => {
  const typist = new Typist();
  typist.type("abc");
  typist.ahead.received(3);
  assertEquals(typist.change(SANE_TERMIOS, 0), "");
});

Deno.test("TypeAheadReplay follows a line through very many changes, and then lets it go", () => {
  const ahead = new TypeAheadReplay();
  ahead.change(READLINE, 0, Infinity, 1);
  ahead.sent(0, new TextEncoder().encode("half"), READLINE, 1);
  ahead.change(SANE_TERMIOS, 0, Infinity, 2);
  let number = 2;
  const change = () => ahead.change(number % 2 ? SANE_TERMIOS : HIDDEN, 4, Infinity, ++number);
  for (let i = 0; i < 100; i++) change();
  assert(ahead.editing);
  while (number < 2 * MAX_REPLAYED_CHANGES) change();
  assert(!ahead.editing);
});
