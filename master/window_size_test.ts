import { assertEquals } from "@std/assert";
import { FakeTerminal } from "./fake_terminal.ts";
import { WindowSize } from "./window_size.ts";

const size = (rows: number, cols: number) => ({ rows, cols, xpixel: 0, ypixel: 0 });

const OWN = size(24, 80);
const PROGRAMS = size(0, 0);
const LARGE = size(65_535, 65_535);
const RESIZED = size(30, 100);

function scene() {
  const terminal = new FakeTerminal();
  return { terminal, window: new WindowSize(terminal) };
}

Deno.test("WindowSize.giveBack puts the user's own size back, whatever programs have set", () => {
  const { terminal, window } = scene();
  window.giveBack();
  assertEquals(terminal.log, []);
  window.set(PROGRAMS);
  window.set(LARGE);
  assertEquals(terminal.getWinsize(), LARGE);
  window.giveBack();
  assertEquals(terminal.getWinsize(), OWN);
});

Deno.test("WindowSize.giveBack leaves a size that the user has given the window since", () => {
  const { terminal, window } = scene();
  window.set(PROGRAMS);
  terminal.resize(RESIZED);
  window.giveBack();
  assertEquals(terminal.getWinsize(), RESIZED);
});

Deno.test("WindowSize.giveBack puts back the last size that was the user's own", () => {
  const { terminal, window } = scene();
  window.set(PROGRAMS);
  terminal.resize(RESIZED);
  window.set(LARGE);
  window.giveBack();
  assertEquals(terminal.getWinsize(), RESIZED);
});

Deno.test("WindowSize.giveBack tells how to go on with the programs' size", () => {
  const { terminal, window } = scene();
  window.set(PROGRAMS);
  window.giveBack()();
  assertEquals(terminal.getWinsize(), PROGRAMS);
  const goOn = window.giveBack();
  terminal.resize(RESIZED);
  goOn();
  window.giveBack();
  assertEquals(terminal.getWinsize(), RESIZED);
});
