// How much output may be on its way: as much as keeps the line busy, and little more, so that what the
// user sees is never far behind what the programs write, however slow the line.
//
//   sent(offset) ──> one record a chunk ──> acknowledged(offset): round trip, rate of delivery ──> size
//
// As in BBR (Cardwell and others, 2016): the least round trip and the greatest rate seen lately.

/** Bytes allowed before the line has been full: a long listing, and a quarter of a second of a slow line (1 MB/s), once. */
const INITIAL_SIZE = 256 * 1024;

/** Bytes always allowed then: a few of the frames that the programs' writes make. */
const LEAST_SIZE = 16 * 1024;

/** Milliseconds that a chunk queues, at most, on a line that may have its first flood: a slower one has shown itself. */
const SLOW_TIME = 100;

/** Milliseconds of output that may queue on the way, on top of what the line itself holds. */
const QUEUE_TIME = 20;

/** While each round trip still finds a greater rate, the window is this many times what the line holds. */
const STARTUP_GAIN = 2;

/** A rate that is so much greater than the last counts as growth, and so many rounds without it end the start. */
const GROWTH = 1.25;
const ROUNDS_WITHOUT_GROWTH = 3;

/** Rounds for which a rate is remembered. */
const RATE_ROUNDS = 10;

/**
 * Milliseconds after which the least round trip is measured anew: for one round trip the window is at
 * its least, so that nothing queues.
 */
const ROUND_TRIP_TIME = 10_000;

/** Chunks smaller than this count as one with the last: programs that write byte by byte send many. */
const JOINED_SIZE = 256;

/** A chunk on its way. */
interface Sent {
  readonly start: number;
  readonly end: number;
  readonly at: number;
  /** How much had been delivered when it was sent, and when that was known. */
  readonly delivered: number;
  readonly deliveredAt: number;
  /** Whether the window, rather than the programs, held output back: only then the rate is the line's. */
  readonly filling: boolean;
}

/** Sizes the window of unacknowledged output by what acknowledgements show. Times are in milliseconds. */
export class OutputWindow {
  readonly #limit: number;
  readonly #sent: Sent[] = [];
  #delivered = 0;
  #deliveredAt: number;
  /** Whether output was ever held back: what prompts show of a line is not its rate. */
  #filled = false;
  #rates: { readonly round: number; readonly rate: number }[] = [];
  #roundTrip = { time: Infinity, at: 0 };
  /** What was sent before a new measurement began: an acknowledgement beyond it ends that. */
  #probingSince: number | undefined;
  #round = 0;
  #roundEnd = 0;
  #fullRate = 0;
  #roundsWithoutGrowth = 0;
  /** The least round trip of this round. */
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
    // After a pause the time that nothing was sent in must not count against the line.
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

  /** What is on its way, and what follows up to `end`, is thrown away: its acknowledgement tells nothing of the line. */
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

  /** Keeps the greatest rate of the last rounds: each entry is greater than those behind it. */
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
    // Where even the quickest chunk had to queue the line is full, and its rate known.
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
