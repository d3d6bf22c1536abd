// One line from each side before all frames, so that a transport's own messages before it can be skipped.

import { ProtocolError } from "./errors.ts";
import { harmless } from "./harmless.ts";
import { MAX_NOISE_LENGTH, MAX_PREAMBLE_LENGTH } from "./limits.ts";

/** Version of the wire format: preamble, framing, frame codes. Finer versions are settled in the hello. */
const GENERATION = 1;

/** Bytes of unexpected input that an error message shows. */
const SHOWN_LENGTH = 60;

/** The first line from `role`. It starts with a newline, so that it is a line of its own after any banner. */
export function preamble(role: "master" | "slave"): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`\nRPTY/${GENERATION} ${role}\n`);
}

/** Looks for the peer's preamble in the first bytes. */
export class PreambleFinder {
  readonly #peer: "master" | "slave";
  #length = 0;
  /** The start of the noise, without leading space. */
  #start = "";
  /** The end of what has come so far: a preamble may begin in it. */
  #end = "";

  constructor(peer: "master" | "slave") {
    this.#peer = peer;
  }

  /** What came before the preamble, for messages: quoted and cut; empty if nothing came. */
  get noise(): string {
    return this.#start === "" ? "" : harmless(JSON.stringify(this.#start));
  }

  /**
   * Takes the next bytes. Returns what follows the preamble, once that is found.
   *
   * @throws {ProtocolError} if the peer has another version of the wire format, has our own role, or is not rpty.
   */
  push(chunk: Uint8Array): Uint8Array | undefined {
    const before = this.#end.length;
    const text = this.#end + this.#take(chunk);
    const match = /\nRPTY\/(\d{1,9}) (master|slave)\n/.exec(text);
    if (match === null) {
      if (this.#length > MAX_NOISE_LENGTH) throw this.#notSpeaking();
      this.#end = text.slice(-MAX_PREAMBLE_LENGTH);
      return undefined;
    }
    const [line, generation, role] = match;
    if (Number(generation) !== GENERATION) {
      throw new ProtocolError(
        `Cannot talk to the peer: it speaks RPTY/${generation}, we speak RPTY/${GENERATION}: install the same version on both sides`,
      );
    }
    if (role !== this.#peer) {
      throw new ProtocolError(
        `Cannot talk to the peer: it is a ${role} too: run rpty-${this.#peer} on the other side`,
      );
    }
    return chunk.subarray(match.index + line.length - before);
  }

  /** The bytes as text, one character a byte, so that positions are the same. */
  #take(chunk: Uint8Array): string {
    let text = "";
    const most = MAX_NOISE_LENGTH + MAX_PREAMBLE_LENGTH - this.#length;
    for (const byte of chunk.subarray(0, most)) text += String.fromCharCode(byte);
    this.#length += text.length;
    if (this.#start.length < SHOWN_LENGTH) {
      this.#start = (this.#start + text).trimStart().slice(0, SHOWN_LENGTH);
    }
    return text;
  }

  #notSpeaking(): ProtocolError {
    return new ProtocolError(
      `Cannot talk to the peer: it does not speak rpty, it began with ${this.noise}`,
    );
  }
}
