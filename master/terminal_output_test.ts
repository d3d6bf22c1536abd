import { assert, assertEquals } from "@std/assert";
import { FakeTerminal } from "./fake_terminal.ts";
import { TerminalOutput } from "./terminal_output.ts";

const encoder = new TextEncoder();

/** Bytes that may wait. */
const LIMIT = 100_000;

/** Output of a terminal that takes `room` bytes. */
function outputOf(room: number): { terminal: FakeTerminal; output: TerminalOutput } {
  const terminal = new FakeTerminal();
  terminal.room = room;
  const failed = (error: unknown) => {
    throw error;
  };
  return { terminal, output: new TerminalOutput(terminal, LIMIT, { progress: () => {}, failed }) };
}

/** What the terminal has shown. */
function shown({ log }: FakeTerminal): string {
  return log.map((line) => line.replace(/^(write|mapped) /, "")).join("");
}

Deno.test("TerminalOutput keeps what the terminal doesn't take, though a frame's bytes are overwritten", () => {
  const { terminal, output } = outputOf(2);
  const frame = encoder.encode("abcd");
  output.push(frame, 4);
  frame.fill(0);
  terminal.room = Infinity;
  output.pump();
  assertEquals(shown(terminal), "abcd");
  assertEquals(output.written, 4);
});

Deno.test("TerminalOutput keeps it behind a change, and before a text of our own", () => {
  const { terminal, output } = outputOf(0);
  output.push(encoder.encode("old "), 4);
  // What it reads may be an escape key.
  output.then(() => output.say(" help"));
  terminal.room = 6;
  const frame = encoder.encode("abcd");
  output.push(frame, 8);
  frame.fill(0);
  terminal.room = Infinity;
  output.pump();
  assertEquals(shown(terminal), "old abcd help");
});

/** Much text. */
const LINES = "line\n".repeat(10_000);
const MAPPED = LINES.replaceAll("\n", "\r\n");

/** A terminal that maps newlines, which has taken so many bytes of `LINES` and what stands there instead. */
function halfShown(room: number) {
  const scene = outputOf(room);
  scene.terminal.mapping = true;
  scene.output.push(encoder.encode(LINES), LINES.length);
  return scene;
}

Deno.test("TerminalOutput maps the newlines of much text itself, and of no more", () => {
  const { terminal, output } = halfShown(20_000);
  assertEquals(shown(terminal), MAPPED.slice(0, 20_000));
  // The terminal maps these.
  output.push(encoder.encode("more\n"), LINES.length + 5);
  terminal.room = Infinity;
  output.pump();
  assertEquals(terminal.log.at(-1), "write more\n");
  assertEquals(shown(terminal), `${MAPPED}more\n`);
  assertEquals(output.written, LINES.length + 5);
});

Deno.test("TerminalOutput never counts more of mapped text than was shown, and all of it in the end", () => {
  const { terminal, output } = halfShown(0);
  for (let taken = 0, before = 0; taken < MAPPED.length; before = output.written) {
    terminal.room = 7777;
    output.pump();
    taken += 7777 - terminal.room;
    const lines = MAPPED.slice(0, taken).split("\n").length - 1;
    assert(output.written <= taken - lines);
    assert(output.written >= before);
    assert(terminal.room < 7777, "something was shown");
  }
  assertEquals(output.written, LINES.length);
  assert(output.empty);
});

Deno.test("TerminalOutput keeps CR and NL together, whatever comes between", () => {
  const cut = MAPPED.indexOf("\n");
  for (const room of [cut, cut + 6]) {
    const { terminal, output } = halfShown(room);
    output.insert(encoder.encode("^C"));
    output.hold();
    output.release(true);
    terminal.room = Infinity;
    output.pump();
    assertEquals(shown(terminal), `${MAPPED.slice(0, room)}\n^C`);
    assertEquals([output.written, output.empty], [LINES.length, true]);
  }
});

Deno.test("TerminalOutput has room for as much again when mapped text was flushed", () => {
  const { terminal, output } = halfShown(20_000);
  output.hold();
  output.release(true);
  assertEquals(output.written, LINES.length);
  terminal.room = 0;
  output.push(new Uint8Array(LIMIT), LINES.length + LIMIT);
});
