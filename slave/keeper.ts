// The slave's end of the keeper, which is the shell's parent (interpose/keeper/main.c).

import { libc, SystemError } from "../sys/libc.ts";
import type { Poller, Watch } from "../sys/poller.ts";
import { spawn } from "../sys/spawn.ts";
import { FILES } from "./page_layout.ts";
import type { RuntimeDirectory } from "./runtime_directory.ts";

/** How the command ended. */
export type CommandEnd =
  | { readonly kind: "status"; readonly code: number }
  | { readonly kind: "signal"; readonly code: number }
  /** It could not be run. The code is an errno. */
  | { readonly kind: "failed"; readonly code: number };

/**
 * How to reach programs that make system calls themselves. "all": by a filter for the whole session. "auto": by that
 * filter where it costs nothing, else by one for each program that needs it. "preload": not at all.
 */
export const REACHES = ["all", "auto", "preload"] as const;
export type Reach = typeof REACHES[number];

/** What the keeper reports. */
export interface KeeperEvents {
  /** The shell's process exists and waits for {@linkcode Keeper.go}. Its session and group have the same number. */
  started(shell: number): void;
  /** Is called once. */
  ended(end: CommandEnd): void;
  /** Is called at most once: programs that make system calls themselves are not reached, because of this errno. */
  refused(errno: number): void;
  /** The keeper was killed. We have to hang up on its session. */
  lost(): void;
}

/** What to run, and with which files. */
export interface KeeperOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Names of the FIFO for descriptor 0, and of the FIFO for 1 and 2. */
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
      // Everybody can read a process's arguments, but only its user can read its environment.
      name: "rpty-keeper",
      environment: { ...environment, RPTY_LIBRARY: directory.file("library") },
    });
    libc.close(keeperStdin);
    libc.close(keeperStdout);
    this.#watch = poller.watch(reports, { readable: () => this.#readReports() });
    this.#watch.readable = true;
  }

  /** Lets the command start: the page has its session now. */
  go(): void {
    try {
      libc.write(this.#lifeline, new Uint8Array(1));
    } catch (error) {
      // The keeper was killed. The end of its reports will say so.
      if (!(error instanceof SystemError) || error.code !== "EPIPE") throw error;
    }
  }

  /** Lets the keeper end: it hangs up on what is left, and removes the runtime directory. */
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

  /** For a command that can't be run the keeper reports that first, and then its end as for any other. */
  #end(end: CommandEnd): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#events.ended(end);
  }
}
