// The page that every program of the session maps: the state of the terminal.

import { libc } from "../sys/libc.ts";
import { LINUX } from "../sys/platform_linux.ts";
import { PLATFORM } from "../sys/platform.ts";
import { encodeTermios } from "../sys/termios_codec.ts";
import type { Termios } from "../tty/termios.ts";
import type { Winsize } from "../tty/winsize.ts";
import { mapShared, wakeAll } from "./mapped_memory.ts";
import { setLength } from "./session_files.ts";
import { NAME_SIZE, PAGE, PAGE_FLAGS, PAGE_MAGIC, PAGE_SIZE, PAGE_VERSION } from "./page_layout.ts";

/** Identifies a file, by which a program recognizes its descriptors. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/** What stays the same while the terminal exists. */
export interface PageConstants {
  readonly input: FileIdentity;
  readonly output: FileIdentity;
  /** The terminal's name, and the minor of its device number. */
  readonly name: string;
  readonly minor: number;
  /** The user namespace whose administrators may open the terminal while it is exclusive. */
  readonly userNamespace: bigint;
  /** The namespace of the numbers of session and foreground group, by its inode; 0 if it is not known. */
  readonly pidNamespace: bigint;
}

/**
 * The terminal's state as programs see it. Only we write it, with one exception: the keeper removes the session when
 * its leader ends, and hangs the terminal up when we are gone.
 */
export class StatePage {
  readonly #address: Deno.PointerObject;
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #signed: Int32Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  readonly #termios: Uint8Array<ArrayBuffer>;

  /** Makes the page's file. */
  constructor(path: string, constants: PageConstants) {
    const { O_RDWR, O_CREAT, O_CLOEXEC } = PLATFORM.open;
    // Strangers must not learn from it when keys are pressed. Programs of other users in the session get a
    // descriptor.
    const fd = libc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600);
    setLength(fd, PAGE_SIZE);
    const { buffer, address } = mapShared(fd, PAGE_SIZE);
    libc.close(fd);
    this.#address = address;
    this.#words = new Uint32Array(buffer);
    this.#signed = new Int32Array(buffer);
    this.#view = new DataView(buffer);
    this.#termios = new Uint8Array(buffer, PAGE.termios, LINUX.termios.size);
    this.#writeConstants(constants);
  }

  #writeConstants(constants: PageConstants): void {
    const { input, output, name, minor, userNamespace, pidNamespace } = constants;
    this.#view.setBigUint64(PAGE.input_dev, input.dev, true);
    this.#view.setBigUint64(PAGE.input_ino, input.ino, true);
    this.#view.setBigUint64(PAGE.output_dev, output.dev, true);
    this.#view.setBigUint64(PAGE.output_ino, output.ino, true);
    new TextEncoder().encodeInto(name, new Uint8Array(this.#view.buffer, PAGE.name, NAME_SIZE - 1));
    this.#view.setBigUint64(PAGE.user_namespace, userNamespace, true);
    this.#view.setBigUint64(PAGE.pid_namespace, pidNamespace, true);
    this.#set(PAGE.minor, minor);
    this.#set(PAGE.version, PAGE_VERSION);
    this.#set(PAGE.magic, PAGE_MAGIC);
  }

  set termios(termios: Termios) {
    this.#underSequence(() => encodeTermios(termios, this.#termios, LINUX.termios));
  }

  set winsize({ rows, cols, xpixel, ypixel }: Winsize) {
    this.#underSequence(() =>
      [rows, cols, xpixel, ypixel].forEach((value, index) =>
        this.#view.setUint16(PAGE.winsize + 2 * index, value, true)
      )
    );
  }

  get session(): number {
    return this.#signed[PAGE.session / 4];
  }

  set session(session: number) {
    this.#set(PAGE.session, session);
  }

  get foreground(): number {
    return this.#signed[PAGE.foreground / 4];
  }

  set foreground(group: number) {
    this.#set(PAGE.foreground, group);
  }

  /** The number of the end of file that is next, 0 for none. */
  set eof(number: number) {
    this.#set(PAGE.eof, number);
  }

  /** Bytes that can be read once the FIFO is empty. */
  set held(bytes: number) {
    this.#set(PAGE.held, bytes);
  }

  /** Whether a program has stopped output: others that write wait. */
  set stopped(on: boolean) {
    this.#setFlag(PAGE_FLAGS.STOPPED, on);
  }

  get exclusive(): boolean {
    return (this.#words[PAGE.flags / 4] & PAGE_FLAGS.EXCLUSIVE) !== 0;
  }

  /** Whether only those with CAP_SYS_ADMIN may open it (TIOCEXCL). */
  set exclusive(on: boolean) {
    this.#setFlag(PAGE_FLAGS.EXCLUSIVE, on);
  }

  /** The terminal is gone for good. No session has it any more. */
  hangUp(): void {
    this.#setFlag(PAGE_FLAGS.HUNG_UP, true);
    this.session = 0;
    this.foreground = 0;
    this.wake();
  }

  /** Wakes every reader, so that it looks again. */
  wake(): void {
    Atomics.add(this.#words, PAGE.event / 4, 1);
    const event = Deno.UnsafePointer.offset(this.#address, PAGE.event);
    wakeAll(event as Deno.PointerObject);
  }

  #setFlag(flag: number, on: boolean): void {
    if (on) Atomics.or(this.#words, PAGE.flags / 4, flag);
    else Atomics.and(this.#words, PAGE.flags / 4, ~flag);
  }

  #set(offset: number, value: number): void {
    Atomics.store(this.#words, offset / 4, value);
  }

  /** The sequence number is odd while `write` runs. Readers retry until it is even, and the same before and after. */
  #underSequence(write: () => void): void {
    Atomics.add(this.#words, PAGE.sequence / 4, 1);
    write();
    Atomics.add(this.#words, PAGE.sequence / 4, 1);
  }
}
