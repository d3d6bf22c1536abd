// A machine of its own, emulated: another kernel, and an initramfs with nothing but rpty's programs.
//
//   rpty-master ── ncat -U ── socket ── qemu's line ── init (process 1) ── rpty-slave ── rpty-bash

import { ROOT } from "./build.ts";
import type { Place } from "./place.ts";
import { eventually } from "./processes.ts";

/** How long, in ms, the emulator may take to open its socket, and the machine to switch itself off. */
const PATIENCE = 20_000;

/** One line of the machine's that is the transport. */
export interface Line {
  /** The emulator's options for the character device `line`. */
  readonly options: readonly string[];
  /** What init opens: its driver and minor number. */
  readonly device: string;
  /** What the kernel is told besides. */
  readonly kernel?: string;
  readonly slaveOptions?: readonly string[];
}

/** What is emulated, by the names of Debian's architectures. */
export interface Model {
  readonly architecture: "amd64" | "arm64";
  readonly emulator: string;
  readonly options: readonly string[];
  readonly console: string;
}

/** A PC. */
export const PC: Model = {
  architecture: "amd64",
  emulator: "qemu-system-x86_64",
  options: ["-machine", "q35", "-cpu", "max"],
  console: "ttyS0",
};

/** A board of aarch64 that exists in the emulator alone. (Its own signing of pointers is slow to emulate.) */
export const BOARD: Model = {
  architecture: "arm64",
  emulator: "qemu-system-aarch64",
  options: ["-machine", "virt", "-cpu", "max,pauth-impdef=on"],
  console: "ttyAMA0",
};

const BUILT = `${ROOT}/build/initramfs`;

/** What a test on such a machine needs. */
export function needsOf(model: Model): string[] {
  const folder = `${BUILT}/${model.architecture}`;
  return ["long", "ncat", model.emulator, `${folder}/kernel`, `${folder}/initramfs`];
}

/** A machine that runs. */
export class Machine implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #socket: string;
  readonly #log: string;
  #status: number | undefined;
  readonly #ended: Promise<void>;

  /** Switches it on: it boots as soon as somebody is connected to its line. */
  static async start(place: Place, model: Model, line: Line): Promise<Machine> {
    const machine = new Machine(place, model, line);
    if (!await eventually(() => machine.#isThere(), PATIENCE)) {
      await machine[Symbol.asyncDispose]();
      throw new Error(`Cannot start "${model.emulator}": it opens no socket`);
    }
    return machine;
  }

  private constructor(place: Place, model: Model, line: Line) {
    this.#socket = `${place.folder}/line`;
    this.#log = `${place.folder}/console`;
    const { architecture, emulator, options, console } = model;
    const told = `console=${console} ${line.kernel ?? "quiet"}`;
    const toInit = [line.device, ...line.slaveOptions ?? ["--verbose"]].join(" ");
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
    }).spawn();
    this.#ended = this.#process.status.then(({ code }) => {
      this.#status = code;
    });
  }

  /** The command whose stdin and stdout are its line. */
  get transport(): string[] {
    return ["ncat", "-U", this.#socket];
  }

  /** What its console has said, where that is not the line. */
  get console(): string {
    return exists(this.#log) ? Deno.readTextFileSync(this.#log) : "";
  }

  /** Waits until it has switched itself off. */
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
    return exists(this.#socket) || this.#status !== undefined;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
