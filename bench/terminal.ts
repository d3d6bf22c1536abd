// A terminal with a clock: build/bench/terminal holds the pty and the times, this the screen.
//
//   time(keys, holds) ──> typed at ─ … ─ the read after which the screen (or the prompt) is as wanted

import { ROOT } from "../tests/harness/build.ts";
import { Screen } from "../tests/harness/screen.ts";

/** Where the C helpers are built. */
export const HELPERS = `${ROOT}/build/bench`;
/** The window of all peers. */
const SIZE = { cols: 80, rows: 24 };
/** Milliseconds after which a wait fails. */
const PATIENCE = 10_000;
/** Maps each byte to one character. */
const LATIN1 = new TextDecoder("latin1");
/** Type (u8), time in ns (u64), length (u32). */
const EVENT_HEAD = 13;
/** Type (u8), length (u32). */
const REQUEST_HEAD = 5;
/** Bytes that are kept to find a prompt's mark. */
const TAIL = 64;

export interface Command {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** The bytes that were counted until a text came. */
export interface Counted {
  readonly bytes: number;
  /** When it came, in ms. */
  readonly end: number;
}

interface Waiting {
  readonly holds: () => boolean;
  readonly settle: (time: number) => void;
}

/** The mark after the prompt with a number: a window title, because mosh carries that too. */
export function promptMark(number: number): string {
  return `\x1b]0;@${number}\x07`;
}

/** A shell's prompt, invisibly numbered: bash counts, in the prompt itself. */
export const PROMPT = "$ \\[\\e]0;@$((++prompts))\\a\\]";

/** A program on a terminal. Times are milliseconds of the monotonic clock. */
export class Terminal implements AsyncDisposable {
  readonly screen = new Screen(SIZE, (answer) => void this.type(answer));
  /** The number of the last prompt. */
  prompt = 0;
  /** Bytes that came, without those that were only counted. */
  length = 0;
  /** Called with each read. */
  onRead: (bytes: Uint8Array, time: number) => void = () => {};
  /** Whether the screen is kept up to date; off for output that would keep this process busy. */
  drawing = true;

  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #events: Promise<void>;
  readonly #started = Promise.withResolvers<number>();
  readonly #typed: ((time: number) => void)[] = [];
  readonly #waiting = new Set<Waiting>();
  #counting: ((counted: Counted) => void) | undefined;
  #tail = "";
  #ended = false;

  constructor({ argv, env, cwd }: Command) {
    this.#process = new Deno.Command(`${HELPERS}/terminal`, {
      args: [`${SIZE.cols}`, `${SIZE.rows}`, ...argv],
      clearEnv: true,
      env: { ...env },
      cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#events = this.#readEvents();
  }

  /** The helper's process, whose child the program is. */
  get pid(): number {
    return this.#process.pid;
  }

  /** When the program was started. */
  get started(): Promise<number> {
    return this.#started.promise;
  }

  /** Types, and returns the time. */
  type(keys: string): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#typed.push(resolve);
    this.#request("T", keys);
    return this.#patiently(promise, `"${keys.slice(0, 20)}" to be typed`);
  }

  /** Waits until a condition holds after a read, and returns the time of that read. */
  until(holds: () => boolean, patience = PATIENCE): Promise<number> {
    const { promise, resolve: settle } = Promise.withResolvers<number>();
    this.#waiting.add({ holds, settle });
    return this.#patiently(promise, `${holds}`, patience);
  }

  /** Waits for the next prompt. */
  untilPrompt(patience?: number): Promise<number> {
    const { prompt } = this;
    return this.until(() => this.prompt > prompt, patience);
  }

  /** Milliseconds from keys until a condition holds. */
  async time(keys: string, holds: () => boolean): Promise<number> {
    const [typed, seen] = await Promise.all([this.type(keys), this.until(holds)]);
    return seen - typed;
  }

  /** Milliseconds from keys to the next prompt. */
  timePrompt(keys: string): Promise<number> {
    const { prompt } = this;
    return this.time(keys, () => this.prompt > prompt);
  }

  /** Only counts output, until a text comes. This process does not look at it, so that it costs no time. */
  count(text: string, patience = PATIENCE): Promise<Counted> {
    const { promise, resolve } = Promise.withResolvers<Counted>();
    this.#counting = resolve;
    this.#request("Q", text);
    return this.#patiently(promise, `${JSON.stringify(text)} behind a flood`, patience);
  }

  /** Hangs up, and waits for the program's end. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#events;
    await this.#process.status;
    this.screen.dispose();
  }

  #request(type: string, text: string): void {
    const bytes = new TextEncoder().encode(text);
    const request = new Uint8Array(REQUEST_HEAD + bytes.length);
    request[0] = type.charCodeAt(0);
    new DataView(request.buffer).setUint32(1, bytes.length, true);
    request.set(bytes, REQUEST_HEAD);
    this.#writer.write(request).catch(() => {});
  }

  async #patiently<Value>(
    promise: Promise<Value>,
    what: string,
    patience = PATIENCE,
  ): Promise<Value> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const state = this.#ended ? "the program has ended" : `nothing for ${patience} ms`;
      reject(new Error(`Cannot wait for ${what}: ${state}\n${this.screen.dump()}`));
    }, patience);
    try {
      return await Promise.race([promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #readEvents(): Promise<void> {
    let rest = new Uint8Array();
    for await (const chunk of this.#process.stdout) {
      const bytes = new Uint8Array(rest.length + chunk.length);
      bytes.set(rest);
      bytes.set(chunk, rest.length);
      rest = bytes.subarray(await this.#takeEvents(bytes));
    }
    this.#ended = true;
  }

  /** Takes all complete events, and returns their length in bytes. */
  async #takeEvents(bytes: Uint8Array): Promise<number> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (bytes.length - at >= EVENT_HEAD) {
      const end = at + EVENT_HEAD + view.getUint32(at + 9, true);
      if (end > bytes.length) break;
      const time = Number(view.getBigUint64(at + 1, true)) / 1e6;
      await this.#take(String.fromCharCode(bytes[at]), time, bytes.subarray(at + EVENT_HEAD, end));
      at = end;
    }
    return at;
  }

  async #take(type: string, time: number, bytes: Uint8Array): Promise<void> {
    if (type === "S") this.#started.resolve(time);
    if (type === "T") this.#typed.shift()?.(time);
    if (type === "R") await this.#show(bytes, time);
    if (type === "M") {
      const count = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
      this.#counting?.({ bytes: Number(count), end: time });
    }
  }

  async #show(bytes: Uint8Array, time: number): Promise<void> {
    this.length += bytes.length;
    this.onRead(bytes, time);
    this.#findPrompt(bytes);
    if (this.drawing) await this.screen.show(bytes);
    for (const waiting of this.#waiting) {
      if (!waiting.holds()) continue;
      this.#waiting.delete(waiting);
      waiting.settle(time);
    }
  }

  #findPrompt(bytes: Uint8Array): void {
    const text = this.#tail + LATIN1.decode(bytes);
    // deno-lint-ignore no-control-regex
    const last = [...text.matchAll(/@(\d+)\x07/g)].at(-1);
    if (last !== undefined) this.prompt = Number(last[1]);
    this.#tail = text.slice(-TAIL);
  }
}
