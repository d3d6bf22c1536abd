// A process of ours in the job's group, for when the master has left that: a stop of the group stops it, too,
// which we are told of as its parent.

import { libc } from "../sys/libc.ts";
import { type Child, isStopped, spawn } from "../sys/spawn.ts";

/**
 * Sleeps until its stdin ends. What reaches the job's group it passes on to us: we may have been stopped by
 * ourselves. A signal ends the `read` of some shells, as an end of file does.
 */
const SCRIPT = 'for name in TERM HUP CONT; do trap "kill -$name $PPID; again=1" $name; done; ' +
  "again=1; while test $again; do again=; read end; done";

/** Tells when the process group that we are in now is stopped, from then on when we have left it. */
export class JobGuard {
  readonly #child: Child;
  readonly #input: number;
  readonly #look: () => void;

  /** Starts it. */
  constructor(stopped: () => void) {
    const [read, write] = libc.pipe();
    this.#input = write;
    try {
      this.#child = spawn(["/bin/sh", "-c", SCRIPT], { stdin: read, stdout: read, stderr: read });
    } finally {
      libc.close(read);
    }
    this.#look = () => {
      if (isStopped(this.#child.pid)) stopped();
    };
    Deno.addSignalListener("SIGCHLD", this.#look);
  }

  /** Ends it. */
  end(): void {
    Deno.removeSignalListener("SIGCHLD", this.#look);
    libc.close(this.#input);
  }
}
