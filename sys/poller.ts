// Waits for descriptors by poll(2), and calls back.
//
//   watch(fd).readable = true ──> set ── poll(2), here for a moment ──> readable(), while it stays true
//                                    └── poll(2), on a thread of Deno's pool, when that was in vain ──┘
//
// A thread is slow: to start it and to be woken by it takes far longer than most answers. So for a moment after each event
// we wait ourselves, asleep in the kernel, and Deno's timers and signals wait, too. A turn of Deno's event loop is slow as
// well when the process has slept. Promises settle without one.

import { cCalls, cFunction } from "./c_functions.ts";
import { libc } from "./libc.ts";
import { PLATFORM } from "./platform.ts";
import { closeTurns, nextTurn, openTurns } from "./turns.ts";

/** What to call when a descriptor is ready. An end of file, a hangup or an error counts as both. */
export interface ReadyCallbacks {
  readable?(): void;
  writable?(): void;
}

/** One descriptor's place in a {@linkcode Poller}. Interest is level-triggered: switch it off to be left alone. */
export interface Watch {
  /** Whether to call `readable`. At first false. */
  readable: boolean;
  /** Whether to call `writable`. At first false. */
  writable: boolean;
  /** Ends it. The descriptor stays open, and may be closed now. */
  close(): void;
}

/** `struct pollfd`: i32 descriptor, i16 events, i16 results. */
const POLLFD_SIZE = 8;

/** Bytes read from the wake-up pipe at once. */
const WAKE_BUFFER_SIZE = 64;

/**
 * How many promises, each settled by the one before it, may settle before we wait for the next event. Nobody can ask
 * JavaScript whether any are left, and a promise that is left would wait as long as we sleep in poll(2). Somebody else's web
 * streams take some ten to pass a chunk on. One await lets one of each chain settle, and costs a tenth of a microsecond.
 */
const LONGEST_CHAIN = 16;

/** Milliseconds that we wait ourselves before Deno's timers and streams get a turn. A signal gets one at once. */
const SLICE = 5;

/** Milliseconds until `soon` calls back. */
const SOON = 1;

/** Milliseconds after the last event in which we wait ourselves. */
const LINGER = 500;

/** Milliseconds of the interval that does nothing but keep the program alive: a day. */
const LONG = 86_400_000;

/**
 * What came of a wait here: a descriptor is ready, or none was for a while, or we may not wait here: it is Deno's turn, or a
 * signal has come, which Deno has to see.
 */
type WaitResult = "ready" | "idle" | "yield";

const definition = { parameters: ["buffer", "u64", "i32"], result: "i32" } as const;
const pollHere = cCalls({ poll: { ...definition, way: "quick" } }).poll;
/** poll(2)'s timeout: none. */
const FOREVER = -1;
const pollElsewhere = cFunction("poll", { ...definition, nonblocking: true });

class Entry implements Watch {
  readonly fd: number;
  readonly callbacks: ReadyCallbacks;
  readonly #changed: (entry: Entry) => void;
  #readable = false;
  #writable = false;
  closed = false;

  constructor(fd: number, callbacks: ReadyCallbacks, changed: (entry: Entry) => void) {
    this.fd = fd;
    this.callbacks = callbacks;
    this.#changed = changed;
  }

  get readable(): boolean {
    return this.#readable;
  }

  set readable(on: boolean) {
    if (on === this.#readable) return;
    this.#readable = on;
    this.#changed(this);
  }

  get writable(): boolean {
    return this.#writable;
  }

  set writable(on: boolean) {
    if (on === this.#writable) return;
    this.#writable = on;
    this.#changed(this);
  }

  get events(): number {
    if (this.closed) return 0;
    return (this.#readable ? PLATFORM.poll.POLLIN : 0) |
      (this.#writable ? PLATFORM.poll.POLLOUT : 0);
  }

  close(): void {
    this.closed = true;
    this.#changed(this);
  }
}

/** `struct pollfd[]`: the wake-up pipe, then the descriptors that somebody is interested in. */
class PollSet {
  readonly entries: readonly Entry[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many descriptors, as poll(2) takes it. */
  readonly length: bigint;
  readonly #view: DataView<ArrayBuffer>;

  constructor(wakeRead: number, entries: Iterable<Entry>) {
    this.entries = [...entries].filter((entry) => entry.events !== 0);
    this.length = BigInt(this.entries.length + 1);
    this.bytes = new Uint8Array((this.entries.length + 1) * POLLFD_SIZE);
    this.#view = new DataView(this.bytes.buffer);
    this.#put(0, wakeRead, PLATFORM.poll.POLLIN);
    this.entries.forEach((entry, index) => this.#put(index + 1, entry.fd, entry.events));
  }

  #put(place: number, fd: number, events: number): void {
    this.#view.setInt32(place * POLLFD_SIZE, fd, true);
    this.#view.setInt16(place * POLLFD_SIZE + 4, events, true);
  }

  /** Calls back for the descriptors that poll(2) has found ready. */
  dispatch(): void {
    const { POLLIN, POLLOUT } = PLATFORM.poll;
    for (let index = 0; index < this.entries.length; index++) {
      const entry = this.entries[index];
      const results = this.#view.getInt16((index + 1) * POLLFD_SIZE + 6, true);
      if (results === 0) continue;
      const failed = (results & ~(POLLIN | POLLOUT)) !== 0;
      if (entry.readable && !entry.closed && (failed || results & POLLIN)) {
        entry.callbacks.readable?.();
      }
      if (entry.writable && !entry.closed && (failed || results & POLLOUT)) {
        entry.callbacks.writable?.();
      }
    }
  }
}

/** Waits for many descriptors with one thread. A program needs only one: two would keep each other waiting. */
export class Poller {
  static #alive = 0;
  readonly #entries = new Set<Entry>();
  /** The argument of poll(2), with its entries. Undefined after a change: then it is made anew. */
  #set: PollSet | undefined;
  /** What to call soon, and from when on, by performance.now(). */
  #soon: { readonly at: number; readonly callback: () => void }[] = [];
  readonly #wakeRead: number;
  readonly #wakeWrite: number;
  #running = false;
  /** When our turn to wait here ends, by performance.now(). */
  #turnEnd = 0;
  /** When the last wait ended. Each look at the clock takes so long while the code is cold that one a wait has to do. */
  #now = 0;
  /** When the last event was, by performance.now(). */
  #eventAt = -LINGER;
  /** How many callers of `giveWay` still wait. */
  #givenWay = 0;
  /** Whether a thread waits, which has to be woken to learn of changes. */
  #waiting = false;
  #woken = false;
  #scheduled = false;
  #closed = false;
  readonly #released = Promise.withResolvers<void>();

  constructor() {
    Poller.#alive++;
    openTurns();
    [this.#wakeRead, this.#wakeWrite] = libc.pipe();
    libc.setNonblocking(this.#wakeRead);
    libc.setNonblocking(this.#wakeWrite);
  }

  /** Adds a descriptor. */
  watch(fd: number, callbacks: ReadyCallbacks): Watch {
    const entry = new Entry(fd, callbacks, (changed) => this.#change(changed));
    this.#entries.add(entry);
    return entry;
  }

  /** Calls back once, in about a millisecond. A timer would have to wait while we wait ourselves. */
  soon(callback: () => void): void {
    this.#soon.push({ at: performance.now() + SOON, callback });
    if (this.#waiting) this.#wake();
    else this.#schedule();
  }

  /** Gives Deno's event loop a turn ({@linkcode nextTurn}). */
  turn(): Promise<void> {
    return this.giveWay(nextTurn());
  }

  /** Waits for an event that no descriptor tells of, such as a signal: until then we don't wait here. */
  async giveWay(event: Promise<void>): Promise<void> {
    this.#givenWay++;
    try {
      await event;
    } finally {
      this.#givenWay--;
    }
  }

  /** Ends all waiting. Descriptors stay open. Settles when the thread that waited is back. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      if (this.#waiting) this.#wake();
      else if (!this.#running) this.#release();
    }
    return this.#released.promise;
  }

  #change(entry: Entry): void {
    this.#set = undefined;
    if (entry.closed) this.#entries.delete(entry);
    if (this.#waiting) this.#wake();
    else this.#schedule();
  }

  #wake(): void {
    if (this.#woken) return;
    this.#woken = true;
    libc.write(this.#wakeWrite, new Uint8Array(1));
  }

  /** Starts to wait when the code that changes the set has returned. */
  #schedule(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#running && !this.#closed) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Deno would end the program: it does not count the wait for a signal as work.
    const alive = setInterval(() => {}, LONG);
    while (!this.#closed) {
      const set = this.#set ??= new PollSet(this.#wakeRead, this.#entries);
      if (set.entries.length === 0 && this.#soon.length === 0) break;
      const result = this.#waitHere(set);
      if (result === "ready" || result === "yield" && await this.#isReadyElsewhere(set)) {
        set.dispatch();
      }
      if (this.#soon.length > 0) this.#callThoseDue();
      for (let settled = 0; settled < LONGEST_CHAIN; settled++) await undefined;
    }
    clearInterval(alive);
    this.#running = false;
    if (this.#closed) this.#release();
  }

  #waitHere(set: PollSet): WaitResult {
    if (!this.#mayWait || this.#now >= this.#turnEnd) return "yield";
    const ready = pollHere(set.bytes, set.length, this.#soon.length > 0 ? SOON : SLICE);
    this.#now = performance.now();
    if (ready === 0) return "idle";
    if (ready < 0) return "yield";
    this.#eventAt = this.#now;
    return "ready";
  }

  get #mayWait(): boolean {
    return Poller.#alive === 1 && this.#givenWay === 0;
  }

  /** Gives Deno a turn, or waits on a thread for as long as it takes. Whether a descriptor is ready then. */
  async #isReadyElsewhere(set: PollSet): Promise<boolean> {
    if (this.#mayWait && this.#now < this.#eventAt + LINGER) {
      await this.turn();
      this.#now = performance.now();
      this.#turnEnd = this.#now + SLICE;
      return false;
    }
    const time = this.#soon.length > 0 ? SOON : FOREVER;
    this.#waiting = true;
    const ready = await pollElsewhere(set.bytes, set.length, time) > 0;
    this.#waiting = false;
    this.#drainWakeUps();
    this.#now = performance.now();
    if (ready) this.#eventAt = this.#now;
    this.#turnEnd = this.#now + SLICE;
    return ready;
  }

  #callThoseDue(): void {
    const now = performance.now();
    const due = this.#soon.filter(({ at }) => at <= now);
    this.#soon = this.#soon.filter(({ at }) => at > now);
    for (const { callback } of due) callback();
  }

  #drainWakeUps(): void {
    if (!this.#woken) return;
    this.#woken = false;
    libc.read(this.#wakeRead, new Uint8Array(WAKE_BUFFER_SIZE));
  }

  #release(): void {
    Poller.#alive--;
    closeTurns();
    libc.close(this.#wakeRead);
    libc.close(this.#wakeWrite);
    this.#released.resolve();
  }
}
