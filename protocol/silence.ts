// Silence of the peer: asked about before it has lasted too long, and told when it has.

/** Milliseconds of silence that are borne. */
export interface Patience {
  /** Before the peer's preamble. */
  readonly timeout: number;
  /** After it, while the peer answers pings. */
  readonly patience: number;
}

/** Pings sent while the patience lasts, so that two may be lost to a passing stall. */
const PINGS_PER_PATIENCE = 3;

/** Notices when the peer has been silent for too long, and asks before it comes to that. */
export class SilenceWatch {
  /** Milliseconds of silence that are borne now. */
  limit: number;
  readonly #patience: number;
  readonly #on: { ask: () => void; lost: (limit: number) => void };
  #timer: number;
  #lastHeard = performance.now();
  #lastLook = performance.now();

  constructor(
    { timeout, patience }: Patience,
    on: { ask: () => void; lost: (limit: number) => void },
  ) {
    this.limit = timeout;
    this.#patience = patience;
    this.#on = on;
    this.#timer = setInterval(() => this.#checkLost(), this.limit / PINGS_PER_PATIENCE);
  }

  heard(): void {
    this.#lastHeard = performance.now();
  }

  /** From now on the peer answers pings. */
  keepAlive(): void {
    clearInterval(this.#timer);
    this.limit = this.#patience;
    const interval = this.limit / PINGS_PER_PATIENCE;
    this.#timer = setInterval(() => {
      this.#checkLost();
      if (performance.now() - this.#lastHeard >= interval / 2) this.#on.ask();
    }, interval);
  }

  /** Counts no silence until the peer is heard again. */
  suspend(): void {
    this.#lastHeard = Infinity;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #checkLost(): void {
    const now = performance.now();
    // Much too late: we were stopped ourselves, by ^Z or a virtual machine's pause. The peer may have
    // spoken, and gets another chance.
    if (now - this.#lastLook > 2 * this.limit / PINGS_PER_PATIENCE) {
      this.#lastHeard = Math.max(this.#lastHeard, now);
    }
    this.#lastLook = now;
    if (now - this.#lastHeard < this.limit) return;
    this.end();
    this.#on.lost(this.limit);
  }
}
