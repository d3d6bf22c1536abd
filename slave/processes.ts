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

/** The session of a process group; nothing if it has no members (`session_of_pgrp` in the kernel). */
export function sessionOfGroup(group: number): number | undefined {
  if (group <= 0) return undefined;
  if (unlessGone(() => libc.getpgid(group)) === group) return sessionOf(group);
  const [member] = membersOf(group);
  return member === undefined ? undefined : sessionOf(member);
}

/** Bytes of the name of a function of the kernel. */
const WCHAN_SIZE = 64;

/** Whether a member of the group sleeps in a read of a pipe (proc_pid_wchan(5)). */
export function groupReadsPipe(group: number): boolean {
  return [...membersOf(group)].some((process) => waitsIn(process).endsWith("pipe_read"));
}

function* membersOf(group: number): Generator<number> {
  for (const { name } of Deno.readDirSync("/proc")) {
    const process = Number(name);
    if (process > 0 && unlessGone(() => libc.getpgid(process)) === group) yield process;
  }
}

/** Where in the kernel a process sleeps; empty if that can't be known. */
function waitsIn(process: number): string {
  try {
    const { O_RDONLY, O_CLOEXEC } = PLATFORM.open;
    const fd = libc.open(`/proc/${process}/wchan`, O_RDONLY | O_CLOEXEC);
    const name = new Uint8Array(WCHAN_SIZE);
    const length = libc.read(fd, name) ?? 0;
    libc.close(fd);
    return new TextDecoder().decode(name.subarray(0, length));
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
