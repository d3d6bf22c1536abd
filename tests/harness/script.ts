// A process that tests can signal and ask about.

import { soon } from "./bell.ts";

/** A running shell script, which ends with its stdin. */
export class Script {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #text = "";

  /** Where it is `detached` it leads a session. */
  constructor(text: string, { detached = false } = {}) {
    // What is run in the background of a script ignores these, and a shell can't trap what is ignored at its start.
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

  /** Waits until all who have its stdout have ended. */
  async ended(): Promise<Deno.CommandStatus> {
    while (await this.line() !== "") continue;
    await this.#child.stdin.close().catch(() => {});
    return await soon(this.#child.status);
  }

  /** Ends who reads its stdin. */
  async end(): Promise<Deno.CommandStatus> {
    await this.#child.stdin.close();
    return await this.ended();
  }
}
