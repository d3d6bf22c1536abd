import { assertEquals, assertNotStrictEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  applyTermiosChange,
  CHARACTER_OPCODES,
  decodeTermiosChange,
  diffTermios,
  encodeTermiosChange,
  FLAG_OPCODES,
  interned,
  NUMBER_OPCODES,
  SANE_TERMIOS,
  type Termios,
  VDISABLE,
} from "./termios.ts";

/** Settings of which each differs from SANE_TERMIOS. */
const OTHER = Object.fromEntries(
  Object.entries(SANE_TERMIOS).map(([name, value]) => [
    name,
    typeof value === "boolean" ? !value : value + 1,
  ]),
) as Termios;

Deno.test("diffTermios names what differs, and no more", () => {
  assertEquals(diffTermios(SANE_TERMIOS, SANE_TERMIOS), {});
  const after = { ...SANE_TERMIOS, ECHO: false, VMIN: 5, VINTR: VDISABLE };
  assertEquals(diffTermios(SANE_TERMIOS, after), { ECHO: false, VMIN: 5, VINTR: VDISABLE });
});

Deno.test("applyTermiosChange applies what diffTermios found", () => {
  assertEquals(applyTermiosChange(SANE_TERMIOS, diffTermios(SANE_TERMIOS, OTHER)), OTHER);
});

Deno.test("interned gives one object for equal settings, of those met lately", () => {
  const first = interned({ ...SANE_TERMIOS, VERASE: 9 });
  assertStrictEquals(interned({ ...first }), first);
  assertNotStrictEquals(interned({ ...first, ECHO: false }), first);
  const others = (from: number) => {
    for (let key = from; key < from + 40; key++) interned({ ...first, VINTR: key, VQUIT: 200 });
  };
  others(0);
  assertStrictEquals(interned({ ...first }), first, "it was asked for since");
  others(40);
  assertStrictEquals(interned({ ...first }), first);
  others(80);
  others(120);
  assertNotStrictEquals(interned({ ...first }), first);
});

Deno.test("encodeTermiosChange and decodeTermiosChange keep every setting", () => {
  const change = diffTermios(SANE_TERMIOS, OTHER);
  assertEquals(Object.keys(change).length, Object.keys(SANE_TERMIOS).length);
  assertEquals(decodeTermiosChange(encodeTermiosChange(change)), change);
});

Deno.test("encodeTermiosChange writes opcode, value, opcode, value", () => {
  assertEquals(encodeTermiosChange({}), []);
  assertEquals(encodeTermiosChange({ ECHO: false }), [53, 0]);
  const pairs = encodeTermiosChange({ VINTR: 3, ISIG: true, OSPEED: 9600, VEOF: VDISABLE });
  const settings = new Map(pairs.flatMap((n, i) => i % 2 === 0 ? [[n, pairs[i + 1]]] : []));
  assertEquals(settings, new Map([[1, 3], [5, -1], [50, 1], [129, 9600]]));
});

Deno.test("Opcodes are RFC 4254's where it has them", () => {
  const { VINTR, VERASE, VSUSP, VWERASE, VLNEXT, VSTATUS, VDISCARD } = CHARACTER_OPCODES;
  assertEquals(
    [VINTR, VERASE, VSUSP, VWERASE, VLNEXT, VSTATUS, VDISCARD],
    [1, 3, 10, 13, 14, 17, 18],
  );
  const { IGNPAR, ICRNL, IXON, IMAXBEL, ISIG, ICANON, ECHO, PENDIN } = FLAG_OPCODES;
  assertEquals(
    [IGNPAR, ICRNL, IXON, IMAXBEL, ISIG, ICANON, ECHO, PENDIN],
    [30, 36, 38, 41, 50, 51, 53, 62],
  );
  const { OPOST, ONLRET, PARENB, PARODD } = FLAG_OPCODES;
  assertEquals([OPOST, ONLRET, PARENB, PARODD], [70, 75, 92, 93]);
  assertEquals([NUMBER_OPCODES.ISPEED, NUMBER_OPCODES.OSPEED], [128, 129]);
});

Deno.test("Each opcode is one setting's, and none of RFC 4254's is used for another", () => {
  const opcodes = Object.values({ ...CHARACTER_OPCODES, ...FLAG_OPCODES, ...NUMBER_OPCODES });
  assertEquals(new Set(opcodes).size, opcodes.length);
  // TTY_OP_END, VFLUSH, CS7, CS8, and the opcodes at which it says to stop.
  for (const taken of [0, 15, 90, 91]) assertEquals(opcodes.includes(taken as never), false);
});

Deno.test("decodeTermiosChange passes over opcodes that it does not know", () => {
  assertEquals(decodeTermiosChange([250, 7, 53, 1, 15, -9]), { ECHO: true });
});

for (
  const [what, pairs] of [
    ["a flag of 2", [53, 2]],
    ["a flag of -1", [53, -1]],
    ["a character of 256", [1, 256]],
    ["a character of -2", [1, -2]],
    ["a speed of -1", [129, -1]],
    ["a speed over 32 bits", [129, 2 ** 32]],
    ["an opcode without a value", [53]],
  ] as const
) {
  Deno.test(`decodeTermiosChange refuses ${what}`, () => {
    assertThrows(() => decodeTermiosChange(pairs), RangeError, "Cannot read termios: ");
  });
}
