// The master among the processes of the user's terminal.
//
//   job's group (make, tee, master) ── wait until foreground ──> transport in the foreground
//     ── hello ──> master alone in the foreground ── end, ~^Z ──> back in the job's group
//
// A shell stops and continues the job's group. A master that is the job's only process stays in it. One that
// shares it leaves it, so that the others do not get the user's ^C, and leaves a guard there.

import { libc, SystemError } from "../sys/libc.ts";
import type { SignalName } from "../sys/platform.ts";
import { spawn } from "../sys/spawn.ts";
import { JobGuard } from "./job_guard.ts";

/** Milliseconds between looks at whether a job that nobody stops or resumes has come to the foreground. */
const FOREGROUND_INTERVAL = 50;

/** Moves the master between process groups, and the terminal's foreground with it. */
export class ProcessGroup {
  readonly #terminal: number;
  /** The group that the user's shell made for the job. */
  readonly #original = libc.getpgrp();
  readonly #leadsSession = libc.getsid(0) === Deno.pid;
  /** Whether we are in the terminal's session: else it has no foreground for us. */
  readonly #controlled: boolean;
  readonly #jobStopped: () => void;
  /** The group that we put in the foreground last. */
  #holder: number | undefined;
  #guard: JobGuard | undefined;

  /** `terminal` is a descriptor of it. `jobStopped` is called when the job that we have left is stopped. */
  constructor(terminal: number, jobStopped: () => void) {
    this.#terminal = terminal;
    this.#jobStopped = jobStopped;
    this.#controlled = this.#foreground !== undefined;
  }

  /** Whether a shell would see the job stop. */
  get canSuspend(): boolean {
    return this.#controlled && !this.#leadsSession;
  }

  /** Whether the terminal is ours to give back. */
  get holdsForeground(): boolean {
    return !this.#controlled || this.#holder !== undefined && this.#holder === this.#foreground;
  }

  /** Whether a shell has given the terminal to the job, or we hold it already. One that is gone has no background. */
  get inForeground(): boolean {
    if (!this.#controlled) return true;
    const foreground = this.#foreground;
    return foreground === undefined || foreground === this.#holder || foreground === this.#original;
  }

  /** Waits, stopped as any background job that reads its terminal, until the user brings us to the foreground, or we are to end. */
  async waitForForeground(ending: AbortSignal): Promise<void> {
    while (this.#controlled && !ending.aborted && this.#foreground !== libc.getpgrp()) {
      libc.kill(0, "SIGTTIN");
      // Where the signal is ignored, or nobody is there to resume us, it doesn't stop us.
      await new Promise((resolve) => setTimeout(resolve, FOREGROUND_INTERVAL));
    }
  }

  /** Lets the transport talk to the user: `group` comes to the foreground. */
  lendTo(group: number): void {
    if (!this.#controlled) return;
    this.#setForeground(group);
    // It may have been stopped for having touched the terminal before.
    this.#signal(group, "SIGCONT");
  }

  /** Makes us the foreground's only process. */
  takeForeground(): void {
    if (!this.#controlled) return;
    if (!this.#leadsSession && libc.getpgrp() === this.#original && !this.#isAlone()) {
      this.#guard = new JobGuard(this.#jobStopped);
      this.#leaveGroup();
    }
    this.#setForeground(libc.getpgrp());
  }

  /** Goes back to the job's group, and puts that in the foreground if we hold it. */
  giveBack(): void {
    if (!this.#controlled) return;
    const { holdsForeground } = this;
    this.#guard?.end();
    this.#guard = undefined;
    this.#try(() => libc.setpgid(0, this.#original));
    if (holdsForeground) this.#try(() => this.#setForeground(this.#original));
    this.#holder = undefined;
  }

  /** Stops the whole job, us included. Settles when the user has resumed it. */
  async stop(): Promise<void> {
    const { promise: resumed, resolve } = Promise.withResolvers<void>();
    Deno.addSignalListener("SIGCONT", resolve);
    // SIGTSTP's default action is lost once it has been listened for.
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
    // From the background this would stop us.
    libc.ignoreSignal("SIGTTOU");
    libc.tcsetpgrp(this.#terminal, group);
    this.#holder = group;
  }

  /** Whether no other process is in our group: neither the rest of a pipeline nor a script that started us. */
  #isAlone(): boolean {
    if (this.#original !== Deno.pid) return false;
    try {
      // For a moment in the shell's group, to see whether our own is then gone.
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
    // Where it can't be done keys reach the others, too: no reason to refuse.
    this.#try(() => {
      if (libc.getpgrp() !== Deno.pid) libc.setpgid(0, 0);
      else this.#joinNewGroup();
    });
  }

  /** A leader can only leave for a group that exists: that of a child, which then ends. */
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

  /** What is gone needs nothing. */
  #try(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
}
