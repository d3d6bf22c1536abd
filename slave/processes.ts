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

/** The group of a process; nothing if there is no such process. */
export function groupOf(process: number): number | undefined {
  return unlessGone(() => libc.getpgid(process));
}

// Processes of containers within ours number themselves and their groups in another way (pid_namespaces(7)).

/** Names a process's PID or user namespace; 0 if that may not be known. */
export function namespaceOf(process: number | "self", kind: "pid" | "user" = "pid"): bigint {
  const { O_RDONLY, O_CLOEXEC } = PLATFORM.open;
  try {
    const fd = libc.open(`/proc/${process}/ns/${kind}`, O_RDONLY | O_CLOEXEC);
    const { ino } = libc.fstat(fd);
    libc.close(fd);
    return ino;
  } catch (error) {
    if (error instanceof SystemError) return 0n;
    throw error;
  }
}

/** The number of a process's group in the process's own namespace; 0 if its leader isn't there. */
function innerGroupOf(process: number): number {
  return Number(/^NSpgid:.*\s(\d+)$/m.exec(procFile(process, "status"))?.[1] ?? 0);
}

/** A process's namespace, if it is another than ours. */
function foreignNamespace(process: number): bigint | undefined {
  const namespace = namespaceOf(process);
  return namespace === 0n || namespace === namespaceOf("self") ? undefined : namespace;
}

/** What number a process's namespace gives to a group of ours; 0 if it is not seen there. */
export function groupSeenBy(process: number, group: number): number {
  const namespace = foreignNamespace(process);
  if (namespace === undefined) return group;
  const member = [...membersOf(group)].find((one) => namespaceOf(one) === namespace);
  return member === undefined ? 0 : innerGroupOf(member);
}

/** Our number of the group that a process's namespace gives this number; nothing if there is none. */
export function groupNamedBy(process: number, number: number): number | undefined {
  const namespace = foreignNamespace(process);
  if (namespace === undefined) return number;
  const member = [...allProcesses()].find((one) =>
    namespaceOf(one) === namespace && innerGroupOf(one) === number
  );
  return member === undefined ? undefined : groupOf(member);
}

const CAP_SYS_ADMIN = 21n;

/**
 * Whether a process may take a terminal from the session that has it (capabilities(7)). In a user namespace of its
 * own anybody has all capabilities, and none over us.
 */
export function isAdministrator(process: number): boolean {
  const namespace = namespaceOf(process, "user");
  if (namespace === 0n || namespace !== namespaceOf("self", "user")) return false;
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
  for (const process of allProcesses()) {
    if (groupOf(process) === group) yield process;
  }
}

function* allProcesses(): Generator<number> {
  for (const { name } of Deno.readDirSync("/proc")) {
    const process = Number(name);
    if (process > 0) yield process;
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
