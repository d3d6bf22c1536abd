// Type-ahead, by the rules of docs/protocol.md.

import { assertEquals } from "@std/assert";
import type { FrameOf } from "../protocol/frames.ts";
import { SANE_TERMIOS, type Termios, VDISABLE } from "../tty/termios.ts";
import { type CookedInput, InputCooker } from "./input_cooker.ts";

/** The settings of a program that takes each key. */
const RAW: Termios = {
  ...SANE_TERMIOS,
  ...{ ICANON: false, ECHO: false, ISIG: false, IXON: false, ICRNL: false },
};
/** The settings of readline: it keeps ISIG and takes Return itself. */
const READLINE: Termios = { ...SANE_TERMIOS, ICANON: false, ECHO: false, ICRNL: false };

function frame(kind: FrameOf<"input">["kind"], text: string): FrameOf<"input"> {
  return { type: "input", offset: 0, change: 0, kind, bytes: new TextEncoder().encode(text) };
}

/** Pieces, with ^D for an end of file; then signals, if any. */
function told({ pieces, signals }: CookedInput): unknown[] {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return [
    pieces.map((piece) => piece === "eof" ? "^D" : text(piece)),
    ...signals.map(({ signal, flush }) => flush ? `${signal} flush` : signal),
  ];
}

Deno.test("InputCooker.current takes input as it comes", () => {
  const cooker = new InputCooker();
  assertEquals(told(cooker.current(frame("line", "text\n"))), [["text\n"]]);
  assertEquals(told(cooker.current(frame("raw", "\x04\r\x03"))), [["\x04\r\x03"]]);
  assertEquals(told(cooker.current(frame("partial", "hal"))), [["hal"]]);
  assertEquals(told(cooker.current(frame("eof", ""))), [["^D"]]);
  assertEquals(told(cooker.current(frame("eof", "text"))), [["text"]], "it ends the line only");
});

Deno.test("InputCooker.late gives raw keys the full discipline", () => {
  const cooker = new InputCooker();
  assertEquals(told(cooker.late(frame("raw", "lx\x7fs\rab"), READLINE, SANE_TERMIOS)), [["ls\n"]]);
  assertEquals(told(cooker.late(frame("raw", "\x15\x04"), READLINE, SANE_TERMIOS)), [["^D"]]);
});

Deno.test("InputCooker.late treats untreated keys by the settings of now, whatever they were", () => {
  const now = { ...SANE_TERMIOS, VINTR: 0x7e, IGNCR: true };
  for (const then of [now, RAW]) {
    const cooker = new InputCooker();
    assertEquals(told(cooker.late(frame("keys", "one\r\x7f"), then, now)), [[]]);
    assertEquals(told(cooker.late(frame("keys", "ly\n"), then, now)), [["only\n"]]);
    assertEquals(told(cooker.late(frame("keys", "gone~"), then, now)), [[], "SIGINT flush"]);
  }
});

Deno.test("InputCooker.late keeps a half-typed line where the settings are again as they were", () => {
  const cooker = new InputCooker();
  assertEquals(told(cooker.late(frame("partial", "ec"), SANE_TERMIOS, SANE_TERMIOS)), [[]]);
  assertEquals(told(cooker.late(frame("raw", "\x7fxit\r"), READLINE, SANE_TERMIOS)), [["exit\n"]]);
});

Deno.test("InputCooker.late makes signals of raw keys, which drop what was before", () => {
  const now = SANE_TERMIOS;
  assertEquals(told(new InputCooker().late(frame("raw", "one\rtwo\x03three\r"), RAW, now)), [
    ["three\n"],
    "SIGINT flush",
  ]);
  assertEquals(
    told(new InputCooker().late(frame("raw", "one\r\x1ctwo\r"), RAW, { ...now, NOFLSH: true })),
    [["one\n", "two\n"], "SIGQUIT"],
  );
});

Deno.test("InputCooker keeps a half-typed line until a master that is in step ends it", () => {
  const cooker = new InputCooker();
  assertEquals(told(cooker.late(frame("raw", "lx"), READLINE, SANE_TERMIOS)), [[]]);
  assertEquals(told(cooker.late(frame("raw", "\x7f"), READLINE, SANE_TERMIOS)), [[]]);
  assertEquals(told(cooker.current(frame("line", "s\n"))), [["ls\n"]]);
  assertEquals(told(cooker.current(frame("line", "pwd\n"))), [["pwd\n"]], "and only once");
});

Deno.test("InputCooker goes on with a line that was half typed when settings changed to and fro", () => {
  const cooker = new InputCooker();
  const then = { ...SANE_TERMIOS, VINTR: 7 };
  assertEquals(told(cooker.late(frame("partial", "hote"), then, SANE_TERMIOS)), [[]]);
  assertEquals(told(cooker.late(frame("raw", "x\x7fl\r"), READLINE, SANE_TERMIOS)), [["hotel\n"]]);
  assertEquals(told(cooker.late(frame("partial", "hote"), then, READLINE)), [["hote"]]);
});

Deno.test("InputCooker gives a half-typed line to the end of file that ends it", () => {
  const cooker = new InputCooker();
  cooker.late(frame("raw", "text"), READLINE, SANE_TERMIOS);
  assertEquals(told(cooker.current(frame("eof", ""))), [["text"]]);
  assertEquals(told(cooker.current(frame("eof", ""))), [["^D"]]);
});

Deno.test("InputCooker.setTermios makes a half-typed line readable when ICANON goes off", () => {
  const cooker = new InputCooker();
  assertEquals(told(cooker.setTermios(READLINE)), [[]]);
  cooker.late(frame("raw", "hal"), READLINE, SANE_TERMIOS);
  assertEquals(told(cooker.setTermios({ ...SANE_TERMIOS, VINTR: 7 })), [[]]);
  assertEquals(told(cooker.setTermios(RAW)), [["hal"]]);
  assertEquals(told(cooker.current(frame("raw", "f"))), [["f"]]);
});

Deno.test("InputCooker.flush drops a half-typed line", () => {
  const cooker = new InputCooker();
  cooker.late(frame("raw", "hal"), READLINE, SANE_TERMIOS);
  cooker.flush();
  assertEquals(told(cooker.current(frame("line", "f\n"))), [["f\n"]]);
});

Deno.test("InputCooker.late edits no line again", () => {
  const now = { ...SANE_TERMIOS, VERASE: 0x78 };
  assertEquals(told(new InputCooker().late(frame("line", "ax\x7f\n"), SANE_TERMIOS, now)), [
    ["ax\x7f\n"],
  ]);
  assertEquals(told(new InputCooker().late(frame("eof", ""), SANE_TERMIOS, now)), [["^D"]]);
});

Deno.test("InputCooker.late turns a line back into keys for a raw reader", () => {
  const cooker = new InputCooker();
  const keys = (kind: FrameOf<"input">["kind"], text: string, then: Termios, now: Termios) =>
    told(cooker.late(frame(kind, text), then, now));
  assertEquals(keys("line", "dd\n", SANE_TERMIOS, RAW), [["dd\r"]], "Return, as vim wants it");
  assertEquals(keys("partial", ":wq", SANE_TERMIOS, RAW), [[":wq"]]);
  const newline = { ...RAW, ICRNL: true };
  assertEquals(keys("line", "dd\n", SANE_TERMIOS, newline), [["dd\n"]], "ICRNL is on still");
  assertEquals(keys("line", "dd\n", { ...SANE_TERMIOS, ICRNL: false }, RAW), [["dd\n"]]);
});

Deno.test("InputCooker.late turns an end of file into VEOF for a raw reader", () => {
  const cooker = new InputCooker();
  assertEquals(told(cooker.late(frame("eof", ""), SANE_TERMIOS, RAW)), [["\x04"]]);
  assertEquals(told(cooker.late(frame("eof", "text"), SANE_TERMIOS, RAW)), [["text\x04"]]);
  const then = { ...SANE_TERMIOS, VEOF: 0x1a };
  assertEquals(told(cooker.late(frame("eof", "text"), then, RAW)), [["text\x1a"]]);
  const none = { ...SANE_TERMIOS, VEOF: VDISABLE };
  assertEquals(told(cooker.late(frame("eof", "text"), none, RAW)), [["text"]]);
});

Deno.test("InputCooker.late turns a newline into Return for a raw reader", () => {
  const then = { ...RAW, ICRNL: true };
  assertEquals(told(new InputCooker().late(frame("raw", "a\n"), then, RAW)), [["a\r"]]);
  assertEquals(told(new InputCooker().late(frame("raw", "a\r"), RAW, then)), [["a\n"]]);
});
