// A measured session: a shell on a terminal, through a peer, over a line.
//
//   terminal ── near side ── relay ── far side ── bash

import { type Place, TERMINAL_ENV } from "../tests/harness/place.ts";
import { memoryOf, processTree } from "../tests/harness/processes.ts";
import type { Far, Peer } from "./peers/peer.ts";
import { type Line, Relay } from "./relay.ts";
import { type Counted, HELPERS, promptMark, Terminal } from "./terminal.ts";

export interface SessionOptions {
  readonly peer: Peer;
  readonly line: Line;
  readonly place: Place;
  /** Whether a relay counts bytes, even at 0 ms. */
  readonly counted?: boolean;
}

/** An open session. */
export class Session implements AsyncDisposable {
  readonly options: SessionOptions;
  readonly terminal: Terminal;
  /** Milliseconds from the start of the near side to the first prompt. */
  readonly start: number;
  readonly relay: Relay | undefined;
  readonly #far: Far;

  /** Starts both sides, and waits for the first prompt. */
  static async open(options: SessionOptions): Promise<Session> {
    const { peer, place } = options;
    const far = await peer.listen(place, environment(place));
    const relay = await startRelay(far, options);
    const port = relay?.port ?? far.port ?? 0;
    const terminal = new Terminal({ ...far.near(port), cwd: place.home });
    try {
      const [started, shown] = await Promise.all([terminal.started, terminal.untilPrompt()]);
      return new Session(options, terminal, relay, far, shown - started);
    } catch (error) {
      await close(terminal, relay, far);
      throw error;
    }
  }

  private constructor(
    options: SessionOptions,
    terminal: Terminal,
    relay: Relay | undefined,
    far: Far,
    start: number,
  ) {
    this.options = options;
    this.terminal = terminal;
    this.start = start;
    this.relay = relay;
    this.#far = far;
  }

  /** Types a command without its Enter, and waits until it is seen. */
  async compose(command: string): Promise<void> {
    const { screen } = this.terminal;
    await this.terminal.time(command, () => screen.cursorLine.endsWith(command));
  }

  /** Milliseconds from a command's Enter to the next prompt. */
  async run(command: string): Promise<number> {
    await this.compose(command);
    return await this.terminal.timePrompt("\r");
  }

  /** Waits for the next prompt after heavy output, which is only counted. */
  async untilPromptAfterFlood(patience?: number): Promise<Counted> {
    const { terminal, options: { peer } } = this;
    if (peer.complete) {
      const [counted] = await Promise.all([
        terminal.count(promptMark(terminal.prompt + 1), patience),
        terminal.untilPrompt(patience),
      ]);
      return counted;
    }
    const { length } = terminal;
    const end = await terminal.untilPrompt(patience);
    return { bytes: terminal.length - length, end };
  }

  /** Resident bytes of the peer's own programs on each side, without transport and shell. */
  async memory(): Promise<{ near: number; far: number } | undefined> {
    const { programs } = this.options.peer;
    if (programs === undefined || this.#far.pid === undefined) return undefined;
    const own = async (pid: number, name: RegExp) =>
      memoryOf((await processTree(pid)).filter(({ command }) => name.test(command)));
    return {
      near: await own(this.terminal.pid, programs.near),
      far: await own(this.#far.pid, programs.far),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await close(this.terminal, this.relay, this.#far);
  }
}

/** The environment of all programs. */
function environment(place: Place): Record<string, string> {
  const { PS1: _, ...env } = place.env;
  return { ...env, ...TERMINAL_ENV, BENCH: HELPERS };
}

async function startRelay(far: Far, options: SessionOptions): Promise<Relay | undefined> {
  const { peer, line, counted = false } = options;
  if (far.port === undefined) return undefined;
  if (line.roundTrip === 0 && line.rate === 0 && !counted) return undefined;
  return await Relay.start(peer.protocol, far.port, line);
}

async function close(terminal: Terminal, relay: Relay | undefined, far: Far): Promise<void> {
  await terminal[Symbol.asyncDispose]();
  await relay?.[Symbol.asyncDispose]();
  await far[Symbol.asyncDispose]();
}
