import { assertEquals } from "@std/assert";
import {
  CHARACTER_OPCODES,
  type CharacterName,
  FLAG_OPCODES,
  type FlagName,
  SANE_TERMIOS,
  type Termios,
  VDISABLE,
} from "../tty/termios.ts";
import type { TermiosLayout } from "./platform.ts";
import { DARWIN } from "./platform_darwin.ts";
import { LINUX } from "./platform_linux.ts";
import { decodeTermios, encodeTermios } from "./termios_codec.ts";

const LAYOUTS = { linux: LINUX.termios, darwin: DARWIN.termios };

function structOf(termios: Termios, layout: TermiosLayout): Uint8Array {
  const struct = new Uint8Array(layout.size);
  encodeTermios(termios, struct, layout);
  return struct;
}

/** The same, by settings for which nothing is remembered. */
function structInto(termios: Termios, fill: number): Uint8Array {
  const struct = new Uint8Array(LINUX.termios.size).fill(fill);
  encodeTermios({ ...termios }, struct, LINUX.termios);
  return struct;
}

function flagsOf({ iflag, oflag, cflag, lflag }: TermiosLayout): FlagName[] {
  return Object.keys({ ...iflag, ...oflag, ...cflag, ...lflag }) as FlagName[];
}

function charactersOf(layout: TermiosLayout): CharacterName[] {
  return Object.keys(layout.characterIndex) as CharacterName[];
}

/** Settings that were written to a struct and read back. */
function crossed(termios: Termios, layout: TermiosLayout): Termios {
  return decodeTermios(structOf(termios, layout), layout);
}

function wordAt(struct: Uint8Array, offset: number): number {
  return new DataView(struct.buffer).getUint32(offset, true);
}

Deno.test("Every flag and character is one platform's at least", () => {
  const layouts = Object.values(LAYOUTS);
  const named = new Set<string>(layouts.flatMap((one) => [...flagsOf(one), ...charactersOf(one)]));
  const all = Object.keys({ ...FLAG_OPCODES, ...CHARACTER_OPCODES });
  assertEquals(all.filter((name) => !named.has(name)), []);
});

for (const [platform, layout] of Object.entries(LAYOUTS)) {
  Deno.test(`encodeTermios and decodeTermios keep each flag alone (${platform})`, () => {
    const none: Record<string, unknown> = { ...SANE_TERMIOS };
    for (const name of flagsOf(layout)) none[name] = false;
    for (const name of flagsOf(layout)) {
      const one = { ...none, [name]: true } as Termios;
      assertEquals(crossed(one, layout), one, name);
    }
  });

  Deno.test(`encodeTermios and decodeTermios keep each character (${platform})`, () => {
    charactersOf(layout).forEach((name, index) => {
      const one = { ...SANE_TERMIOS, [name]: 200 + index };
      assertEquals(crossed(one, layout), one, name);
    });
  });

  Deno.test(`encodeTermios and decodeTermios keep disabled characters (${platform})`, () => {
    for (const name of charactersOf(layout)) {
      if (name === "VMIN" || name === "VTIME") continue;
      const struct = structOf({ ...SANE_TERMIOS, [name]: VDISABLE }, layout);
      const index = layout.characterIndex[name] as number;
      assertEquals(struct[layout.characters.offset + index], layout.disabled, name);
      assertEquals(decodeTermios(struct, layout)[name], VDISABLE, name);
    }
  });

  Deno.test(`decodeTermios takes VMIN and VTIME for counts (${platform})`, () => {
    for (const count of [0, layout.disabled, 255]) {
      const { VMIN, VTIME } = crossed({ ...SANE_TERMIOS, VMIN: count, VTIME: count }, layout);
      assertEquals([VMIN, VTIME], [count, count]);
    }
  });

  Deno.test(`encodeTermios and decodeTermios keep each choice of a field (${platform})`, () => {
    const fields = Object.entries({ ...layout.delays, CSIZE: layout.csize });
    for (const [name, { choices }] of fields) {
      choices.forEach((_, choice) => {
        const value = name === "CSIZE" ? 5 + choice : choice;
        const one = { ...SANE_TERMIOS, [name]: value } as Termios;
        assertEquals(crossed(one, layout), one, `${name} ${value}`);
      });
    }
  });

  Deno.test(`encodeTermios and decodeTermios keep speeds (${platform})`, () => {
    for (const speed of [0, 50, 9600, 38400, 57600, 4000000]) {
      const one = { ...SANE_TERMIOS, ISPEED: speed, OSPEED: 115200 };
      assertEquals(crossed(one, layout), one);
    }
  });

  Deno.test(`encodeTermios keeps bits that no setting names (${platform})`, () => {
    const full = new Uint8Array(layout.size).fill(0xff);
    const empty = new Uint8Array(layout.size);
    encodeTermios(SANE_TERMIOS, full, layout);
    encodeTermios(SANE_TERMIOS, empty, layout);
    const delays = Object.values(layout.delays).map(({ mask }) => mask);
    const words = [layout.iflag, { ...layout.oflag, ...delays }, layout.cflag, layout.lflag];
    words.forEach((flags, index) => {
      const field = index === 2 ? layout.csize.mask | layout.speedMask : 0;
      const named = Object.values(flags).reduce((bits, mask) => bits | mask, field);
      const kept = wordAt(full, index * layout.flagSize) ^ wordAt(empty, index * layout.flagSize);
      assertEquals(kept, ~named, `word ${index}`);
    });
  });

  Deno.test(`decodeTermios leaves what the platform lacks (${platform})`, () => {
    const others = { ...SANE_TERMIOS, VSTATUS: 20, ALTWERASE: true, IUCLC: true, VSWTCH: 9 };
    const lacking = Object.keys(others).filter((name) =>
      !flagsOf(layout).includes(name as FlagName) &&
      !charactersOf(layout).includes(name as CharacterName)
    ) as (keyof Termios)[];
    const decoded = decodeTermios(new Uint8Array(layout.size), layout, others);
    const expected = platform === "linux" ? ["VSTATUS", "ALTWERASE"] : ["IUCLC", "VSWTCH"];
    assertEquals(expected.filter((name) => !(lacking as string[]).includes(name)), []);
    for (const name of expected as (keyof Termios)[]) assertEquals(decoded[name], others[name]);
  });
}

Deno.test("decodeTermios takes bits that are no choice for the first (darwin)", () => {
  const layout = LAYOUTS.darwin;
  const struct = structOf({ ...SANE_TERMIOS, TABDLY: 1 }, layout);
  // TAB1 and OXTABS together.
  struct[layout.flagSize] |= 4;
  assertEquals(decodeTermios(struct, layout).TABDLY, 0);
});

Deno.test("encodeTermios writes the speed's code into c_cflag, too (linux)", () => {
  const B115200 = 0o10002;
  const struct = structOf({ ...SANE_TERMIOS, ISPEED: 115200, OSPEED: 115200 }, LINUX.termios);
  assertEquals([wordAt(struct, 52), wordAt(struct, 56)], [B115200, B115200]);
  assertEquals(wordAt(struct, 8) & 0o10017, B115200);
});

Deno.test("encodeTermios takes the nearest speed, and decodeTermios knows it again (linux)", () => {
  const B4800 = 0o14;
  const B4000000 = 0o10017;
  const before = { ...SANE_TERMIOS, ISPEED: 0xffffffff, OSPEED: 7200 };
  const struct = structOf(before, LINUX.termios);
  const sane = structOf({ ...SANE_TERMIOS, OSPEED: 4800 }, LINUX.termios);
  assertEquals([wordAt(struct, 52), wordAt(struct, 56)], [B4000000, B4800]);
  assertEquals(wordAt(struct, 8), wordAt(sane, 8), "other bits of c_cflag are as they were");
  assertEquals(decodeTermios(struct, LINUX.termios, before), before);
});

Deno.test("encodeTermios keeps a speed that has no code of ours (linux)", () => {
  const BOTHER = 0o10000;
  const struct = structOf(SANE_TERMIOS, LINUX.termios);
  const view = new DataView(struct.buffer);
  view.setUint32(8, view.getUint32(8, true) & ~0o10017 | BOTHER, true);
  view.setUint32(52, BOTHER, true);
  view.setUint32(56, BOTHER, true);
  const before = struct.slice();
  encodeTermios(decodeTermios(struct, LINUX.termios), struct, LINUX.termios);
  assertEquals(struct, before);
});

Deno.test("decodeTermios gives the objects that it gave when settings go to and fro", () => {
  const first = { ...SANE_TERMIOS, VMIN: 7 };
  const structs = [first, { ...first, ICANON: false, ECHO: false }]
    .map((termios) => structOf(termios, LINUX.termios));
  let now = SANE_TERMIOS;
  const given = new Set<Termios>();
  for (let i = 0; i < 20; i++) {
    given.add(now = decodeTermios(structs[i % 2], LINUX.termios, now));
  }
  assertEquals(given.size, 2);
});

Deno.test("encodeTermios writes into whatever struct it gets", () => {
  const { size } = LINUX.termios;
  const raw = { ...SANE_TERMIOS, ICANON: false };
  for (const fill of [0, 0xff, 0, 0]) {
    const struct = new Uint8Array(size).fill(fill);
    encodeTermios(raw, struct, LINUX.termios);
    assertEquals(struct, structInto(raw, fill), `over ${fill}`);
  }
});
