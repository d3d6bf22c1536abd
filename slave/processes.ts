// Who belongs to which group and session, by getsid(2), and by /proc where a group's leader is gone.

import { libc, SystemError } from "../sys/libc.ts";
import { PLATFORM, type SignalName } from "../sys/platform.ts";

/**
 * The session of a process; nothing if there is no such process, or if its session's leader is out of
 * our PID namespace: all those would share the number 0.
 */
export function sessionOf(process: number): number | undefined {
  // 0 would be ourselves to getsid; as a peer's number it is a process out of our sight.
  if (process <= 0) return undefined;
  return unlessGone(() => libc.getsid(process)) || undefined;
}

/**
 * The session of a process group. Where the group has no members, that of the process of this number, as in
 * the kernel (`session_of_pgrp`); nothing if there is none.
 */
export function sessionOfGroup(group: number): number | undefined {
  if (group <= 0) return undefined;
  if (unlessGone(() => libc.getpgid(group)) === group) return sessionOf(group);
  const [member = group] = membersOf(group);
  return sessionOf(member);
}

const CAP_SYS_ADMIN = 21n;

/** Whether a process may take a terminal from the session that has it (capabilities(7)). */
export function isAdministrator(process: number): boolean {
  const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(procFile(process, "status")) ?? [];
  return effective !== undefined && (BigInt(`0x${effective}`) >> CAP_SYS_ADMIN & 1n) === 1n;
}

/** Bytes that the files of a process have at most, with room to spare. */
const FILE_SIZE = 4096;

/** Whether a member of the group sleeps in a read of a pipe (proc_pid_wchan(5)). */
export function groupReadsPipe(group: number): boolean {
  return [...membersOf(group)].some((process) => procFile(process, "wchan").endsWith("pipe_read"));
}

function* membersOf(group: number): Generator<number> {
  for (const { name } of Deno.readDirSync("/proc")) {
    const process = Number(name);
    if (process > 0 && unlessGone(() => libc.getpgid(process)) === group) yield process;
  }
}

/** What a file of a process in /proc says; empty if that can't be known. */
function procFile(process: number, name: string): string {
  try {
    const { O_RDONLY, O_CLOEXEC } = PLATFORM.open;
    const fd = libc.open(`/proc/${process}/${name}`, O_RDONLY | O_CLOEXEC);
    const text = new Uint8Array(FILE_SIZE);
    const length = libc.read(fd, text) ?? 0;
    libc.close(fd);
    return new TextDecoder().decode(text.subarray(0, length));
  } catch (error) {
    if (error instanceof SystemError) return "";
    throw error;
  }
}

/** Sends signals to a process group, in order; if it has no members, to nobody. */
export function signalGroup(group: number, ...signals: readonly SignalName[]): void {
  if (group <= 0) return;
  for (const signal of signals) unlessGone(() => libc.kill(-group, signal));
}

/** Sends signals to a process; if it is gone, to nobody. */
export function signalProcess(process: number, ...signals: readonly SignalName[]): void {
  if (process <= 0) return;
  for (const signal of signals) unlessGone(() => libc.kill(process, signal));
}

function unlessGone<Result>(call: () => Result): Result | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof SystemError && (error.code === "ESRCH" || error.code === "EPERM")) {
      return undefined;
    }
    throw error;
  }
}
