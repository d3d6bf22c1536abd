// The command that carries the session: its stdin and stdout.

import type { Connection } from "../protocol/connection.ts";
import { libc, SystemError } from "../sys/libc.ts";
import { PipeSink, PipeSource } from "../sys/pipe_streams.ts";
import type { SignalName } from "../sys/platform.ts";
import type { Poller } from "../sys/poller.ts";
import { type Child, type ExitReport, isStopped, spawn } from "../sys/spawn.ts";
import { settlesWithin } from "./deadline.ts";

/** Milliseconds that a transport has to end by itself, once its stdin is closed or it was asked to. */
const END_GRACE = 200;

/** A running transport. */
export class Transport {
  readonly connection: Connection;
  readonly #child: Child;
  readonly #grouped: boolean;

  /**
   * Starts `command`, in a process group of its own if it is `grouped`. Its stderr is ours.
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

  /** Its process, and the group of that if it is grouped. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Whether ^Z has stopped it. */
  get stopped(): boolean {
    return isStopped(this.pid);
  }

  /** How it ended, if it does so within `milliseconds`. */
  async endsWithin(milliseconds: number): Promise<ExitReport | undefined> {
    const ended = await settlesWithin(this.#child.status, milliseconds);
    return ended ? await this.#child.status : undefined;
  }

  /** Sees to it that it ends, now that its stdin is closed. How it did, if it did without being told. */
  async end(): Promise<ExitReport | undefined> {
    const report = await this.endsWithin(END_GRACE);
    if (report !== undefined) return report;
    // One that is stopped would not hear of the first alone.
    for (const signal of ["SIGTERM", "SIGCONT"] as const) this.signal(signal);
    await this.endsWithin(END_GRACE);
    return undefined;
  }

  /** A transport that is gone, or that we may not signal (it runs as root), is left alone. */
  signal(signal: SignalName): void {
    try {
      libc.kill(this.#grouped ? -this.pid : this.pid, signal);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
}
