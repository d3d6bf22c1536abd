import { assertEquals, assertThrows } from "@std/assert";
import { cutRuntime } from "./denort_cut.ts";

const text = (value: string) => new TextEncoder().encode(value);

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

/** An ELF header whose two section headers follow 16 bytes of code. */
function elf(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64 + 16 + 2 * 64);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46]);
  view.setBigUint64(0x28, 80n, true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 2, true);
  return bytes;
}

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setUint32(i * 4, value, true));
  return bytes;
}

function segment(name: string, address: number, offset: number, size: number): Uint8Array {
  const field = new Uint8Array(16);
  field.set(text(name));
  return concat(words(0x19, 72), field, words(address, 1, size, 0, offset, 0, size, 0, 0, 0, 0, 0));
}

const symtab = (symbols: number, strings: number, size: number) =>
  words(0x2, 24, symbols, 1, strings, size);
const signature = (offset: number, size: number) => words(0x1d, 16, offset, size);

/** Where the contents start: behind the header, the commands and room for more of them. */
const CONTENTS = 512;

function machO(commands: Uint8Array[], contents: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = concat(...commands);
  const bytes = new Uint8Array(CONTENTS + contents.length);
  bytes.set(concat(words(0xfeedfacf, 0, 0, 2, commands.length, all.length, 0, 0), all));
  bytes.set(contents, CONTENTS);
  return bytes;
}

Deno.test("cutRuntime() cuts an ELF file behind its section headers", () => {
  assertEquals(cutRuntime(concat(elf(), text("d3n0l4nd and the rest"))), elf());
});

Deno.test("cutRuntime() takes the segment out of an arm64 Mach-O file", () => {
  const code = new Uint8Array(64).fill(1);
  const application = new Uint8Array(32).fill(2);
  const linkedit = new Uint8Array(48).fill(3);
  const at = CONTENTS + 64;
  const file = (own: number, ...segments: Uint8Array[]) => [
    segment("__TEXT", 4096, 0, at),
    ...segments,
    segment("__LINKEDIT", 8192 + own, at + own, 48),
    symtab(at + own, at + own + 16, 8),
    signature(at + own + 32, 16),
  ];
  const program = machO(
    file(32, segment("__SUI", 8192, at, 32)),
    concat(code, application, linkedit),
  );
  const view = new DataView(program.buffer);
  view.setBigUint64(32 + 72 + 32, 32n, true); // __SUI's size in memory
  assertEquals(cutRuntime(program), machO(file(0), concat(code, linkedit)));
});

Deno.test("cutRuntime() cuts an x86_64 Mach-O file at the sentinel and drops the signature", () => {
  const at = CONTENTS + 64;
  const runtime = new Uint8Array(64 + 48).fill(1);
  const sentinel = concat(text("<~sui-data~>"), new Uint8Array([0xef, 0xbe, 0xad, 0xde]));
  const program = machO(
    [segment("__LINKEDIT", 8192, at, 500), symtab(at, at + 16, 400), signature(700, 16)],
    concat(runtime, sentinel, text("length, d3n0l4nd and the rest")),
  );
  const expected = machO([segment("__LINKEDIT", 8192, at, 48), symtab(at, at + 16, 32)], runtime);
  new DataView(expected.buffer).setBigUint64(32 + 32, 48n, true); // as large in memory
  assertEquals(cutRuntime(program), expected);
});

Deno.test("cutRuntime() says what it cannot cut", () => {
  assertThrows(() => cutRuntime(elf()), TypeError, "no application at offset 208");
  assertThrows(() => cutRuntime(machO([], new Uint8Array(8))), TypeError, "no application");
  assertThrows(() => cutRuntime(concat(text("#!/bin/sh\n"))), TypeError, "magic 0x0");
});
