import { assertEquals } from "@std/assert";
import { FakeTerminal } from "./fake_terminal.ts";
import { TerminalOutput } from "./terminal_output.ts";

const encoder = new TextEncoder();

/** Output of a terminal that takes `room` bytes, and what failed. */
function outputOf(room: number): { terminal: FakeTerminal; output: TerminalOutput } {
  const terminal = new FakeTerminal();
  terminal.room = room;
  const failed = (error: unknown) => {
    throw error;
  };
  return { terminal, output: new TerminalOutput(terminal, 1000, { progress: () => {}, failed }) };
}

/** What the terminal has shown. */
function shown({ log }: FakeTerminal): string {
  return log.map((line) => line.replace(/^write /, "")).join("");
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
