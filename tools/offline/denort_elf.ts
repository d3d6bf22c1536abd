/** What `deno compile` appends starts with this. */
const APPLICATION_MAGIC = "d3n0l4nd";

/** Cuts after the section headers, which the linker writes last. */
export function cutElf(program: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(program.buffer);
  const headers = Number(view.getBigUint64(0x28, true));
  const end = headers + view.getUint16(0x3a, true) * view.getUint16(0x3c, true);
  const magic = program.subarray(end, end + APPLICATION_MAGIC.length);
  if (new TextDecoder().decode(magic) !== APPLICATION_MAGIC) {
    throw new TypeError(`Cannot cut the runtime: no application at offset ${end}`);
  }
  return program.slice(0, end);
}
