// How much output may be on its way: enough to keep the line busy, and little more. So the user never sees much less
// than the programs have written, however slow the line is.
//
//   sent(offset) ──> one record a chunk ──> acknowledged(offset): round trip, rate of delivery ──> size
//
// The method is BBR's (Cardwell and others, 2016): it uses the shortest recent round trip and the highest recent
// rate.

/** Bytes allowed until the line was full once: a long listing, or a quarter of a second on a slow line (1 MB/s). */
const INITIAL_SIZE = 256 * 1024;

/** Bytes always allowed after that: a few frames of typical writes. */
const LEAST_SIZE = 16 * 1024;

/** Milliseconds that a chunk may queue before the line counts as full. Slower lines show it sooner. */
const SLOW_TIME = 100;

/** Milliseconds of output that may queue on the way, on top of what the line itself holds. */
const QUEUE_TIME = 20;

/** While each round trip finds a higher rate the window is this many times what the line holds. */
const STARTUP_GAIN = 2;

/** A rate must rise by this factor to count as growth. So many rounds without growth end the start. */
const GROWTH = 1.25;
const ROUNDS_WITHOUT_GROWTH = 3;

/** Rounds for which a rate is remembered. */
const RATE_ROUNDS = 10;

/**
 * Milliseconds after which the shortest round trip is measured anew: for one round trip the window is at its minimum,
 * so that nothing queues.
 */
const ROUND_TRIP_TIME = 10_000;

/** Bytes. Smaller chunks count as one with the last: programs that write byte by byte send many. */
const JOINED_SIZE = 256;

/** A chunk on its way. */
interface Sent {
  readonly start: number;
  readonly end: number;
  readonly at: number;
  /** How much had been delivered when it was sent, and since when that was known. */
  readonly delivered: number;
  readonly deliveredAt: number;
  /** Whether the window, and not the programs, held output back. Only then the rate is the line's. */
  readonly filling: boolean;
}

/** Sizes the window of unacknowledged output by what acknowledgements show. Times are in milliseconds. */
export class OutputWindow {
  readonly #limit: number;
  readonly #sent: Sent[] = [];
  #delivered = 0;
  #deliveredAt: number;
  /** Whether output was ever held back. Prompts alone do not show the line's rate. */
  #filled = false;
  #rates: { readonly round: number; readonly rate: number }[] = [];
  #roundTrip = { time: Infinity, at: 0 };
  /** How much had been sent when a new measurement began. An acknowledgement beyond it ends the measurement. */
  #probingSince: number | undefined;
  #round = 0;
  #roundEnd = 0;
  #fullRate = 0;
  #roundsWithoutGrowth = 0;
  /** The shortest round trip of this round. */
  #roundLeast = Infinity;

  /** `limit`: bytes that the master takes at most. */
  constructor(limit: number, now: number) {
    this.#limit = limit;
    this.#deliveredAt = now;
  }

  /** Bytes that may be unacknowledged. */
  get size(): number {
    if (this.#roundTrip.time === Infinity) return Math.min(INITIAL_SIZE, this.#limit);
    if (this.#probingSince !== undefined) return Math.min(LEAST_SIZE, this.#limit);
    const starting = this.#roundsWithoutGrowth < ROUNDS_WITHOUT_GROWTH;
    const line = this.#rate * this.#roundTrip.time * (starting ? STARTUP_GAIN : 1);
    const least = this.#filled ? LEAST_SIZE : INITIAL_SIZE;
    const size = Math.max(least, line + this.#rate * QUEUE_TIME);
    return Math.floor(Math.min(size, this.#limit));
  }

  /** Output up to `end` has been sent. */
  sent(end: number, now: number): void {
    // The time of a pause must not count against the line.
    if (this.#sent.length === 0) this.#deliveredAt = now;
    const last = this.#sent.at(-1);
    if (last !== undefined && end - last.end < JOINED_SIZE && last.end - last.start < JOINED_SIZE) {
      this.#sent[this.#sent.length - 1] = { ...last, end };
      return;
    }
    this.#sent.push({
      start: last?.end ?? this.#delivered,
      end,
      at: now,
      delivered: this.#delivered,
      deliveredAt: this.#deliveredAt,
      filling: end - this.#delivered > this.size / 2,
    });
  }

  /** The master has shown output up to `offset`. */
  acknowledged(offset: number, now: number): void {
    let last: Sent | undefined;
    while (this.#sent.length > 0 && this.#sent[0].end <= offset) last = this.#sent.shift();
    if (last === undefined) return;
    this.#delivered = last.end;
    this.#deliveredAt = now;
    this.#measureRoundTrip(now - last.at, now);
    this.#filled ||= last.filling || now - last.at > this.#roundTrip.time + SLOW_TIME;
    this.#measureRate(last, now);
  }

  /**
   * What is on its way, and what follows up to `end`, is dropped: its acknowledgement says nothing about the line.
   */
  forget(end: number): void {
    this.#delivered = end;
    this.#sent.length = 0;
  }

  get #rate(): number {
    return this.#rates[0]?.rate ?? 0;
  }

  #measureRoundTrip(time: number, now: number): void {
    const probed = this.#probingSince !== undefined && this.#delivered > this.#probingSince;
    if (probed || time <= this.#roundTrip.time) {
      this.#roundTrip = { time, at: now };
      this.#probingSince = undefined;
    } else if (now - this.#roundTrip.at > ROUND_TRIP_TIME) {
      this.#probingSince ??= this.#sent.at(-1)?.end ?? this.#delivered;
    }
  }

  /** Keeps the highest rates of the last rounds: each entry is higher than those behind it. */
  #measureRate(last: Sent, now: number): void {
    const time = now - last.deliveredAt;
    const rate = time > 0 ? (this.#delivered - last.delivered) / time : 0;
    if (!last.filling && rate <= this.#rate) return;
    this.#roundLeast = Math.min(this.#roundLeast, now - last.at);
    if (last.delivered >= this.#roundEnd) this.#endRound();
    this.#rates = this.#rates.filter((entry) =>
      entry.rate > rate && entry.round > this.#round - RATE_ROUNDS
    );
    this.#rates.push({ round: this.#round, rate });
  }

  /** A round is a round trip: it ends when the first chunk that was sent in it has been delivered. */
  #endRound(): void {
    this.#round++;
    this.#roundEnd = this.#delivered;
    // If even the quickest chunk had to queue, the line is full and its rate is known.
    const queued = this.#roundLeast > this.#roundTrip.time + QUEUE_TIME;
    this.#roundLeast = Infinity;
    if (queued) this.#endStart();
    else if (this.#rate >= this.#fullRate * GROWTH) {
      this.#fullRate = this.#rate;
      this.#roundsWithoutGrowth = 0;
    } else {
      this.#roundsWithoutGrowth++;
    }
  }

  #endStart(): void {
    this.#fullRate = this.#rate;
    this.#roundsWithoutGrowth = ROUNDS_WITHOUT_GROWTH;
  }
}
