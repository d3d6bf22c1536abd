// A program on a pseudoterminal, with a screen and a user who types.

import { helper } from "./build.ts";
import { ENTER } from "./keys.ts";
import { startWithoutStreams } from "./processes.ts";
import { Pty, type Size } from "./pty.ts";
import { Screen } from "./screen.ts";

/** How long anything expected may take, in ms: CI is slow, and a failure may wait. */
const PATIENCE = 10_000;
/** Silence, in ms, after which a program is assumed to have drawn everything. */
const QUIET = 120;
/** Output that is kept for {@link Session.output}, in characters. */
const KEPT_OUTPUT = 1 << 20;
/** The prompt that the tests' shells are given. */
export const PROMPT = "$ ";

/** What to wait for: a text or a pattern on the screen, or any condition. */
export type Expected = string | RegExp | (() => boolean);

export interface SessionOptions {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly size?: Size;
  /** What happened elsewhere. It is shown when an expectation fails. */
  readonly notes?: () => string;
}

/** A running program and its terminal. */
export class Session implements AsyncDisposable {
  readonly pty: Pty;
  readonly screen: Screen;
  /** The program's process. */
  readonly process: Deno.ChildProcess;
  /** Its exit status, once it has ended. */
  exitCode: number | undefined;
  /** Bytes that came so far. */
  outputLength = 0;
  /** Called with each piece of output. */
  onOutput: (chunk: Uint8Array) => void = () => {};
  /** Called when the screen has changed, or the program has ended. */
  onChange: () => void = () => {};

  readonly #options: SessionOptions;
  readonly #decoder = new TextDecoder();
  readonly #waiting = new Set<() => void>();
  readonly #ended: Promise<void>;
  #output = "";
  #typed = "";
  #launches = 0;
  #disposed = false;

  /** Starts a program on a new pseudoterminal. */
  static async start(options: SessionOptions): Promise<Session> {
    return new Session(await helper("on_tty"), options);
  }

  private constructor(onTty: string, options: SessionOptions) {
    const { command, env, cwd, size = { cols: 80, rows: 24 } } = options;
    this.#options = options;
    this.screen = new Screen(size, (answer) => this.#write(answer));
    this.pty = new Pty(size, (chunk) => this.#show(chunk));
    this.process = startWithoutStreams([onTty, this.pty.path, ...command], env, cwd);
    this.#ended = this.#watch();
  }

  /** Types keys. {@link output} forgets what came before. */
  type(keys: string): void {
    this.#typed = keys;
    this.#output = "";
    this.#write(keys);
  }

  /** Types, and waits until the kernel has taken all of it. */
  async paste(text: string): Promise<void> {
    this.#typed = `${text.slice(0, 20)}…`;
    this.#output = "";
    await this.pty.write(new TextEncoder().encode(text));
  }

  /** What came since the last {@link type}, escape sequences included. */
  get output(): string {
    return this.#output;
  }

  /** Waits until the screen shows it, or until the condition holds. */
  async waitFor(expected: Expected, patience = PATIENCE): Promise<void> {
    const holds = typeof expected === "function"
      ? expected
      : typeof expected === "string"
      ? () => this.screen.text.includes(expected)
      : () => expected.test(this.screen.text);
    if (!await this.#until(holds, patience)) {
      throw this.failure(`waited ${patience} ms for ${expected}`);
    }
  }

  /** Waits until the output since the last {@link type} contains it, even if it is no longer on the screen. */
  waitForOutput(expected: string | RegExp, patience = PATIENCE): Promise<void> {
    const found = typeof expected === "string"
      ? () => this.#output.includes(expected)
      : () => expected.test(this.#output);
    return this.waitFor(Object.assign(found, { toString: () => `output ${expected}` }), patience);
  }

  /** Waits until the cursor is after a prompt at the start of its line. */
  waitForPrompt(prompt = PROMPT, patience = PATIENCE): Promise<void> {
    const here = () => this.#atPrompt(prompt);
    return this.waitFor(Object.assign(here, { toString: () => `prompt "${prompt}"` }), patience);
  }

  /** Types a command and Enter, waits for the next prompt, and gives the lines between. */
  async run(command: string, { prompt = PROMPT, patience = PATIENCE } = {}): Promise<string[]> {
    const mark = this.screen.mark();
    const before = this.screen.lineFeeds;
    this.type(command + ENTER);
    const done = () => this.screen.lineFeeds > before && this.#atPrompt(prompt);
    await this.waitFor(
      Object.assign(done, { toString: () => `"${prompt}" after "${command}"` }),
      patience,
    );
    return this.screen.linesSince(mark, prompt.length + command.length);
  }

  /**
   * Starts commands from a Bourne shell, and returns when the terminal has the settings that the shell gives
   * to programs. The line's echo is no part of {@link output} any more.
   */
  launch(commands: string): Promise<void> {
    return this.#begin((sign) => `${sign}; ${commands}`);
  }

  /**
   * Starts a program from a Bourne shell, and returns when it is in the foreground, so that it gets the
   * terminal's signals. `before` is what precedes it in a pipeline.
   */
  foreground(program: string, before = ""): Promise<void> {
    return this.#begin((sign) => `${before}(${sign} >&2; exec ${program})`);
  }

  /** Waits until there was no output for a moment, for programs that draw without a mark at the end. */
  async settle(): Promise<void> {
    let length = -1;
    while (length !== this.outputLength) {
      length = this.outputLength;
      await new Promise((resolve) => setTimeout(resolve, QUIET));
    }
  }

  /** Changes the window's size, the emulator's and the kernel's. */
  resize(size: Size): void {
    this.screen.resize(size);
    this.pty.resize(size);
  }

  /** Waits for the program's end and returns its status. */
  async exit(patience = PATIENCE): Promise<number> {
    const ended = () => this.exitCode !== undefined;
    await this.waitFor(Object.assign(ended, { toString: () => "the program's end" }), patience);
    await this.settle();
    return this.exitCode as number;
  }

  /** An error that shows the screen. */
  failure(what: string): Error {
    const notes = this.#options.notes?.() ?? "";
    const state = this.exitCode === undefined ? "running" : `ended with status ${this.exitCode}`;
    return new Error([
      `Cannot go on with ${JSON.stringify(this.#options.command.join(" "))} (${state}): ${what}`,
      `last typed ${JSON.stringify(this.#typed)}`,
      `output since ${JSON.stringify(this.#output.slice(-600))}`,
      this.screen.dump(),
      ...(notes === "" ? [] : ["elsewhere:", notes]),
    ].join("\n"));
  }

  /** Hangs up, and waits for the program's end. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.pty.close();
    const deadline = setTimeout(() => this.process.kill("SIGKILL"), PATIENCE);
    await this.#ended;
    clearTimeout(deadline);
    this.screen.dispose();
  }

  /** Types a line that prints a sign, which the line's echo does not contain, and waits for the sign. */
  async #begin(line: (sign: string) => string): Promise<void> {
    const number = ++this.#launches;
    this.type(line(`echo @$((${number}))`) + ENTER);
    const begun = new RegExp(`[\\r\\n]@${number}\\r\\n`);
    await this.waitForOutput(begun);
    this.#output = this.#output.slice(this.#output.search(begun)).replace(begun, "");
  }

  #write(text: string): void {
    void this.pty.write(new TextEncoder().encode(text));
  }

  #atPrompt(prompt: string): boolean {
    const { screen } = this;
    return screen.cursorLine === prompt.trimEnd() && screen.cursor.col === prompt.length;
  }

  async #show(chunk: Uint8Array): Promise<void> {
    this.outputLength += chunk.length;
    this.onOutput(chunk);
    this.#output = (this.#output + this.#decoder.decode(chunk, { stream: true }))
      .slice(-KEPT_OUTPUT);
    await this.screen.show(chunk);
    this.#wake();
  }

  async #watch(): Promise<void> {
    this.exitCode = (await this.process.status).code;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.onChange();
  }

  /** Whether the condition holds in time. It is checked after each piece of output. */
  #until(holds: () => boolean, patience: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const end = (result: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(result);
      };
      const check = () => {
        try {
          if (holds()) end(true);
        } catch (error) {
          end(false);
          reject(error);
        }
      };
      const timer = setTimeout(() => end(holds()), patience);
      this.#waiting.add(check);
      check();
    });
  }
}
