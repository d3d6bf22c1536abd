import type { FLOW_ACTIONS, FLUSH_QUEUES } from "../protocol/frames.ts";
import type { KeySignal } from "../tty/key_signals.ts";
import type { Termios } from "../tty/termios.ts";
import type { Winsize } from "../tty/winsize.ts";

/** The terminal is gone: its window was closed, or its line was. */
export class HangupError extends Error {
  override readonly name = "HangupError";
  constructor() {
    super("the terminal was hung up");
  }
}

/** What a {@linkcode Terminal} tells the master of, from when the master has taken it over. */
export interface TerminalEvents {
  /** `read` would give something, while `reading` is on. */
  readable(): void;
  /** `write` would take something, while `writing` is on. */
  writable(): void;
  /** A key made a signal, since ISIG is on. Unless NOFLSH is, the terminal has discarded unread input. */
  signal(name: KeySignal): void;
  /** The window has another size. */
  resized(): void;
  /** The user's shell, or another process, wants the master to be stopped: `suspend` is to be called. */
  suspended(): void;
}

/** A way to write text that has a CR before each NL. */
export interface MappedOutput {
  /** Whether the terminal does just that to output now, and nothing else (OPOST, ONLCR). */
  applies(): boolean;
  /** The same as {@linkcode Terminal.write}, but that no CR is put before an NL. */
  write(bytes: Uint8Array): number;
}

/**
 * A terminal with a line discipline of its own, as the kernel's are: `read` gives lines where ICANON is
 * set and whatever was typed otherwise, keys are echoed where ECHO is, and so on.
 */
export interface Terminal {
  /** Whether the master's output goes to this terminal, too; otherwise to a stream of its own. */
  readonly outputIsTerminal: boolean;
  /** Whether to call `readable`. At first false. */
  reading: boolean;
  /** Whether to call `writable`. At first false. */
  writing: boolean;

  /** The settings now, or before `takeOver` those that the user has. */
  getTermios(): Termios;
  /** Puts settings in force at once, without regard to input or output. */
  setTermios(termios: Termios): void;
  getWinsize(): Winsize;
  setWinsize(winsize: Winsize): void;

  /** Reads as read(2) does, at most one line in canonical mode: 0 is VEOF on an empty line. Nothing where it would block. */
  read(buffer: Uint8Array<ArrayBuffer>): number | undefined;
  /**
   * Settles when signals of keys that were pressed before what can be read now have been told. Absent if
   * they always have been.
   */
  signalsTold?(): Promise<void>;
  /** Bytes accepted, from the first on; 0 while output is stopped. */
  write(bytes: Uint8Array): number;
  /** For much text, where the terminal is quicker with newlines that are mapped already. */
  readonly mapped?: MappedOutput | undefined;
  /** Bytes that can be read at once (FIONREAD). */
  inputQueue(): number;
  /** Bytes written and not yet shown (TIOCOUTQ). */
  outputQueue(): number;
  /** Discards input that was not read, output that was not shown, or both (tcflush(3)). */
  flush(queue: typeof FLUSH_QUEUES[number]): void;
  /** Stops or restarts (tcflow(3)). */
  flow(action: typeof FLOW_ACTIONS[number]): void;
  sendBreak(duration: number): void;

  /** Begins to serve the master: from now on the keys' signals are its own. */
  takeOver(events: TerminalEvents): Promise<void>;
  /** Gives the terminal back to whoever had it before, with `termios` in force. May be called again. */
  giveBack(termios: Termios): void;
  /**
   * Gives the terminal back, stops the master's job, and returns when the user has resumed it and the
   * terminal is taken over again, with the settings of before. Absent if there is nothing to return to.
   */
  suspend?(termios: Termios): Promise<void>;
}
