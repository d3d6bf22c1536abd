// What the comparison with the kernel (tests/oracle/line_discipline_test.ts) does not cover.

import { assert, assertEquals } from "@std/assert";
import { type DisciplineOutput, LineDiscipline } from "./line_discipline.ts";
import { SANE_TERMIOS, type Termios } from "./termios.ts";

const RAW: Termios = {
  ...SANE_TERMIOS,
  ...{ ICANON: false, ECHO: false, ISIG: false, IXON: false, ICRNL: false, OPOST: false },
};

/** What readline sets. */
const READLINE: Termios = { ...SANE_TERMIOS, ICANON: false, ECHO: false, ICRNL: false };

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function describe(output: DisciplineOutput): string[] {
  const { pieces, echo, signals, flow } = output;
  return [
    ...pieces.map(({ kind, bytes }) => `${kind} ${JSON.stringify(text(bytes))}`),
    ...(echo.length > 0 ? [`echo ${JSON.stringify(text(echo))}`] : []),
    ...signals.map(({ signal, flush, after }) =>
      `${signal} ${flush ? "flush " : ""}after ${after}`
    ),
    ...flow,
  ];
}

Deno.test("LineDiscipline.receive gives pieces in order", () => {
  const discipline = new LineDiscipline({ ...SANE_TERMIOS, ECHO: false });
  assertEquals(describe(discipline.receive(bytes("ab\ncd\x04\x04ef"))), [
    'line "ab\\n"',
    'eof "cd"',
    'eof ""',
  ]);
  assertEquals(text(discipline.unfinished), "ef");
});

Deno.test("LineDiscipline.receive joins raw bytes up to a signal", () => {
  const discipline = new LineDiscipline({ ...READLINE, ICRNL: true });
  assertEquals(describe(discipline.receive(bytes("ab\rcd\x03ef\x1a"))), [
    'raw "ab\\ncd"',
    'raw "ef"',
    "SIGINT flush after 1",
    "SIGTSTP flush after 2",
  ]);
});

Deno.test("LineDiscipline.receive tells what came before a signal that flushes nothing", () => {
  const discipline = new LineDiscipline({ ...SANE_TERMIOS, NOFLSH: true, ECHO: false });
  assertEquals(describe(discipline.receive(bytes("ab\ncd\x03ef\n"))), [
    'line "ab\\n"',
    'line "cdef\\n"',
    "SIGINT after 1",
  ]);
});

Deno.test("LineDiscipline.receive shows what was typed before a ^C in the same call", () => {
  const discipline = new LineDiscipline(SANE_TERMIOS);
  assertEquals(text(discipline.receive(bytes("abc\x03d")).echo), "abc^Cd");
});

Deno.test("LineDiscipline.receive tells of flow only where it changes", () => {
  const discipline = new LineDiscipline(SANE_TERMIOS);
  assertEquals(discipline.receive(bytes("\x11\x13\x13")).flow, ["stop"]);
  assert(discipline.stopped);
  assertEquals(discipline.receive(bytes("\x11\x11\x13")).flow, ["start", "stop"]);
});

Deno.test("LineDiscipline.receive isn't moved by chunk boundaries", () => {
  const typed = bytes("été\t\x7f\x7fab cd\x17x\x16\x03\r\x13wx\x11yz\x03q\x04\x12\x15日\x7f\n");
  const settings = [SANE_TERMIOS, { ...SANE_TERMIOS, IUTF8: true, ECHOPRT: true }, READLINE, RAW];
  for (const termios of settings) {
    const whole = gather(new LineDiscipline(termios), [typed]);
    for (let at = 1; at < typed.length; at++) {
      const parts = [typed.subarray(0, at), typed.subarray(at)];
      assertEquals(gather(new LineDiscipline(termios), parts), whole);
    }
    const single = Array.from(typed, (byte) => Uint8Array.of(byte));
    assertEquals(gather(new LineDiscipline(termios), single), whole);
  }
});

/** The result of all parts: pieces with raw bytes joined, echo, signals and flow. */
function gather(discipline: LineDiscipline, parts: Uint8Array[]): string[] {
  const outputs = parts.map((part) => discipline.receive(part));
  const pieces = outputs.flatMap((output) => output.pieces)
    .map(({ kind, bytes }) => `${kind} ${Array.from(bytes)}`);
  return [
    pieces.join(";").replaceAll(/(?<=raw [\d,]+);raw /g, ","),
    outputs.map((output) => Array.from(output.echo)).flat().join(),
    outputs.flatMap((output) => output.signals.map(({ signal }) => signal)).join(),
    outputs.flatMap((output) => output.flow).join(),
  ];
}

Deno.test("LineDiscipline.receive keeps no hold of the caller's buffer", () => {
  const typed = bytes("abc");
  const { pieces } = new LineDiscipline(RAW).receive(typed);
  typed.fill(0);
  assertEquals(pieces, [{ kind: "raw", bytes: bytes("abc") }]);
});

Deno.test("LineDiscipline.receive passes a raw paste on without looking at each byte", () => {
  // Measured: 25 µs against 870 µs. A tenth leaves room for a busy machine.
  assert(millisecondsOfPaste(RAW) < millisecondsOfPaste({ ...RAW, ECHO: true }) / 10);
});

/** The fastest of some pastes of 64 KiB. */
function millisecondsOfPaste(termios: Termios): number {
  const paste = new Uint8Array(64 * 1024).fill(0x61);
  const discipline = new LineDiscipline(termios);
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now();
    assertEquals(discipline.receive(paste).pieces[0].bytes.length, paste.length);
    return performance.now() - start;
  });
  return Math.min(...times);
}

Deno.test("LineDiscipline.setTermios returns the half-typed line as raw bytes", () => {
  const discipline = new LineDiscipline(SANE_TERMIOS);
  discipline.receive(bytes("abc"));
  assertEquals(describe(discipline.setTermios(RAW)), ['raw "abc"']);
  assertEquals(discipline.unfinished, new Uint8Array());
});

Deno.test("LineDiscipline.setTermios without IXON starts a stopped terminal", () => {
  const discipline = new LineDiscipline(SANE_TERMIOS);
  assertEquals(describe(discipline.receive(bytes("\x13ab"))), ["stop"]);
  assertEquals(describe(discipline.setTermios({ ...SANE_TERMIOS, IXON: false })), [
    'echo "ab"',
    "start",
  ]);
});

Deno.test("LineDiscipline goes back over a tab from the column it was given", () => {
  const discipline = new LineDiscipline(SANE_TERMIOS, { column: 5 });
  assertEquals(text(discipline.receive(bytes("\t\x7f")).echo), "\t\b\b\b");
});

Deno.test("LineDiscipline.notedOutput moves the column, from the last newline on", () => {
  const discipline = new LineDiscipline(SANE_TERMIOS);
  discipline.notedOutput(bytes("a long line\nanother\n$ "));
  assertEquals(text(discipline.receive(bytes("\t\x7f")).echo), "\t" + "\b".repeat(6));
});
