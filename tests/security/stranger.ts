// A stranger on the far host: another user, in another session, without the preloaded library and without the filter.

import { soon } from "../harness/bell.ts";
import { PATH } from "../harness/needs.ts";

/** The user and group that everybody knows. */
export const NOBODY = 65534;
/** Becomes that user, in a shell's line. */
export const AS_NOBODY = `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups`;

/** How long an attack may take, in ms: it asks much, and a frozen session lets each question wait. */
const PATIENCE = 60_000;

/** A command that runs in the namespaces of a process, as nobody or as root. */
export function within(
  process: number,
  command: readonly string[],
  user: "nobody" | "root" = "nobody",
): Deno.Command {
  const as = user === "root" ? [] : AS_NOBODY.split(" ");
  return new Deno.Command("nsenter", {
    args: [
      ...["--target", `${process}`, "--mount", "--pid", "--wd=/", "--", ...as],
      ...["setsid", "-w", "env", "-i", `PATH=${PATH}`, ...command],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let begun = "";
  for await (const chunk of stream) {
    const lines = (begun + decoder.decode(chunk, { stream: true })).split("\n");
    begun = lines.pop() ?? "";
    yield* lines;
  }
  if (begun !== "") yield begun;
}

/** A running attack. */
export class Stranger implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  #closed = false;

  /** Starts it beside a process of the far side. */
  constructor(beside: number, command: readonly string[]) {
    this.#process = within(beside, command).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#lines = linesOf(this.#process.stdout);
  }

  /** Waits for the next line that it prints; nothing if it has ended. */
  async line(): Promise<string | undefined> {
    return (await soon(this.#lines.next())).value;
  }

  /** Lets it go on where it waits for the test. */
  async go(): Promise<void> {
    await this.#input.write(new TextEncoder().encode("go\n"));
  }

  /** Ends its input, and gives all lines until its end. */
  async rest(): Promise<string[]> {
    await this.#close();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#process.kill("SIGKILL");
      late.reject(new Error("Cannot wait any longer for the attack to end"));
    }, PATIENCE);
    try {
      return await Promise.race([this.#remaining(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rest();
    await this.#process.status;
  }

  async #remaining(): Promise<string[]> {
    const lines: string[] = [];
    for (;;) {
      const { value, done } = await this.#lines.next();
      if (done) return lines;
      lines.push(value);
    }
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // It may have ended already.
    await this.#input.close().catch(() => {});
  }
}

/** Runs an attack to its end, and gives what it printed. */
export async function attackFrom(beside: number, command: readonly string[]): Promise<string[]> {
  await using stranger = new Stranger(beside, command);
  return await stranger.rest();
}
