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

/** Pushes a frame's bytes, which are overwritten then. */
function pushBorrowed(output: TerminalOutput, text: string, end: number): void {
  const frame = encoder.encode(text);
  output.push(frame, end);
  frame.fill(0);
}

/** All that is shown once the terminal takes everything. */
function shownInTheEnd({ terminal, output }: ReturnType<typeof outputOf>): string {
  terminal.room = Infinity;
  output.pump();
  return shown(terminal);
}

Deno.test("TerminalOutput keeps what the terminal doesn't take, though a frame's bytes are overwritten", () => {
  const scene = outputOf(2);
  pushBorrowed(scene.output, "abcd", 4);
  assertEquals(shownInTheEnd(scene), "abcd");
  assertEquals(scene.output.written, 4);
});

Deno.test("TerminalOutput keeps it behind a change, and before a text of our own", () => {
  const scene = outputOf(0);
  const { terminal, output } = scene;
  output.push(encoder.encode("old "), 4);
  // What it reads may be an escape key.
  output.then(() => output.say(" help"));
  terminal.room = 6;
  pushBorrowed(output, "abcd", 8);
  assertEquals(shownInTheEnd(scene), "old abcd help");
});

/** Enough text to be mapped. */
const LINES = "line\n".repeat(10_000);
const MAPPED = LINES.replaceAll("\n", "\r\n");

/** A terminal that maps newlines. It has taken so many bytes of `LINES`, and of the CRs that were added. */
function halfShown(room: number) {
  const scene = outputOf(room);
  scene.terminal.mapping = true;
  scene.output.push(encoder.encode(LINES), LINES.length);
  return scene;
}

Deno.test("TerminalOutput maps the newlines of much text, and not of little text", () => {
  const scene = halfShown(20_000);
  const { terminal, output } = scene;
  assertEquals(shown(terminal), MAPPED.slice(0, 20_000));
  // The terminal maps these.
  output.push(encoder.encode("more\n"), LINES.length + 5);
  assertEquals(shownInTheEnd(scene), `${MAPPED}more\n`);
  assertEquals(terminal.log.at(-1), "write more\n");
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
    const scene = halfShown(room);
    const { output } = scene;
    output.insert(encoder.encode("^C"));
    output.hold();
    output.release(true);
    assertEquals(shownInTheEnd(scene), `${MAPPED.slice(0, room)}\n^C`);
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

Deno.test("TerminalOutput joins small pieces across gaps, and counts no more than was written", () => {
  const scene = outputOf(0);
  const { terminal, output } = scene;
  // Ten bytes, one of each ten that the slave counted: the others were discarded.
  for (let i = 1; i <= 10; i++) output.push(encoder.encode("x"), 10 * i);
  for (const [room, written] of [[1, 0], [7, 0], [1, 99], [1, 100]]) {
    terminal.room = room;
    output.pump();
    assertEquals(output.written, written);
  }
  assert(output.empty);
});
