import type { FLOW_ACTIONS, FLUSH_QUEUES } from "../protocol/frames.ts";
import type { KeySignal } from "../tty/key_signals.ts";
import type { Termios } from "../tty/termios.ts";
import type { Winsize } from "../tty/winsize.ts";

/** The terminal is gone: its window was closed, or its line was cut. */
export class HangupError extends Error {
  override readonly name = "HangupError";
  constructor() {
    super("the terminal was hung up");
  }
}

/** What a {@linkcode Terminal} tells the master, from `takeOver` on. */
export interface TerminalEvents {
  /** `read` would return something. Only while `reading` is on. */
  readable(): void;
  /** `write` would take something. Only while `writing` is on. */
  writable(): void;
  /** A key made a signal (ISIG). Unless NOFLSH is on, the terminal has discarded unread input. */
  signal(name: KeySignal): void;
  /** The window's size has changed. */
  resized(): void;
  /** The user's shell, or another process, wants the master to stop: `suspend` has to be called. */
  suspended(): void;
}

/** A way to write text that has a CR before each NL. */
export interface MappedOutput {
  /** Whether the terminal now puts a CR before each NL, and changes nothing else (OPOST, ONLCR). */
  applies(): boolean;
  /** Like {@linkcode Terminal.write}, but puts no CR before an NL. */
  write(bytes: Uint8Array): number;
}

/**
 * A terminal with a line discipline of its own, like the kernel's: `read` returns lines while ICANON is on and else
 * whatever was typed, keys are echoed while ECHO is on, and so on.
 */
export interface Terminal {
  /** Whether the master's output goes to this terminal, too. If not it goes to a stream of its own. */
  readonly outputIsTerminal: boolean;
  /** Whether to call `readable`. At first false. */
  reading: boolean;
  /** Whether to call `writable`. At first false. */
  writing: boolean;

  /** The settings in force. Before `takeOver` they are the user's. */
  getTermios(): Termios;
  /** Puts settings in force at once, without waiting for output and without discarding input. */
  setTermios(termios: Termios): void;
  getWinsize(): Winsize;
  setWinsize(winsize: Winsize): void;

  /**
   * Reads like read(2), at most one line in canonical mode: 0 is VEOF on an empty line. Undefined where it would
   * block.
   */
  read(buffer: Uint8Array<ArrayBuffer>): number | undefined;
  /**
   * Settles when the master has been told the signals of all keys that were pressed before what can be read now.
   * Absent if it always has been.
   */
  signalsTold?(): Promise<void>;
  /** Writes the first bytes, and returns how many; 0 while output is stopped. */
  write(bytes: Uint8Array): number;
  /** For much text, if the terminal is faster when newlines have their CR already. */
  readonly mapped?: MappedOutput | undefined;
  /** Bytes that can be read at once (FIONREAD). */
  inputQueue(): number;
  /** Bytes written and not yet shown (TIOCOUTQ). */
  outputQueue(): number;
  /** Discards input that was not read, output that was not shown, or both (tcflush(3)). */
  flush(queue: typeof FLUSH_QUEUES[number]): void;
  /** Stops or restarts output or input (tcflow(3)). */
  flow(action: typeof FLOW_ACTIONS[number]): void;
  sendBreak(duration: number): void;

  /** Begins to serve the master: from now on the signals of keys are for the master. */
  takeOver(events: TerminalEvents): Promise<void>;
  /** Gives the terminal back to whoever had it before, with `termios` in force. May be called again. */
  giveBack(termios: Termios): void;
  /**
   * Gives the terminal back and stops the master's job. Settles when the user has resumed it and the terminal is
   * taken over again, with the settings of before. Absent if there is no shell to return to.
   */
  suspend?(termios: Termios): Promise<void>;
}
