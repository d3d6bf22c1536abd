// The master among the other processes of the user's terminal.
//
//   job's group (make, tee, master) ── wait until foreground ──> transport in the foreground
//     ── hello ──> master alone in the foreground ── end, ~^Z ──> back in the job's group
//
// A shell stops and continues the job's group. A master that is the job's only process stays in it. One that shares
// the group leaves it, so that the others do not get the user's ^C, and leaves a guard there.

import { libc, SystemError } from "../sys/libc.ts";
import type { SignalName } from "../sys/platform.ts";
import { spawn } from "../sys/spawn.ts";
import { JobGuard } from "./job_guard.ts";

/** Milliseconds between looks whether the job is in the foreground, if SIGTTIN does not stop us. */
const FOREGROUND_INTERVAL = 50;

/** Moves the master between process groups, and the terminal's foreground with it. */
export class ProcessGroup {
  readonly #terminal: number;
  /** The group that the user's shell made for the job. */
  readonly #original = libc.getpgrp();
  readonly #leadsSession = libc.getsid(0) === Deno.pid;
  /** Whether we are in the terminal's session. If not it has no foreground for us. */
  readonly #controlled: boolean;
  readonly #jobStopped: () => void;
  /** The group that we put in the foreground last. */
  #holder: number | undefined;
  #guard: JobGuard | undefined;

  /** `terminal` is its descriptor. `jobStopped` is called when the job is stopped after we have left it. */
  constructor(terminal: number, jobStopped: () => void) {
    this.#terminal = terminal;
    this.#jobStopped = jobStopped;
    this.#controlled = this.#foreground !== undefined;
  }

  /** Whether a shell would notice that the job stops. */
  get canSuspend(): boolean {
    return this.#controlled && !this.#leadsSession;
  }

  /** Whether the terminal is ours to give back. */
  get holdsForeground(): boolean {
    return !this.#controlled || this.#holder !== undefined && this.#holder === this.#foreground;
  }

  /** Whether a shell has given the terminal to the job, or we have it already. True for a terminal that is gone. */
  get inForeground(): boolean {
    if (!this.#controlled) return true;
    const foreground = this.#foreground;
    return foreground === undefined || foreground === this.#holder || foreground === this.#original;
  }

  /**
   * Waits until the user brings us to the foreground or we are to end: stopped, like any background job that reads
   * its terminal.
   */
  async waitForForeground(ending: AbortSignal): Promise<void> {
    while (this.#controlled && !ending.aborted && this.#foreground !== libc.getpgrp()) {
      libc.kill(0, "SIGTTIN");
      // The signal does not stop us where it is ignored, or where nobody is there to resume us.
      await new Promise((resolve) => setTimeout(resolve, FOREGROUND_INTERVAL));
    }
  }

  /** Lets the transport talk to the user: puts `group` in the foreground. */
  lendTo(group: number): void {
    if (!this.#controlled) return;
    this.#setForeground(group);
    // It may have been stopped before, because it touched the terminal.
    this.#signal(group, "SIGCONT");
  }

  /** Makes us the only process in the foreground. */
  takeForeground(): void {
    if (!this.#controlled) return;
    if (!this.#leadsSession && libc.getpgrp() === this.#original && !this.#isAlone()) {
      this.#guard = new JobGuard(this.#jobStopped);
      this.#leaveGroup();
    }
    this.#setForeground(libc.getpgrp());
  }

  /** Goes back to the job's group, and puts that in the foreground if the terminal is ours. */
  giveBack(): void {
    if (!this.#controlled) return;
    const { holdsForeground } = this;
    this.#guard?.end();
    this.#guard = undefined;
    this.#try(() => libc.setpgid(0, this.#original));
    if (holdsForeground) this.#try(() => this.#setForeground(this.#original));
    this.#holder = undefined;
  }

  /** Stops the whole job with us. Settles when the user has resumed it. */
  async stop(): Promise<void> {
    const { promise: resumed, resolve } = Promise.withResolvers<void>();
    Deno.addSignalListener("SIGCONT", resolve);
    // A signal that was listened for has lost its default action, so SIGTSTP would do nothing.
    libc.kill(0, "SIGSTOP");
    await resumed;
    Deno.removeSignalListener("SIGCONT", resolve);
  }

  get #foreground(): number | undefined {
    try {
      return libc.tcgetpgrp(this.#terminal);
    } catch (error) {
      if (error instanceof SystemError) return undefined;
      throw error;
    }
  }

  #setForeground(group: number): void {
    // In the background this call would stop us.
    libc.ignoreSignal("SIGTTOU");
    libc.tcsetpgrp(this.#terminal, group);
    this.#holder = group;
  }

  /** Whether we are alone in our group, without the rest of a pipeline or a script that started us. */
  #isAlone(): boolean {
    if (this.#original !== Deno.pid) return false;
    try {
      // Goes to the shell's group for a moment, to see whether our own still exists.
      libc.setpgid(0, libc.getpgid(Deno.ppid));
      return !libc.groupExists(this.#original);
    } catch (error) {
      if (error instanceof SystemError) return false;
      throw error;
    } finally {
      libc.setpgid(0, this.#original);
    }
  }

  #leaveGroup(): void {
    // If that fails keys reach the other processes, too, which is no reason to refuse.
    this.#try(() => {
      if (libc.getpgrp() !== Deno.pid) libc.setpgid(0, 0);
      else this.#joinNewGroup();
    });
  }

  /** A group leader can only move to an existing group: that of a child, which then ends. */
  #joinNewGroup(): void {
    const [read, write] = libc.pipe();
    const child = spawn(["/bin/sh", "-c", "read line"], {
      stdin: read,
      stdout: 2,
      stderr: 2,
      processGroup: true,
    });
    libc.close(read);
    try {
      libc.setpgid(0, child.pid);
    } finally {
      libc.close(write);
    }
  }

  #signal(group: number, signal: SignalName): void {
    this.#try(() => libc.kill(-group, signal));
  }

  /** Ignores the error for a process or terminal that is gone. */
  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
}
