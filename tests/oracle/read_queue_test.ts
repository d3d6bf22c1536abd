// The reads themselves are compared with the kernel's in tests/oracle/line_discipline_test.ts.

import { assertEquals } from "@std/assert";
import { ReadQueue } from "./read_queue.ts";
import { LineDiscipline } from "../../tty/line_discipline.ts";
import { SANE_TERMIOS } from "../../tty/termios.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function queueOf(typed: string): ReadQueue {
  const queue = new ReadQueue(new LineDiscipline(SANE_TERMIOS));
  queue.receive(bytes(typed));
  return queue;
}

Deno.test("ReadQueue.read gives at most a line", () => {
  const queue = queueOf("ab\ncd\nef");
  assertEquals(queue.available, 6);
  assertEquals(queue.read(100), bytes("ab\n"));
  assertEquals(queue.read(2), bytes("cd"));
  assertEquals(queue.read(100), bytes("\n"));
  assertEquals(queue.read(100), undefined);
});

Deno.test("ReadQueue.read gives an end of file once", () => {
  const queue = queueOf("\x04");
  assertEquals(queue.readable, true);
  assertEquals(queue.available, 0);
  assertEquals(queue.read(100), new Uint8Array());
  assertEquals(queue.read(100), undefined);
});

Deno.test("ReadQueue.read of nothing takes nothing", () => {
  const queue = queueOf("\x04ab\n");
  assertEquals(queue.read(0), new Uint8Array());
  assertEquals(queue.read(100), new Uint8Array());
  assertEquals(queue.read(100), bytes("ab\n"));
});

Deno.test("ReadQueue.receive discards what came before a signal", () => {
  const queue = queueOf("ab\n");
  queue.receive(bytes("cd\n\x03ef\n"));
  assertEquals(queue.read(100), bytes("ef\n"));
});

Deno.test("ReadQueue.setTermios makes of unread lines raw bytes, and of those a line", () => {
  const queue = queueOf("ab\n\x04cd");
  queue.setTermios({ ...SANE_TERMIOS, ICANON: false });
  assertEquals(queue.available, 6);
  assertEquals(queue.read(2), bytes("ab"));
  queue.setTermios(SANE_TERMIOS);
  assertEquals(queue.read(100), bytes("\n\0cd"));
});
