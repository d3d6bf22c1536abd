// Works out what the slave makes of keys that were on their way when it changed the settings (docs/protocol.md). Both
// sides run one line discipline over the same keys and the same changes.
//
//   raw keys sent ──> log ── a change tells how many of them it had seen ──> line discipline ──> echo owed
//                                                                                └──> an unfinished line
//
// While a line is unfinished the kernel can't edit it, because it does not know the line's start. So we do.

import { MAX_REPLAYED_CHANGES } from "../protocol/limits.ts";
import { joined, NO_BYTES } from "../tty/bytes.ts";
import { retyped } from "../tty/late_keys.ts";
import { LineDiscipline } from "../tty/line_discipline.ts";
import { SANE_TERMIOS, type Termios } from "../tty/termios.ts";

/** Raw keys, or a half-typed line, as they were sent. */
interface Keys {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The settings under which they were typed. */
  readonly then: Termios;
}

/** A change, and how much input the slave had received when it was made. */
interface ReplayedChange {
  readonly number: number;
  readonly seen: number;
  readonly settings: Termios;
}

/** Follows what the slave makes of keys that reach it late. */
export class TypeAheadReplay {
  /** Keys that the slave may have received after the first of `#changes`, in order. */
  #log: Keys[] = [];
  /** Changes since no line was unfinished, and always the last one. */
  #changes: ReplayedChange[] = [];
  /** The unfinished line at the end of all keys sent. */
  #discipline: LineDiscipline | undefined;
  /** Offset up to which the echo of keys was shown. */
  #shown = 0;

  /** Whether we edit a line for the kernel. */
  get editing(): boolean {
    return this.#discipline !== undefined;
  }

  /**
   * Raw keys, or a half-typed line, were sent. They were typed under the settings `then`, when `change` was the
   * number of the last change. Returns their echo, if we edit a line.
   */
  sent(offset: number, bytes: Uint8Array, then: Termios, change: number): Uint8Array {
    this.#log.push({ offset, bytes, then });
    const discipline = this.#discipline ?? this.#newLine(change);
    if (discipline === undefined) return NO_BYTES;
    const { echo } = discipline.receive(retyped(bytes, then, discipline.termios));
    if (discipline.termios.ECHO) this.#shown = offset + bytes.length;
    this.#discipline = discipline.unfinished.length === 0 ? undefined : discipline;
    return echo;
  }

  /** Keys that the kernel gave out before it had the new settings begin a line of ours. */
  #newLine(change: number): LineDiscipline | undefined {
    const latest = this.#changes.at(-1);
    if (latest === undefined || latest.number <= change || !latest.settings.ICANON) {
      return undefined;
    }
    return new LineDiscipline(latest.settings);
  }

  /** The slave has received all input before `offset`. */
  received(offset: number): void {
    if (this.editing) return;
    const first = this.#log.findIndex((keys) => keys.offset + keys.bytes.length > offset);
    this.#log.splice(0, first === -1 ? this.#log.length : first);
    if (this.#log.length === 0) this.#changes = this.#changes.slice(-1);
  }

  /**
   * The slave has changed the settings, by its change `number`, when it had received `seen` units of input. Returns
   * the echo owed for keys sent since then, up to the offset `until`, where a later change takes over.
   */
  change(settings: Termios, seen: number, until: number, number: number): Uint8Array {
    if (this.#isInStep(seen)) {
      this.#log = [];
      this.#changes = [{ number, seen, settings }];
      this.#discipline = undefined;
      return NO_BYTES;
    }
    const discipline = this.#replay(seen);
    if (discipline.unfinished.length === 0) {
      this.#discipline = undefined;
      this.#changes = [];
      this.received(seen);
    }
    discipline.setTermios(settings);
    if (this.#changes.length >= MAX_REPLAYED_CHANGES) {
      this.#log = [];
      this.#changes = [{ number, seen, settings }];
      this.#discipline = undefined;
      return NO_BYTES;
    }
    this.#changes.push({ number, seen, settings });
    // A half-typed line that becomes raw input stays where the kernel has shown it.
    if (!settings.ICANON && settings.ECHO) this.#shown = Math.max(this.#shown, this.#shownByKernel);
    // What was shown because of an earlier change is not shown again.
    const shown = Math.max(seen, Math.min(this.#shown, until));
    this.#type(discipline, seen, shown);
    const echo = this.#type(discipline, shown, until);
    if (settings.ECHO) this.#shown = Math.max(this.#shown, Math.min(until, this.#end));
    this.#type(discipline, until, Infinity);
    const edits = settings.ICANON && discipline.unfinished.length > 0;
    this.#discipline = edits ? discipline : undefined;
    return echo;
  }

  /** Whether the slave had received all keys, and none of them is in a line that it keeps. */
  #isInStep(seen: number): boolean {
    if (this.#log.length === 0) return true;
    const wereRaw = this.#changes.length === 1 && !this.#changes[0].settings.ICANON;
    return wereRaw && this.#end <= seen;
  }

  /** A signal or a flush has dropped what was typed. */
  flush(): void {
    this.#log = [];
    this.#changes = this.#changes.slice(-1);
    this.#discipline = undefined;
  }

  get #end(): number {
    const last = this.#log.at(-1);
    return last === undefined ? 0 : last.offset + last.bytes.length;
  }

  /** The end of the last keys that the kernel echoed as they were typed. */
  get #shownByKernel(): number {
    const last = this.#log.findLast(({ then }) => then.ECHO);
    return last === undefined ? 0 : last.offset + last.bytes.length;
  }

  /** The slave's line discipline at the moment when it had received all before `until`. */
  #replay(until: number): LineDiscipline {
    const discipline = new LineDiscipline(this.#changes[0]?.settings ?? SANE_TERMIOS);
    this.#changes.forEach(({ seen, settings }, index) => {
      discipline.setTermios(settings);
      const next = this.#changes[index + 1]?.seen ?? until;
      this.#type(discipline, seen, Math.min(next, until));
    });
    return discipline;
  }

  /** Types the keys from offset `start` up to `end`. Returns their echo. */
  #type(discipline: LineDiscipline, start: number, end: number): Uint8Array {
    const echoes: Uint8Array[] = [];
    for (const { offset, bytes, then } of this.#log) {
      const part = bytes.subarray(Math.max(0, start - offset), Math.max(0, end - offset));
      if (part.length === 0) continue;
      echoes.push(discipline.receive(retyped(part, then, discipline.termios)).echo);
    }
    return joined(echoes);
  }
}
