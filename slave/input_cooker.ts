// Cooks input that was typed before the master had applied a change of settings (docs/protocol.md).

import type { FrameOf } from "../protocol/frames.ts";
import { joined, NO_BYTES } from "../tty/bytes.ts";
import type { KeySignal } from "../tty/key_signals.ts";
import { retyped } from "../tty/late_keys.ts";
import { LineDiscipline } from "../tty/line_discipline.ts";
import type { DisciplineOutput } from "../tty/line_discipline.ts";
import { type Termios, VDISABLE } from "../tty/termios.ts";
import type { InputPiece } from "./input_pump.ts";

/** What late input becomes under the settings of now. */
export interface CookedInput {
  readonly pieces: readonly InputPiece[];
  /** Signals that its characters make. Those with `flush` drop all input before them. */
  readonly signals: readonly { readonly signal: KeySignal; readonly flush: boolean }[];
}

/** Applies the rules for type-ahead to input, and keeps a half-typed line. */
export class InputCooker {
  #discipline: LineDiscipline | undefined;

  /** Input from a master that knows of all changes. */
  current(frame: FrameOf<"input">): CookedInput {
    const start = this.#takeUnfinished();
    const bytes = start.length === 0 ? frame.bytes : joined([start, frame.bytes]);
    return plain(frame.kind === "eof" && bytes.length === 0 ? ["eof"] : pieceOf(bytes));
  }

  /**
   * Input that was typed under the settings `then` and arrives under `now`. There may have been others in between.
   */
  late(frame: FrameOf<"input">, then: Termios, now: Termios): CookedInput {
    if (frame.kind === "keys") return this.#cook(frame.bytes, now, now);
    // One change gave the half-typed line out, and another makes it a line again.
    const begun = frame.kind === "partial" && now.ICANON;
    if (frame.kind === "raw" || begun) return this.#cook(frame.bytes, then, now);
    if (now.ICANON) return this.current(frame);
    return plain(pieceOf(uncook(frame, then, now)));
  }

  /** The settings change: a half-typed line may become readable. */
  setTermios(termios: Termios): CookedInput {
    if (this.#discipline === undefined) return plain([]);
    return cooked(this.#discipline.setTermios(termios));
  }

  /** Drops the half-typed line. */
  flush(): void {
    this.#discipline = undefined;
  }

  #cook(bytes: Uint8Array, then: Termios, now: Termios): CookedInput {
    this.#discipline ??= new LineDiscipline(now);
    return cooked(this.#discipline.receive(retyped(bytes, then, now)));
  }

  #takeUnfinished(): Uint8Array {
    const unfinished = this.#discipline?.unfinished ?? NO_BYTES;
    this.#discipline = undefined;
    return unfinished;
  }
}

/** Turns a line from a kernel in canonical mode back into the keys that were typed. */
function uncook(frame: FrameOf<"input">, then: Termios, now: Termios): Uint8Array {
  const bytes = retyped(frame.bytes, then, now);
  if (frame.kind !== "eof" || then.VEOF === VDISABLE) return bytes;
  return joined([bytes, Uint8Array.of(then.VEOF)]);
}

function pieceOf(bytes: Uint8Array): InputPiece[] {
  return bytes.length === 0 ? [] : [bytes];
}

function plain(pieces: readonly InputPiece[]): CookedInput {
  return { pieces, signals: [] };
}

function cooked(output: DisciplineOutput): CookedInput {
  const dropped = output.signals.findLast(({ flush }) => flush)?.after ?? 0;
  const pieces = output.pieces.slice(dropped).map((piece): InputPiece =>
    piece.kind === "eof" && piece.bytes.length === 0 ? "eof" : piece.bytes
  );
  return { pieces, signals: output.signals };
}
