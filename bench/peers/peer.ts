// What a peer is: one way to get a remote shell on a terminal.

import type { Place } from "../../tests/harness/place.ts";
import type { Command } from "../terminal.ts";

/** The far side, ready for one session. */
export interface Far extends AsyncDisposable {
  /** Where it listens; undefined if there is no far side. */
  readonly port: number | undefined;
  /** What runs in the user's terminal, to reach that port (or a relay to it). */
  near(port: number): Omit<Command, "cwd">;
  /** The first process of the far side. */
  readonly pid?: number;
}

export interface Peer {
  readonly name: string;
  /** Programs that it needs. */
  readonly needs: readonly string[];
  readonly protocol: "tcp" | "udp";
  /** Whether it shows all output. A peer that shows only the last screen has no throughput. */
  readonly complete: boolean;
  /** Its own programs on each side; undefined if it has none. */
  readonly programs?: { readonly near: RegExp; readonly far: RegExp };
  /** Starts the far side. `env` is the shell's. */
  listen(place: Place, env: Readonly<Record<string, string>>): Promise<Far>;
}

/** The shell of every peer. It reads the home's .bashrc. */
export const SHELL: readonly string[] = ["bash"];
