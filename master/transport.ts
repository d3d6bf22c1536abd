// The command that carries the session: its stdin and stdout.

import type { Connection } from "../protocol/connection.ts";
import { libc, SystemError } from "../sys/libc.ts";
import { PipeSink, PipeSource } from "../sys/pipe_streams.ts";
import type { SignalName } from "../sys/platform.ts";
import type { Poller } from "../sys/poller.ts";
import { type Child, type ExitReport, isStopped, spawn } from "../sys/spawn.ts";
import { settlesWithin } from "./deadline.ts";

/** Milliseconds that a transport has to end after its stdin was closed, or after it was asked to. */
const END_GRACE = 200;

/** A running transport. */
export class Transport {
  readonly connection: Connection;
  readonly #child: Child;
  readonly #grouped: boolean;

  /**
   * Starts `command`, in a process group of its own if `grouped`. It shares our stderr.
   *
   * @throws {SystemError} if it can't be started.
   */
  constructor(command: readonly string[], poller: Poller, { grouped }: { grouped: boolean }) {
    const [stdin, writeEnd] = libc.pipe();
    const [readEnd, stdout] = libc.pipe();
    this.#grouped = grouped;
    for (const end of [writeEnd, readEnd]) libc.setNonblocking(end);
    try {
      this.#child = spawn(command, { stdin, stdout, stderr: 2, processGroup: grouped });
    } catch (error) {
      libc.close(writeEnd);
      libc.close(readEnd);
      throw error;
    } finally {
      libc.close(stdin);
      libc.close(stdout);
    }
    this.connection = {
      source: new PipeSource(poller, { fd: readEnd, calls: libc }),
      sink: new PipeSink(poller, { fd: writeEnd, calls: libc }),
    };
  }

  /** Its process, which is also its group's number if `grouped`. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Whether ^Z has stopped it. */
  get stopped(): boolean {
    return isStopped(this.pid);
  }

  /** How it ended, if it does within `milliseconds`. */
  async endsWithin(milliseconds: number): Promise<ExitReport | undefined> {
    const ended = await settlesWithin(this.#child.status, milliseconds);
    return ended ? await this.#child.status : undefined;
  }

  /** Makes the transport end, now that its stdin is closed. Returns how it ended if it did so by itself. */
  async end(): Promise<ExitReport | undefined> {
    const report = await this.endsWithin(END_GRACE);
    if (report !== undefined) return report;
    // A stopped process gets SIGTERM only when it is continued.
    for (const signal of ["SIGTERM", "SIGCONT"] as const) this.signal(signal);
    await this.endsWithin(END_GRACE);
    return undefined;
  }

  /** Ignores the error if the transport is gone, or if we may not signal it because it runs as root. */
  signal(signal: SignalName): void {
    try {
      libc.kill(this.#grouped ? -this.pid : this.pid, signal);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
}
