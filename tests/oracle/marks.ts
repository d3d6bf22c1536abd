// The marks that an oracle program writes into its output: ESC _ WORD ABOUT ESC \ (see oracle.c).

const START = [0x1b, 0x5f];
const END = [0x1b, 0x5c];

/** A mark, or the output before it. */
export type Piece =
  | { readonly kind: "shown"; readonly bytes: Uint8Array }
  | { readonly kind: "mark"; readonly word: string; readonly about: string };

/** Takes output apart, whatever pieces it comes in. */
export class MarkReader {
  #rest = new Uint8Array();

  /** The pieces that are complete with this chunk. */
  *take(chunk: Uint8Array): Generator<Piece> {
    this.#rest = new Uint8Array([...this.#rest, ...chunk]);
    for (;;) {
      const start = find(this.#rest, START, 0);
      const shown = this.#cut(start < 0 ? withoutStart(this.#rest) : start);
      if (shown.length > 0) yield { kind: "shown", bytes: shown };
      const end = start < 0 ? -1 : find(this.#rest, END, START.length);
      if (end < 0) return;
      const text = new TextDecoder().decode(this.#cut(end + END.length).slice(START.length, end));
      const blank = text.indexOf(" ");
      yield { kind: "mark", word: text.slice(0, blank), about: text.slice(blank + 1) };
    }
  }

  #cut(length: number): Uint8Array {
    const cut = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    return cut;
  }
}

/** The length without an ESC at the end, which may be a mark's. */
function withoutStart(bytes: Uint8Array): number {
  return bytes.at(-1) === START[0] ? bytes.length - 1 : bytes.length;
}

function find(bytes: Uint8Array, [first, second]: number[], from: number): number {
  for (let i = from; i + 1 < bytes.length; i++) {
    if (bytes[i] === first && bytes[i + 1] === second) return i;
  }
  return -1;
}
