// How long a peer may take: for its hello, and later for each silence. Before a silence is too long the peer is asked
// whether it is there.

/** Milliseconds that a peer may take. */
export interface Patience {
  /** From our start to its hello, whatever comes in between. */
  readonly timeout: number;
  /** For each silence after that. The peer answers pings. */
  readonly patience: number;
}

/** Pings sent during `patience`, so that two may be lost to a short stall. */
const PINGS_PER_PATIENCE = 3;

/** What a {@linkcode SilenceWatch} calls. */
export interface SilenceCallbacks {
  /** Asks the peer whether it is there. */
  ask(): void;
  /** The peer has taken too long. `reason` says for what. */
  lost(reason: string): void;
}

/** Notices when the peer takes too long, and asks it before that. */
export class SilenceWatch {
  /** Milliseconds that the peer may take now. */
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

  /** Something came. During the handshake that gains the peer no time. */
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
    // Much too late: we were stopped ourselves, by ^Z or because a virtual machine paused. The peer may have sent
    // something, and gets another chance.
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
