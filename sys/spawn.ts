// Starts programs by posix_spawn, which unlike Deno.Command can put a child into a process group of its
// own before it runs, give two streams one descriptor, and undo ignored signals.

import { cCalls, cString, cSymbol } from "./c_functions.ts";
import { lastErrno, signalSet, SystemError } from "./libc.ts";
import { PLATFORM, type SignalName } from "./platform.ts";

/** How a child ended: its exit status, or the number of the signal that killed it. */
export type ExitReport = { readonly code: number } | { readonly signal: number };

/** A started program. */
export interface Child {
  readonly pid: number;
  /** Settles when it has ended and been reaped. Waiting for this does not keep a program running. */
  readonly status: Promise<ExitReport>;
}

/** What a child is started with. */
export interface SpawnOptions {
  /** Descriptors that become its 0, 1 and 2. */
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
  /** Whether it leads a process group of its own. */
  readonly processGroup?: boolean;
  /** Its name, the first argument, if that is not the path that it is started by. */
  readonly name?: string;
  /** Its environment, in place of ours. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Signals that we, or Deno, may ignore and children should not. */
const RESET_SIGNALS: readonly SignalName[] = ["SIGPIPE", "SIGTTIN", "SIGTTOU", "SIGTSTP"];

const call = cCalls({
  posix_spawnp: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "pointer"],
    result: "i32",
    way: "exact",
  },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32", way: "exact" },
  posix_spawn_file_actions_adddup2: {
    parameters: ["buffer", "i32", "i32"],
    result: "i32",
    way: "exact",
  },
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32", way: "exact" },
  posix_spawnattr_init: { parameters: ["buffer"], result: "i32", way: "exact" },
  posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: "i32", way: "exact" },
  posix_spawnattr_setsigdefault: { parameters: ["buffer", "buffer"], result: "i32", way: "exact" },
  posix_spawnattr_destroy: { parameters: ["buffer"], result: "i32", way: "exact" },
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32", way: "exact" },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32", way: "exact" },
});

/** Bytes of a pointer. */
const POINTER_SIZE = 8;

/** waitpid's WNOHANG, the same on both platforms. */
const WNOHANG = 1;

/**
 * Starts `argv[0]`, which is looked for in PATH.
 *
 * @throws {SystemError} if it can't be started, with code ENOENT if there is no such program.
 */
export function spawn(argv: readonly string[], options: SpawnOptions): Child {
  const actions = new FileActions(options);
  const attributes = new Attributes(options.processGroup ?? false);
  try {
    const pid = new Int32Array(1);
    const args = new StringArray([options.name ?? argv[0], ...argv.slice(1)]);
    const environment = new StringArray(
      Object.entries(options.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    );
    const errno = call.posix_spawnp(
      pid,
      cString(argv[0]),
      actions.object,
      attributes.object,
      args.pointers,
      options.environment === undefined ? environ() : Deno.UnsafePointer.of(environment.pointers),
    );
    if (errno !== 0) throw new SystemError(`run "${argv[0]}"`, errno);
    return { pid: pid[0], status: waitFor(pid[0]) };
  } finally {
    actions.destroy();
    attributes.destroy();
  }
}

/** Our own environment, as C has it. */
function environ(): Deno.PointerValue {
  const variable = new Deno.UnsafePointerView(cSymbol("environ"));
  return variable.getPointer();
}

/** A NULL-terminated array of C strings, which it keeps alive. */
class StringArray {
  readonly strings: readonly Uint8Array<ArrayBuffer>[];
  readonly pointers: BigUint64Array<ArrayBuffer>;

  constructor(strings: readonly string[]) {
    this.strings = strings.map(cString);
    this.pointers = new BigUint64Array(strings.length + 1);
    this.strings.forEach((string, index) => {
      this.pointers[index] = Deno.UnsafePointer.value(Deno.UnsafePointer.of(string));
    });
  }
}

/** `posix_spawn_file_actions_t`. */
class FileActions {
  readonly object = new Uint8Array(Math.max(PLATFORM.spawn.fileActionsSize, POINTER_SIZE));

  constructor({ stdin, stdout, stderr }: SpawnOptions) {
    call.posix_spawn_file_actions_init(this.object);
    [stdin, stdout, stderr].forEach((fd, target) =>
      call.posix_spawn_file_actions_adddup2(this.object, fd, target)
    );
  }

  destroy(): void {
    call.posix_spawn_file_actions_destroy(this.object);
  }
}

/** `posix_spawnattr_t`. */
class Attributes {
  readonly object = new Uint8Array(Math.max(PLATFORM.spawn.attributesSize, POINTER_SIZE));

  constructor(processGroup: boolean) {
    const { SETPGROUP, SETSIGDEF } = PLATFORM.spawn;
    call.posix_spawnattr_init(this.object);
    call.posix_spawnattr_setflags(this.object, SETSIGDEF | (processGroup ? SETPGROUP : 0));
    call.posix_spawnattr_setsigdefault(this.object, signalSet(RESET_SIGNALS));
  }

  destroy(): void {
    call.posix_spawnattr_destroy(this.object);
  }
}

/** Children that we wait for: their pid, and what to call when they have ended. */
const waiting = new Map<number, (report: ExitReport) => void>();

/** waitid's P_PID, the same on both platforms. */
const P_PID = 1;

/** Bytes that hold a `siginfo_t` on both platforms. Its first word, the signal, stays 0 if nothing has happened. */
const SIGINFO_SIZE = 128;

/** Whether a child was stopped since the last call. Does not reap it. */
export function isStopped(pid: number): boolean {
  const information = new Int32Array(SIGINFO_SIZE / 4);
  const result = call.waitid(P_PID, pid, information, PLATFORM.wait.WSTOPPED | WNOHANG);
  return result === 0 && information[0] !== 0;
}

/** Waits for one child by its number: `waitpid(-1)` would reap Deno's children. */
function waitFor(pid: number): Promise<ExitReport> {
  return new Promise((resolve) => {
    if (waiting.size === 0) Deno.addSignalListener("SIGCHLD", reap);
    waiting.set(pid, resolve);
    // It may have ended before the listener was added.
    queueMicrotask(reap);
  });
}

function reap(): void {
  for (const [pid, resolve] of waiting) {
    const report = reapOne(pid);
    if (report === undefined) continue;
    waiting.delete(pid);
    resolve(report);
  }
  if (waiting.size === 0) Deno.removeSignalListener("SIGCHLD", reap);
}

function reapOne(pid: number): ExitReport | undefined {
  const status = new Int32Array(1);
  const result = call.waitpid(pid, status, WNOHANG);
  if (result === 0) return undefined;
  if (result === -1) throw new SystemError(`wait for process ${pid}`, lastErrno());
  return decodeStatus(status[0]);
}

/** wait(2)'s encoding, the same on both platforms. */
function decodeStatus(status: number): ExitReport {
  const signal = status & 0x7f;
  return signal === 0 ? { code: (status >> 8) & 0xff } : { signal };
}
