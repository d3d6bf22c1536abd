// Input that is readable and not yet read: n_tty's read side, on the discipline's pieces.
//
//   LineDiscipline ── pieces ──> ReadQueue ── read(max) ──> programs

import { ByteBuffer } from "../../tty/byte_buffer.ts";
import type { DisciplineOutput, LineDiscipline, Piece } from "../../tty/line_discipline.ts";
import { type Termios, VDISABLE } from "../../tty/termios.ts";

/** What stands for an end of file among raw bytes, and for a VEOF that is switched off. */
const EOF_MARK = 0;

/** The pieces of one terminal that wait for a reader. */
export class ReadQueue {
  #discipline: LineDiscipline;
  #pieces: Piece[] = [];

  constructor(discipline: LineDiscipline) {
    this.#discipline = discipline;
  }

  /** Whether a read would return at once (VMIN and VTIME aside). */
  get readable(): boolean {
    return this.#pieces.length > 0;
  }

  /** What FIONREAD says: the bytes of everything readable; ends of file count for nothing. */
  get available(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
  }

  /** Takes what was typed. */
  receive(bytes: Uint8Array): DisciplineOutput {
    const output = this.#discipline.receive(bytes);
    const flushed = output.signals.findLast((signal) => signal.flush);
    if (flushed) this.#pieces = [];
    this.#pieces.push(...output.pieces.slice(flushed?.after ?? 0));
    return output;
  }

  /** Changes the settings, and with them the nature of what is unread. */
  setTermios(termios: Termios): DisciplineOutput {
    const before = this.#discipline.termios;
    const output = this.#discipline.setTermios(termios);
    this.#pieces.push(...output.pieces);
    if (before.ICANON !== termios.ICANON || before.EXTPROC !== termios.EXTPROC) {
      this.#pieces = convert(this.#pieces, termios);
    }
    return output;
  }

  /** Discards all input, as tcflush does. */
  flush(): void {
    this.#pieces = [];
    this.#discipline.flushInput();
  }

  /**
   * Reads up to `max` bytes: of one line, or of all there is that is raw. Empty at an end of file;
   * nothing if a reader would have to wait.
   */
  read(max: number): Uint8Array | undefined {
    if (this.#pieces.length === 0) return undefined;
    if (max === 0) return new Uint8Array();
    return this.#pieces[0].kind === "raw" ? this.#readRaw(max) : this.#readLine(max);
  }

  #readLine(max: number): Uint8Array {
    const { kind, bytes } = this.#pieces[0];
    // An end of file that comes right after the bytes that were asked for is gone with them.
    if (bytes.length <= max) this.#pieces.shift();
    else this.#pieces[0] = { kind, bytes: bytes.subarray(max) };
    return bytes.subarray(0, max);
  }

  #readRaw(max: number): Uint8Array {
    const read = new ByteBuffer();
    while (this.#pieces.length > 0 && read.length < max) {
      read.append(this.#readLine(max - read.length));
    }
    const bytes = read.take();
    return this.#isTypedEnd(bytes) ? new Uint8Array() : bytes;
  }

  /** Under EXTPROC, VEOF is read as a character, and as an end of file if it is all there is. */
  #isTypedEnd(bytes: Uint8Array): boolean {
    const { ICANON, EXTPROC, VEOF } = this.#discipline.termios;
    const end = VEOF === VDISABLE ? EOF_MARK : VEOF;
    return ICANON && EXTPROC && !this.readable && bytes.length === 1 && bytes[0] === end;
  }
}

/** What becomes of unread input when ICANON or EXTPROC changes. */
function convert(pieces: Piece[], { ICANON, EXTPROC }: Termios): Piece[] {
  const bytes = join(pieces);
  if (bytes.length === 0) return [];
  if (!ICANON || EXTPROC) return [{ kind: "raw", bytes }];
  if (bytes.at(-1) !== EOF_MARK) return [{ kind: "line", bytes }];
  return [{ kind: "eof", bytes: bytes.subarray(0, -1) }];
}

function join(pieces: Piece[]): Uint8Array {
  const joined = new ByteBuffer();
  for (const { kind, bytes } of pieces) {
    joined.append(bytes);
    if (kind === "eof") joined.push(EOF_MARK);
  }
  return joined.take();
}
