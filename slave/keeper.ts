// The shell's parent, as the slave sees it (interpose/keeper/main.c).

import { libc, SystemError } from "../sys/libc.ts";
import type { Poller, Watch } from "../sys/poller.ts";
import { spawn } from "../sys/spawn.ts";
import { FILES } from "./page_layout.ts";
import type { RuntimeDirectory } from "./runtime_directory.ts";

/** How the command ended. */
export type CommandEnd =
  | { readonly kind: "status"; readonly code: number }
  | { readonly kind: "signal"; readonly code: number }
  /** It could not be run: an errno. */
  | { readonly kind: "failed"; readonly code: number };

/**
 * How programs that make system calls themselves are reached: by a filter for the whole session, at any price
 * ("all"); where that costs nothing, else for those alone that need it ("auto"); not at all ("preload").
 */
export const REACHES = ["all", "auto", "preload"] as const;
export type Reach = typeof REACHES[number];

/** What the keeper tells. */
export interface KeeperEvents {
  /** The shell's process is there, and waits for {@linkcode Keeper.go}. It leads session and group of its pid. */
  started(shell: number): void;
  /** Once. */
  ended(end: CommandEnd): void;
  /** At most once: programs that make system calls themselves are not reached, for an errno. */
  refused(errno: number): void;
  /** The keeper was killed: its session has to be hung up by us. */
  lost(): void;
}

/** What to run, and on what. */
export interface KeeperOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Names of the FIFOs that become 0, and 1 and 2. */
  readonly input: keyof typeof FILES;
  readonly output: keyof typeof FILES;
  readonly reach: Reach;
}

/** Bytes of a report line, with room to spare. */
const REPORT_SIZE = 256;

/** A running keeper. While its stdin is open, the session lives. */
export class Keeper {
  readonly #events: KeeperEvents;
  readonly #lifeline: number;
  readonly #reports: number;
  readonly #watch: Watch;
  #text = "";
  #hasEnded = false;

  constructor(
    poller: Poller,
    directory: RuntimeDirectory,
    options: KeeperOptions,
    events: KeeperEvents,
  ) {
    this.#events = events;
    const [keeperStdin, lifeline] = libc.pipe();
    const [reports, keeperStdout] = libc.pipe();
    this.#lifeline = lifeline;
    this.#reports = reports;
    libc.setNonblocking(reports);
    const { input, output, reach, command, environment } = options;
    const argv = [directory.file("keeper"), FILES[input], FILES[output], reach, ...command];
    spawn(argv, {
      stdin: keeperStdin,
      stdout: keeperStdout,
      stderr: 2,
      // Everybody may read a process's arguments, and only its own user its environment.
      name: "rpty-keeper",
      environment: { ...environment, RPTY_LIBRARY: directory.file("library") },
    });
    libc.close(keeperStdin);
    libc.close(keeperStdout);
    this.#watch = poller.watch(reports, { readable: () => this.#readReports() });
    this.#watch.readable = true;
  }

  /** Lets the command run: the page knows its session. */
  go(): void {
    try {
      libc.write(this.#lifeline, new Uint8Array(1));
    } catch (error) {
      // It was killed: its reports end, too, and say so.
      if (!(error instanceof SystemError) || error.code !== "EPIPE") throw error;
    }
  }

  /** Lets the keeper go: it hangs up on what is left, and removes the runtime directory. */
  release(): void {
    this.#watch.close();
    libc.close(this.#reports);
    libc.close(this.#lifeline);
  }

  #readReports(): void {
    const buffer = new Uint8Array(REPORT_SIZE);
    const length = libc.read(this.#reports, buffer);
    if (length === undefined) return;
    if (length === 0) {
      this.#watch.readable = false;
      this.#events.lost();
      return;
    }
    this.#text += new TextDecoder().decode(buffer.subarray(0, length));
    const lines = this.#text.split("\n");
    this.#text = lines.pop() as string;
    for (const line of lines) this.#takeReport(line);
  }

  #takeReport(line: string): void {
    const [word, number] = line.split(" ");
    const code = Number(number);
    if (word === "shell") this.#events.started(code);
    else if (word === "refused") this.#events.refused(code);
    else if (word === "exit") this.#end({ kind: "status", code });
    else if (word === "signal") this.#end({ kind: "signal", code });
    else this.#end({ kind: "failed", code });
  }

  /** What can't be run reports so, and then ends like any other. */
  #end(end: CommandEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#events.ended(end);
  }
}
