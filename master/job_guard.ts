// When the master has left the job's process group, a child of ours stays there. If the group is stopped the child is
// stopped, too, and we learn of it as its parent.

import { libc } from "../sys/libc.ts";
import { type Child, isStopped, spawn } from "../sys/spawn.ts";

/**
 * Sleeps until its stdin ends, and passes signals to the job's group on to us: whoever stopped us may have stopped us
 * alone. (A signal ends the `read` of some shells like an end of file, hence the loop.)
 */
const SCRIPT = 'for name in TERM HUP CONT; do trap "kill -$name $PPID; again=1" $name; done; ' +
  "again=1; while test $again; do again=; read end; done";

/** Tells when the process group that we are in now is stopped, also after we have left it. */
export class JobGuard {
  readonly #child: Child;
  readonly #input: number;
  readonly #look: () => void;

  /** Starts the child. */
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

  /** Ends the child. */
  end(): void {
    Deno.removeSignalListener("SIGCHLD", this.#look);
    libc.close(this.#input);
  }
}
