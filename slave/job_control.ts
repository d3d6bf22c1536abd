// Which processes may use the terminal: its session and its foreground process group (credentials(7), tty(4)).

import type { Reply, Request } from "./control_socket.ts";
import {
  groupNamedBy,
  groupOf,
  groupSeenBy,
  isAdministrator,
  sessionOf,
  sessionOfGroup,
  signalGroup,
  signalProcess,
} from "./processes.ts";
import { JOB } from "./page_layout.ts";
import type { StatePage } from "./state_page.ts";
import type { SignalName } from "../sys/platform.ts";

/** TIOCSCTTY's argument that takes a terminal from the session that has it. */
const STEAL = 1;

/** A terminal's session and foreground group, with the kernel's checks. */
export class JobControl {
  readonly #page: StatePage;

  constructor(page: StatePage) {
    this.#page = page;
  }

  /** The session whose controlling terminal this is, or 0. */
  get session(): number {
    return this.#page.session;
  }

  /** The foreground process group, or 0. */
  get foreground(): number {
    return this.#page.foreground;
  }

  /** Whether a process is of the terminal's session. */
  has(process: number): boolean {
    return sessionOf(process) === this.#page.session;
  }

  /** The terminal becomes the controlling terminal of this session; 0 for none. */
  adopt(session: number): void {
    this.#page.session = session;
    this.#page.foreground = session;
    this.#page.wake();
  }

  /** Signals the foreground process group. */
  signal(signal: SignalName): void {
    signalGroup(this.#page.foreground, signal);
  }

  /** Tells the session that its terminal is gone (`tty_vhangup`). */
  hangUp(): void {
    signalProcess(this.#page.session, "SIGHUP", "SIGCONT");
    signalGroup(this.#page.foreground, "SIGHUP", "SIGCONT");
  }

  /** Answers a process in another PID namespace, to which the numbers on the page mean nothing. */
  tell({ process, argument }: Request): Reply {
    const { foreground } = this.#page;
    if (!this.has(process)) return { error: "ENOTTY" };
    const value = argument === JOB.IS_IN_FRONT
      ? Number(groupOf(process) === foreground)
      : groupSeenBy(process, foreground);
    return { value };
  }

  /** `tiocspgrp`. */
  changeForeground({ process, argument }: Request): Reply {
    if (!this.has(process)) return { error: "ENOTTY" };
    const group = groupNamedBy(process, argument);
    const owner = group === undefined ? undefined : sessionOfGroup(group);
    if (group === undefined || owner === undefined) return { error: "ESRCH" };
    if (owner !== this.#page.session) return { error: "EPERM" };
    this.#page.foreground = group;
    this.#page.wake();
    return {};
  }

  /** `tiocsctty`: for a session leader, if the terminal has no session or an administrator steals it. */
  giveTo({ process, argument }: Request): Reply {
    if (this.#page.session === process) return {};
    const taken = this.#page.session !== 0 && sessionOf(this.#page.session) !== undefined;
    const steals = taken && argument === STEAL && isAdministrator(process);
    if (sessionOf(process) !== process || (taken && !steals)) return { error: "EPERM" };
    this.adopt(process);
    return {};
  }

  /** `disassociate_ctty`. */
  takeFrom({ process }: Request): Reply {
    if (this.#page.session !== process) return { error: "ENOTTY" };
    const { foreground } = this.#page;
    this.adopt(0);
    signalGroup(foreground, "SIGHUP", "SIGCONT");
    return {};
  }
}
