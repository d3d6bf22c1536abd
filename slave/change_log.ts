// Changes of the terminal: their numbers, the settings after each, and which changes can be sent as one.

import { remembered } from "../tty/remembered.ts";
import {
  diffTermios,
  encodeTermiosChange,
  type Termios,
  type TermiosChange,
} from "../tty/termios.ts";
import type { FrameOf } from "../protocol/frames.ts";
import { MAX_STEPS } from "../protocol/limits.ts";

/** A change of settings that has not been sent yet. Neighbours can still be merged into it. */
interface PendingTermios {
  number: number;
  seen: number;
  readonly flush: boolean;
  readonly position: number;
  settings: TermiosChange;
}

/** Numbers changes, and remembers the settings until the master has applied what came after. */
export class ChangeLog {
  #number = 0;
  #history: { readonly number: number; readonly termios: Termios }[];
  #pending: PendingTermios | undefined;

  constructor(termios: Termios) {
    this.#history = [{ number: 0, termios }];
  }

  /** The last change's number. */
  get number(): number {
    return this.#number;
  }

  /** The settings in force. */
  get termios(): Termios {
    return (this.#history.at(-1) as { termios: Termios }).termios;
  }

  /** The settings after change `number`. */
  termiosAt(number: number): Termios {
    const entry = this.#history.findLast((entry) => entry.number <= number);
    return (entry ?? this.#history[0]).termios;
  }

  /** Whether the settings after change `number` are still in force, with no other settings in between. */
  isInForce(number: number): boolean {
    return (this.#history.at(-1) as { number: number }).number <= number;
  }

  /** Numbers a change of something other than settings. */
  next(): number {
    this.#pending = undefined;
    return ++this.#number;
  }

  /** The master has applied all changes up to `number`. False if there is no such change. */
  acknowledge(number: number): boolean {
    if (number > this.#number) return false;
    while (this.#history.length > 1 && this.#history[1].number <= number) this.#history.shift();
    return true;
  }

  /**
   * Records a change of settings that was made when `seen` units of input had come.
   *
   * @param position Where the output ends now. Two changes at the same position are neighbours.
   * @returns a function that makes the frame when output has got to that position; undefined if there is nothing to
   * send, or if an earlier change takes this one in.
   */
  changeTermios(
    termios: Termios,
    { flush, seen, position }: { flush: boolean; seen: number; position: number },
  ): (() => FrameOf<"termios">) | undefined {
    const settings = crossing(diffTermios(this.termios, termios));
    const changesNothing = Object.keys(settings).length === 0 && !flush;
    if (changesNothing) {
      this.#replaceLast(termios);
      return undefined;
    }
    const number = ++this.#number;
    const neighbour = flush ? undefined : this.#neighbour(position);
    // The master never learns of the settings in between: on a stopped terminal they would pile up.
    if (neighbour !== undefined) this.#history.pop();
    this.#history.push({ number, termios });
    if (this.#history.length > MAX_STEPS) this.#history.shift();
    if (neighbour !== undefined) {
      Object.assign(neighbour, {
        number,
        seen,
        settings: { ...neighbour.settings, ...settings },
      });
      return undefined;
    }
    const pending: PendingTermios = { number, seen, flush, position, settings };
    this.#pending = pending;
    return () => this.#send(pending);
  }

  /** The change that a change at `position` can be merged into. */
  #neighbour(position: number): PendingTermios | undefined {
    const pending = this.#pending;
    return pending?.flush === false && pending.position === position ? pending : undefined;
  }

  #send(pending: PendingTermios): FrameOf<"termios"> {
    if (this.#pending === pending) this.#pending = undefined;
    const { number, seen, flush } = pending;
    return {
      type: "termios",
      number,
      seen,
      flush,
      settings: encodeTermiosChange(pending.settings),
    };
  }

  #replaceLast(termios: Termios): void {
    const { number } = this.#history.pop() as { number: number };
    this.#history.push({ number, termios });
  }
}

/** VMIN and VTIME stay on this side: the user's terminal always has 1 and 0. */
const crossing = remembered((change: TermiosChange): TermiosChange => {
  const { VMIN: _vmin, VTIME: _vtime, ...rest } = change;
  return rest;
});
