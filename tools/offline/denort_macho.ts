/** The first bytes of a 64-bit Mach-O file, read as a little-endian number. */
export const MACHO_MAGIC = 0xfeedfacf;

const HEADER_SIZE = 32;
const NCMDS = 16;
const SIZEOFCMDS = 20;

const LC_SYMTAB = 0x2;
const LC_DYSYMTAB = 0xb;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const LC_DYLD_INFO = 0x22;
/** Set in the commands that dyld must understand. */
const LC_REQ_DYLD = 0x80000000;

/** The commands that are `linkedit_data_command`s: an offset and a size. */
const LINKEDIT_DATA = new Set([LC_CODE_SIGNATURE, 0x1e, 0x26, 0x29, 0x2b, 0x2e, 0x33, 0x34]);

/** Where the other commands keep file offsets into __LINKEDIT. */
const LINKEDIT_OFFSETS = new Map([
  [LC_SYMTAB, [8, 16]],
  [LC_DYSYMTAB, [32, 40, 48, 56, 64, 72]],
  [LC_DYLD_INFO, [8, 16, 24, 32, 40]],
]);

/** On x86_64 the application follows the runtime behind this. */
const SENTINEL = new Uint8Array([
  ...new TextEncoder().encode("<~sui-data~>"),
  0xef,
  0xbe,
  0xad,
  0xde,
]);

interface LoadCommand {
  kind: number;
  offset: number;
  size: number;
}

interface Segment extends LoadCommand {
  vmsize: bigint;
  fileOffset: number;
  fileSize: number;
}

/** The load commands of a Mach-O file, with a view to change them. */
class LoadCommands {
  readonly view: DataView;
  readonly all: LoadCommand[] = [];

  constructor(readonly bytes: Uint8Array<ArrayBuffer>) {
    this.view = new DataView(bytes.buffer);
    let offset = HEADER_SIZE;
    for (let left = this.view.getUint32(NCMDS, true); left > 0; left--) {
      const kind = this.view.getUint32(offset, true) & ~LC_REQ_DYLD;
      const size = this.view.getUint32(offset + 4, true);
      this.all.push({ kind, offset, size });
      offset += size;
    }
  }

  segment(name: string): Segment | undefined {
    for (const command of this.all) {
      if (command.kind !== LC_SEGMENT_64) continue;
      const field = this.bytes.subarray(command.offset + 8, command.offset + 24);
      if (new TextDecoder().decode(field).replace(/\0+$/, "") !== name) continue;
      return {
        ...command,
        vmsize: this.view.getBigUint64(command.offset + 32, true),
        fileOffset: Number(this.view.getBigUint64(command.offset + 40, true)),
        fileSize: Number(this.view.getBigUint64(command.offset + 48, true)),
      };
    }
  }

  required(name: string): Segment {
    const segment = this.segment(name);
    if (!segment) throw new TypeError(`Cannot cut the runtime: no segment "${name}"`);
    return segment;
  }

  /** Returns the file without the command. Offsets to data after the commands stay as they are. */
  without({ offset, size }: LoadCommand): LoadCommands {
    const end = HEADER_SIZE + this.view.getUint32(SIZEOFCMDS, true);
    const bytes = this.bytes.slice();
    bytes.copyWithin(offset, offset + size, end);
    bytes.fill(0, end - size, end);
    const view = new DataView(bytes.buffer);
    view.setUint32(NCMDS, view.getUint32(NCMDS, true) - 1, true);
    view.setUint32(SIZEOFCMDS, view.getUint32(SIZEOFCMDS, true) - size, true);
    return new LoadCommands(bytes);
  }
}

/** Cuts the application out of a Mach-O file, wherever it is. */
export function cutMachO(program: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const commands = new LoadCommands(program);
  const own = commands.segment("__SUI");
  return own ? cutSegment(commands, own) : cutAppended(commands);
}

/** arm64: removes the segment and moves back what followed it, which is only __LINKEDIT. */
function cutSegment(program: LoadCommands, own: Segment): Uint8Array<ArrayBuffer> {
  const commands = program.without(own);
  const { view } = commands;
  const linkedit = commands.required("__LINKEDIT");
  const address = view.getBigUint64(linkedit.offset + 24, true);
  view.setBigUint64(linkedit.offset + 24, address - own.vmsize, true);
  view.setBigUint64(linkedit.offset + 40, BigInt(linkedit.fileOffset - own.fileSize), true);
  for (const { kind, offset } of commands.all) {
    const fields = LINKEDIT_DATA.has(kind) ? [8] : LINKEDIT_OFFSETS.get(kind) ?? [];
    for (const field of fields) moveBack(view, offset + field, own);
  }
  const bytes = new Uint8Array(program.bytes.length - own.fileSize);
  bytes.set(commands.bytes.subarray(0, own.fileOffset));
  bytes.set(commands.bytes.subarray(own.fileOffset + own.fileSize), own.fileOffset);
  return bytes;
}

function moveBack(view: DataView, field: number, removed: Segment): void {
  const offset = view.getUint32(field, true);
  if (offset > removed.fileOffset) view.setUint32(field, offset - removed.fileSize, true);
}

/** x86_64: cuts at the sentinel. The signature follows it and is cut off, too (none is needed). */
function cutAppended(program: LoadCommands): Uint8Array<ArrayBuffer> {
  const end = lastIndexOf(program.bytes, SENTINEL);
  if (end === -1) throw new TypeError("Cannot cut the runtime: no application in the Mach-O file");
  const signature = program.all.find(({ kind }) => kind === LC_CODE_SIGNATURE);
  const commands = signature ? program.without(signature) : program;
  const { view } = commands;
  const linkedit = commands.required("__LINKEDIT");
  const size = BigInt(end - linkedit.fileOffset);
  view.setBigUint64(linkedit.offset + 32, size, true);
  view.setBigUint64(linkedit.offset + 48, size, true);
  for (const { kind, offset } of commands.all) {
    if (kind !== LC_SYMTAB) continue;
    view.setUint32(offset + 20, end - view.getUint32(offset + 16, true), true);
  }
  return commands.bytes.slice(0, end);
}

function lastIndexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  let at = bytes.lastIndexOf(wanted[0]);
  while (at !== -1 && !wanted.every((byte, i) => bytes[at + i] === byte)) {
    at = at === 0 ? -1 : bytes.lastIndexOf(wanted[0], at - 1);
  }
  return at;
}
