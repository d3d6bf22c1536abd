// A process that tests can signal and ask about.

import { soon } from "./bell.ts";

/** A running shell script, which ends with its stdin. */
export class Script {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";

  /** If it is `detached` it leads a session. */
  constructor(text: string, { detached = false } = {}) {
    // Background processes of a script ignore these signals, and a shell cannot trap a signal that is ignored at its start.
    this.#child = new Deno.Command("env", {
      args: ["--default-signal=INT,QUIT", "sh", "-c", text],
      stdin: "piped",
      stdout: "piped",
      detached,
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Its next line; empty at the end. */
  async line(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value, done } = await soon(this.#lines.read());
      if (done) return this.#text;
      this.#text += value;
    }
    const [line] = this.#text.split("\n");
    this.#text = this.#text.slice(line.length + 1);
    return line;
  }

  /** Waits until all processes that hold its stdout have ended. */
  async ended(): Promise<Deno.CommandStatus> {
    while (await this.line() !== "") continue;
    await this.#child.stdin.close().catch(() => {});
    return await soon(this.#child.status);
  }

  /** Closes its stdin. */
  async end(): Promise<Deno.CommandStatus> {
    await this.#child.stdin.close();
    return await this.ended();
  }
}
