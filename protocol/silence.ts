// The time that a peer has: for its hello all in all, then for each silence, which is asked about before it has
// lasted too long.

/** Milliseconds that a peer has. */
export interface Patience {
  /** For the handshake, from our start to its hello, whatever comes meanwhile. */
  readonly timeout: number;
  /** For each silence after that: it answers pings. */
  readonly patience: number;
}

/** Pings sent while the patience lasts, so that two may be lost to a passing stall. */
const PINGS_PER_PATIENCE = 3;

/** What a {@linkcode SilenceWatch} tells. */
export interface SilenceCallbacks {
  /** The peer is to be asked whether it is there. */
  ask(): void;
  /** The peer has had its time; `reason` says which. */
  lost(reason: string): void;
}

/** Notices when the peer has had its time, and asks before it comes to that. */
export class SilenceWatch {
  /** Milliseconds that the peer has now. */
  #limit: number;
  #greeted = false;
  readonly #patience: number;
  readonly #on: SilenceCallbacks;
  #timer: ReturnType<typeof setInterval>;
  #lastHeard = performance.now();
  #lastLook = performance.now();

  constructor({ timeout, patience }: Patience, on: SilenceCallbacks) {
    this.#limit = timeout;
    this.#patience = patience;
    this.#on = on;
    this.#timer = setInterval(() => this.#checkLost(), this.#limit / PINGS_PER_PATIENCE);
  }

  /** Something came. It counts once the handshake is over: until then bytes buy no time. */
  heard(): void {
    if (this.#greeted) this.#lastHeard = performance.now();
  }

  /** The peer has said hello: from now on it answers pings. */
  keepAlive(): void {
    if (this.#greeted) return;
    this.#greeted = true;
    this.heard();
    clearInterval(this.#timer);
    this.#limit = this.#patience;
    const interval = this.#limit / PINGS_PER_PATIENCE;
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
    if (now - this.#lastLook > 2 * this.#limit / PINGS_PER_PATIENCE) {
      this.#lastHeard = Math.max(this.#lastHeard, now);
    }
    this.#lastLook = now;
    if (now - this.#lastHeard < this.#limit) return;
    this.end();
    const seconds = this.#limit / 1000;
    this.#on.lost(
      this.#greeted
        ? `nothing came from the other side for ${seconds} seconds`
        : `the other side did not say hello within ${seconds} seconds`,
    );
  }
}
