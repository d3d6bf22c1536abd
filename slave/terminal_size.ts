import { isSameWinsize, type Winsize } from "../tty/winsize.ts";
import type { JobControl } from "./job_control.ts";
import type { StatePage } from "./state_page.ts";

/** The size of the terminal's window, which the user and programs set. */
export class TerminalSize {
  readonly #page: StatePage;
  readonly #jobs: JobControl;
  #now: Winsize;

  constructor(now: Winsize, page: StatePage, jobs: JobControl) {
    this.#page = page;
    this.#jobs = jobs;
    this.#now = now;
    page.winsize = now;
  }

  get now(): Winsize {
    return this.#now;
  }

  /** Shows programs a size, and signals the foreground process group (SIGWINCH). False if it is the same as before. */
  set(winsize: Winsize): boolean {
    if (isSameWinsize(winsize, this.#now)) return false;
    this.#now = winsize;
    this.#page.winsize = winsize;
    this.#jobs.signal("SIGWINCH");
    return true;
  }
}
