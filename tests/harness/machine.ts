// An emulated machine: another kernel, and an initramfs with only rpty's programs.
//
//   rpty-master ── carry ── socket ── qemu's line ── init (process 1) ── rpty-slave ── rpty-bash

import { ROOT } from "./build.ts";
import { carryTo } from "./links.ts";
import { exists } from "./needs.ts";
import type { Place } from "./place.ts";
import { eventually } from "./processes.ts";

/** How long, in ms, the emulator may take to open its socket, and the machine to switch itself off. */
const PATIENCE = 20_000;

/** The line of the machine that is the transport. */
export interface Line {
  /** The emulator's options for the character device `line`. */
  readonly options: readonly string[];
  /** What init opens: the driver and minor number. */
  readonly device: string;
  /** Whether it is also the console: then all kernel messages come before the session, and the slave writes none during it. */
  readonly isConsole?: boolean;
  readonly masterOptions?: readonly string[];
}

/** The emulated machines, by Debian's names of architectures. */
export interface Model {
  /** Its name in uname. */
  readonly name: string;
  readonly architecture: "amd64" | "arm64";
  readonly emulator: string;
  readonly options: readonly string[];
  readonly console: string;
}

/** A PC. */
export const PC: Model = {
  name: "x86_64",
  architecture: "amd64",
  emulator: "qemu-system-x86_64",
  options: ["-machine", "q35", "-cpu", "max"],
  console: "ttyS0",
};

/** An aarch64 board that exists only in the emulator. (The standard algorithm for pointer signing is slow to emulate.) */
export const BOARD: Model = {
  name: "aarch64",
  architecture: "arm64",
  emulator: "qemu-system-aarch64",
  options: ["-machine", "virt", "-cpu", "max,pauth-impdef=on"],
  console: "ttyAMA0",
};

const BUILT = `${ROOT}/build/initramfs`;

/** What a test on such a machine needs. */
export function needsOf(model: Model): string[] {
  const folder = `${BUILT}/${model.architecture}`;
  return ["long", model.emulator, `${folder}/kernel`, `${folder}/initramfs`];
}

/** A machine that runs. */
export class Machine implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #socket: string;
  readonly #log: string;
  #errors = "";
  #status: number | undefined;
  readonly #ended: Promise<void>;

  /** Switches it on: it boots as soon as somebody is connected to its line. */
  static async start(place: Place, model: Model, line: Line): Promise<Machine> {
    const machine = new Machine(place, model, line);
    if (!await eventually(() => machine.#isThere(), PATIENCE)) {
      await machine[Symbol.asyncDispose]();
      throw new Error(`Cannot start "${model.emulator}": it says ${machine.#errors}`);
    }
    return machine;
  }

  private constructor(place: Place, model: Model, line: Line) {
    this.#socket = `${place.folder}/line`;
    this.#log = `${place.folder}/console`;
    const { architecture, emulator, options, console } = model;
    const told = `console=${console} ${line.isConsole ? "loglevel=8" : "quiet"}`;
    const toInit = `${line.device} ${line.isConsole ? "--quiet" : "--verbose"}`;
    this.#process = new Deno.Command(emulator, {
      args: [
        ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
        ...["-accel", "tcg", "-smp", "2", "-m", "1G", ...options],
        ...["-kernel", `${BUILT}/${architecture}/kernel`],
        ...["-initrd", `${BUILT}/${architecture}/initramfs`, "-append", `${told} -- ${toInit}`],
        ...["-chardev", `socket,id=line,path=${this.#socket},server=on,wait=on`],
        ...["-chardev", `file,id=console,path=${this.#log}`, ...line.options],
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#ended = this.#watch();
  }

  /** The command whose stdin and stdout are its line. */
  get transport(): string[] {
    return carryTo(this.#socket);
  }

  /** The output of its console, if that is not the line. */
  get console(): string {
    return exists(this.#log) ? Deno.readTextFileSync(this.#log) : "";
  }

  /** Waits until it has powered itself off. */
  async untilOff(): Promise<void> {
    if (await eventually(() => this.#status !== undefined, PATIENCE)) return;
    throw new Error(`Cannot see the machine end: its console says ${this.console}`);
  }

  /** Cuts its power. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#status === undefined) this.#process.kill("SIGKILL");
    await this.#ended;
  }

  #isThere(): boolean {
    return exists(this.#socket);
  }

  async #watch(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#process.stderr) this.#errors += decoder.decode(chunk);
    this.#status = (await this.#process.status).code;
  }
}
