// One line from each side, before all frames, so that what a transport prints first is skipped.

import { ProtocolError } from "./errors.ts";

/** Generation of the wire format: preamble, framing, frame codes. The hello settles finer versions. */
const GENERATION = 1;

/** Bytes of banner that are skipped before the preamble must have come: a long MOTD is a few KiB. */
const MAX_NOISE_LENGTH = 64 * 1024;

/** Bytes of a preamble, at most. */
const MAX_PREAMBLE_LENGTH = 32;

/** Bytes of what came instead of a preamble that an error message shows. */
const SHOWN_LENGTH = 60;

/** The line that `role` begins with. It starts with a newline, so that it stands on a line of its own after any banner. */
export function preamble(role: "master" | "slave"): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`\nRPTY/${GENERATION} ${role}\n`);
}

/** Looks for the peer's preamble in what comes first. */
export class PreambleFinder {
  readonly #peer: "master" | "slave";
  #seen = "";

  constructor(peer: "master" | "slave") {
    this.#peer = peer;
  }

  /** What came before the preamble, for messages: quoted and cut, empty if nothing came. */
  get noise(): string {
    const start = this.#seen.trimStart().slice(0, SHOWN_LENGTH);
    return start === "" ? "" : quote(start);
  }

  /**
   * Takes the next bytes. Gives what follows the preamble once that is found.
   *
   * @throws {ProtocolError} if the peer is of another generation, of our own role, or no rpty at all.
   */
  push(chunk: Uint8Array): Uint8Array | undefined {
    const before = this.#seen.length;
    // One character a byte, so that positions in the text are positions in the bytes.
    const most = chunk.subarray(0, MAX_NOISE_LENGTH + MAX_PREAMBLE_LENGTH - before);
    for (const byte of most) this.#seen += String.fromCharCode(byte);
    const match = /\nRPTY\/(\d{1,9}) (master|slave)\n/.exec(this.#seen);
    if (match === null) {
      if (this.#seen.length > MAX_NOISE_LENGTH) throw this.#notSpeaking();
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

  #notSpeaking(): ProtocolError {
    return new ProtocolError(
      `Cannot talk to the peer: it does not speak rpty, it began with ${this.noise}`,
    );
  }
}

/** JSON leaves DEL and the C1 controls as they are, but terminals obey them. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f]/g,
    (control) => `\\u00${control.charCodeAt(0).toString(16)}`,
  );
}
