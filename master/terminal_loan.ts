// Before the hello the transport may use the terminal: it may ask the user for a password.
//
//   ^Z ──> transport stops ──> the whole job stops ── fg ──> lent again
//   master stopped from outside ── fg ──> lent again, and the transport made to ask anew

import type { KernelTerminal } from "./kernel_terminal.ts";
import type { Transport } from "./transport.ts";

/** Lends the terminal to a transport, and stops and continues the job with it. */
export class TerminalLoan {
  readonly #terminal: KernelTerminal;
  readonly #transport: Transport;
  readonly #listeners: readonly (readonly [Deno.Signal, () => void])[] = [
    ["SIGCHLD", () => this.#lookAtTransport()],
    ["SIGCONT", () => void this.#continued()],
    ["SIGTSTP", () => this.#transport.signal("SIGTSTP")],
  ];
  #stopping = false;
  #ended = false;
  /** Whether we have stopped the transport, to continue it at once. */
  #renewing = false;
  /** Whether the transport has asked for the terminal while the shell had it. */
  #stoppedInBackground = false;

  /** Brings the transport to the foreground. */
  constructor(terminal: KernelTerminal, transport: Transport) {
    this.#terminal = terminal;
    this.#transport = transport;
    terminal.group.lendTo(transport.pid);
    for (const [signal, listener] of this.#listeners) Deno.addSignalListener(signal, listener);
  }

  /** The loan ends: from now on the terminal is ours. */
  end(): void {
    this.#ended = true;
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
    // It may have been about to stop, and nobody else would continue it.
    if (this.#renewing) this.#transport.signal("SIGCONT");
  }

  #lookAtTransport(): void {
    if (!this.#transport.stopped) return;
    if (this.#renewing) {
      this.#renewing = false;
      this.#transport.signal("SIGCONT");
    } else if (this.#terminal.group.holdsForeground) {
      void this.#stop();
    } else {
      this.#stoppedInBackground = true;
    }
  }

  /** We were stopped and the transport was not: it has lost the terminal, and its settings with it. */
  async #continued(): Promise<void> {
    const { group } = this.#terminal;
    if (this.#stopping || group.holdsForeground) return;
    this.#lookAtTransport();
    if (group.inForeground) group.lendTo(this.#transport.pid);
    else await this.#stop();
    if (!this.#ended && !this.#stoppedInBackground) this.#renew();
    this.#stoppedInBackground = false;
  }

  /** A program that asks for a password asks again after ^Z, with echo off. */
  #renew(): void {
    this.#renewing = true;
    this.#transport.signal("SIGTSTP");
  }

  /** Stops the job. When it is continued the transport is, too, and gets the terminal if the loan lasts. */
  async #stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    await this.#terminal.stopJob();
    this.#stopping = false;
    if (this.#ended) this.#transport.signal("SIGCONT");
    else this.#terminal.group.lendTo(this.#transport.pid);
  }
}
