import { isSameWinsize, type Winsize } from "../tty/winsize.ts";
import type { Terminal } from "./terminal.ts";

/** The size of the user's window. Programs may set it (TIOCSWINSZ), and the user gets the old size back. */
export class WindowSize {
  readonly #terminal: Terminal;
  /** The size that programs have set, and the user's own before that; undefined while the user's own is in force. */
  #set: { readonly programs: Winsize; readonly own: Winsize } | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Puts a size in force that a program has set. */
  set(programs: Winsize): void {
    const now = this.#terminal.getWinsize();
    const own = this.#set !== undefined && isSameWinsize(now, this.#set.programs)
      ? this.#set.own
      : now;
    this.#terminal.setWinsize(programs);
    this.#set = { programs, own };
  }

  /**
   * Puts the user's own size back in force, unless the window was resized since: then that is the user's own.
   *
   * @returns a function that puts the programs' size in force again, unless the window was resized meanwhile.
   */
  giveBack(): () => void {
    const set = this.#set;
    this.#set = undefined;
    if (set === undefined || !isSameWinsize(this.#terminal.getWinsize(), set.programs)) {
      return () => {};
    }
    this.#terminal.setWinsize(set.own);
    return () => {
      if (isSameWinsize(this.#terminal.getWinsize(), set.own)) this.set(set.programs);
    };
  }
}
