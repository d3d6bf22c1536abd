// The user's terminal, which the kernel has.

import { setImmediate } from "node:timers";
import type { FLOW_ACTIONS, FLUSH_QUEUES } from "../protocol/frames.ts";
import { libc, SystemError } from "../sys/libc.ts";
import { isLinuxPty, mapsNewlines, writeMapped } from "./linux_pty.ts";
import { PLATFORM } from "../sys/platform.ts";
import type { Poller, Watch } from "../sys/poller.ts";
import { STDIN, STDOUT } from "../sys/standard_streams.ts";
import { KEY_SIGNALS, type KeySignal } from "../tty/key_signals.ts";
import { type Termios, VDISABLE } from "../tty/termios.ts";
import { isSameWinsize, type Winsize } from "../tty/winsize.ts";
import { ProcessGroup } from "./process_group.ts";
import { HangupError, type MappedOutput, type Terminal, type TerminalEvents } from "./terminal.ts";

/**
 * Milliseconds until the signal of a key has reached us. If no key has made this signal for so long, under the
 * settings in force, another process has sent it.
 */
const SIGNAL_DELAY = 200;

/** The terminal of standard input, by a descriptor of our own: other processes share the flags of 0, 1 and 2. */
export class KernelTerminal implements Terminal {
  readonly outputIsTerminal: boolean;
  readonly group: ProcessGroup;
  readonly mapped: MappedOutput | undefined;
  suspend?: (termios: Termios) => Promise<void>;
  readonly #poller: Poller;
  /** Aborted when we are to end: a process that was stopped and killed must not stop again. */
  readonly #ending: AbortSignal;
  readonly #fd: number;
  readonly #watch: Watch;
  /** The user's settings: the transport may change them when it asks for a password. */
  readonly #initial: Termios;
  #events: TerminalEvents | undefined;
  /** The settings that we put in force last, and since when ^Z makes no signal, by performance.now(). */
  #applied: Termios;
  #noSuspendKeySince = Infinity;
  /** The size that the master knows. */
  #winsize: Winsize;
  readonly #listeners: readonly (readonly [Deno.Signal, () => void])[];

  /** Undefined if standard input is no terminal. `ending` is aborted when the program is to end. */
  static open(poller: Poller, ending: AbortSignal): KernelTerminal | undefined {
    return libc.isatty(STDIN) ? new KernelTerminal(poller, ending) : undefined;
  }

  private constructor(poller: Poller, ending: AbortSignal) {
    this.#poller = poller;
    this.#ending = ending;
    this.#fd = openTerminal();
    this.#initial = this.#applied = libc.tcgetattr(this.#fd);
    this.#winsize = libc.getWinsize(this.#fd);
    this.group = new ProcessGroup(this.#fd, () => this.#events?.suspended());
    if (this.group.canSuspend) this.suspend = (termios) => this.#suspend(termios);
    this.outputIsTerminal = isSameTerminal();
    // Other terminals may be slow to change settings: rpty's own, across a link, or a serial device.
    if (isLinuxPty(libc.ttyname(STDIN))) {
      this.mapped = {
        applies: () => asking(() => mapsNewlines(this.#fd)),
        write: (bytes) => this.#isOurs() ? asking(() => writeMapped(this.#fd, bytes)) ?? 0 : 0,
      };
    }
    this.#watch = poller.watch(this.#fd, {
      readable: () => this.#events?.readable(),
      writable: () => this.#events?.writable(),
    });
    this.#listeners = [
      ...KEY_SIGNALS.map((name) => [name, () => this.#signal(name)] as const),
      ["SIGCONT", () => ignoringHangup(() => this.#continued())] as const,
      ["SIGWINCH", () => ignoringHangup(() => this.#lookAtSize())] as const,
    ];
  }

  get reading(): boolean {
    return this.#watch.readable;
  }

  set reading(on: boolean) {
    this.#watch.readable = on;
  }

  get writing(): boolean {
    return this.#watch.writable;
  }

  set writing(on: boolean) {
    this.#watch.writable = on;
  }

  getTermios(): Termios {
    return this.#events === undefined ? this.#initial : asking(() => libc.tcgetattr(this.#fd));
  }

  setTermios(termios: Termios): void {
    this.#applied = termios;
    if (hasSuspendKey(termios)) this.#noSuspendKeySince = Infinity;
    else this.#noSuspendKeySince = Math.min(this.#noSuspendKeySince, performance.now());
    if (this.#isOurs()) asking(() => libc.tcsetattr(this.#fd, "TCSANOW", termios));
  }

  getWinsize(): Winsize {
    return this.#winsize = asking(() => libc.getWinsize(this.#fd));
  }

  setWinsize(winsize: Winsize): void {
    // The slave knows this size. Telling it again, later, would undo what a program has set since.
    this.#winsize = winsize;
    asking(() => libc.setWinsize(this.#fd, winsize));
  }

  read(buffer: Uint8Array<ArrayBuffer>): number | undefined {
    const length = asking(() => libc.read(this.#fd, buffer));
    // A terminal that was hung up returns an end of file, too, but tcgetattr fails.
    if (length === 0) asking(() => libc.tcgetattr(this.#fd));
    // What was typed after a resize must come after it, and SIGWINCH takes its time.
    if (length !== undefined) this.#lookAtSize();
    return length;
  }

  /** Signals reach us through a thread of Deno's, in order, and some time after input that was typed after them. */
  async signalsTold(): Promise<void> {
    await this.#poller.turn();
    // That thread may have looked for them just before they came, and for our own signal just after that ({@linkcode
    // nextTurn}).
    await this.#poller.turn();
    // The listeners of those signals have still to run.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #lookAtSize(): void {
    const before = this.#winsize;
    if (!isSameWinsize(this.getWinsize(), before)) this.#events?.resized();
  }

  write(bytes: Uint8Array): number {
    return this.#isOurs() ? asking(() => libc.write(this.#fd, bytes)) ?? 0 : 0;
  }

  inputQueue(): number {
    return asking(() => libc.inputQueue(this.#fd));
  }

  outputQueue(): number {
    return asking(() => libc.outputQueue(this.#fd));
  }

  flush(queue: typeof FLUSH_QUEUES[number]): void {
    asking(() => libc.tcflush(this.#fd, queue));
  }

  flow(action: typeof FLOW_ACTIONS[number]): void {
    asking(() => libc.tcflow(this.#fd, action));
  }

  sendBreak(duration: number): void {
    asking(() => libc.tcsendbreak(this.#fd, duration));
  }

  async takeOver(events: TerminalEvents): Promise<void> {
    if (!this.group.inForeground) await this.waitForForeground();
    this.group.takeForeground();
    this.#events = events;
    for (const [signal, listener] of this.#listeners) Deno.addSignalListener(signal, listener);
  }

  giveBack(termios: Termios): void {
    this.#release();
    if (this.group.holdsForeground) ignoringHangup(() => this.setTermios(termios));
    this.group.giveBack();
  }

  /** Gives the terminal back as the user had it. */
  restore(): void {
    this.giveBack(this.#initial);
  }

  /** Gives the terminal back as the user had it, and stops the job. Settles when the user has resumed it. */
  async stopJob(): Promise<void> {
    if (!this.group.canSuspend) return;
    this.restore();
    await this.#stop();
  }

  /**
   * False in the background. Then the shell's user is left in peace, and we have to stop if SIGTTOU is still to come.
   */
  #isOurs(): boolean {
    if (this.suspend === undefined || this.group.inForeground) return true;
    // Later, not from within a write or whatever has called this.
    queueMicrotask(() => this.#events?.suspended());
    return false;
  }

  /** ^Z is for the remote programs. SIGTSTP from another process is for us, if it can be told from the key. */
  #signal(name: KeySignal): void {
    const fromKey = performance.now() - this.#noSuspendKeySince < SIGNAL_DELAY;
    if (name !== "SIGTSTP" || fromKey) this.#events?.signal(name);
    else this.#events?.suspended();
  }

  /** We were stopped and continue. Meanwhile the shell had the terminal, and may still have it. */
  #continued(): void {
    if (!this.group.inForeground) return this.#events?.suspended();
    this.setTermios(this.#applied);
    if (!this.group.holdsForeground) this.group.takeForeground();
    this.#events?.resized();
  }

  #release(): void {
    this.reading = false;
    this.writing = false;
    if (this.#events === undefined) return;
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
    this.#events = undefined;
  }

  /**
   * Settles as soon as the user has resumed the job: until the terminal is taken over, keys are echoed as in the
   * shell.
   */
  async #stop(): Promise<void> {
    await this.signalsTold();
    if (!this.#ending.aborted) await this.#poller.giveWay(this.group.stop());
    await this.waitForForeground();
  }

  /**
   * Waits until the user brings us to the foreground.
   *
   * @throws the reason to end, if that comes first.
   */
  async waitForForeground(): Promise<void> {
    // Whoever continued us may also have ended us, as a shell's `kill` does.
    if (!this.group.inForeground) await this.signalsTold();
    await this.#poller.giveWay(this.group.waitForForeground(this.#ending));
    this.#ending.throwIfAborted();
  }

  async #suspend(termios: Termios): Promise<void> {
    const events = this.#events;
    const before = this.#applied;
    this.giveBack(termios);
    await this.#stop();
    if (events !== undefined) await this.takeOver(events);
    this.setTermios(before);
  }
}

function hasSuspendKey({ ISIG, VSUSP }: Termios): boolean {
  return ISIG && VSUSP !== VDISABLE;
}

/** By its name. The other ways are for a name that is hidden from us or that we may not open. */
function openTerminal(): number {
  const { O_RDWR, O_NONBLOCK, O_NOCTTY, O_CLOEXEC } = PLATFORM.open;
  const names = [libc.ttyname(STDIN), "/dev/tty", `/dev/fd/${STDIN}`];
  let failure: unknown;
  for (const name of names) {
    if (name === undefined) continue;
    try {
      return libc.open(name, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Whether standard output is the terminal of standard input. /dev/tty has another device number. */
function isSameTerminal(): boolean {
  if (!libc.isatty(STDOUT)) return false;
  const [input, output] = [STDIN, STDOUT].map((fd) => libc.fstat(fd).rdev);
  return input === output ||
    [STDIN, STDOUT].some((fd) => libc.ttyname(fd) === "/dev/tty");
}

/** Makes a call on the terminal. EIO means that it was hung up. */
function asking<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw error instanceof SystemError && error.code === "EIO" ? new HangupError() : error;
  }
}

function ignoringHangup(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof HangupError)) throw error;
  }
}
