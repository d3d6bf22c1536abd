// Time that stands still until a test lets it pass: timers and performance.now() go by it.

import { setImmediate } from "node:timers";

interface Timer {
  readonly id: number;
  readonly callback: () => void;
  /** Milliseconds between calls; nothing for a timer that is called once. */
  readonly interval?: number;
  at: number;
}

/** Replaces the clock from its making to its disposal. */
export class FakeTime implements Disposable {
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
    clearTimeout: globalThis.clearTimeout,
    clearInterval: globalThis.clearInterval,
  };
  readonly #realNow = performance.now;
  readonly #timers = new Map<number, Timer>();
  #now = 0;
  #lastId = 0;

  constructor() {
    const start = (interval: (time: number) => number | undefined) =>
    (
      callback: () => void,
      time = 0,
    ): number => {
      const id = ++this.#lastId;
      this.#timers.set(id, { id, callback, at: this.#now + time, interval: interval(time) });
      return id;
    };
    const clear = (id?: number) => void this.#timers.delete(id ?? 0);
    Object.assign(globalThis, {
      setTimeout: start(() => undefined),
      setInterval: start((time) => time),
      clearTimeout: clear,
      clearInterval: clear,
    });
    performance.now = () => this.#now;
  }

  /** Lets that many milliseconds pass, and what they set off come to its end. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settled();
    for (let next; (next = this.#next()) && next.at <= end; await settled()) {
      this.#now = next.at;
      if (next.interval === undefined) this.#timers.delete(next.id);
      else next.at += next.interval;
      next.callback();
    }
    this.#now = end;
    await settled();
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
    performance.now = this.#realNow;
  }

  #next(): Timer | undefined {
    return [...this.#timers.values()].sort((one, other) => one.at - other.at)[0];
  }
}

/** Waits until promises that lead to each other are settled; only what comes from outside takes longer. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
