// Which process is of which group and session, by getsid(2), and by /proc for groups without a leader.

import { libc, SystemError } from "../sys/libc.ts";
import { PLATFORM, type SignalName } from "../sys/platform.ts";

/**
 * The session of a process. Undefined if there is no such process, or if its session's leader is outside our PID
 * namespace: all those sessions would share the number 0.
 */
export function sessionOf(process: number): number | undefined {
  // getsid(0) would mean ourselves. As a peer's number 0 means a process outside our PID namespace.
  if (process <= 0) return undefined;
  return unlessGone(() => libc.getsid(process)) || undefined;
}

/**
 * The session of a process group. For a group without members it is the session of the process of this number, as in
 * the kernel (`session_of_pgrp`). Undefined if there is none.
 */
export function sessionOfGroup(group: number): number | undefined {
  if (group <= 0) return undefined;
  if (unlessGone(() => libc.getpgid(group)) === group) return sessionOf(group);
  const [member = group] = membersOf(group);
  return sessionOf(member);
}

/** The group of a process; undefined if there is no such process. */
export function groupOf(process: number): number | undefined {
  return unlessGone(() => libc.getpgid(process));
}

// Processes of containers below us have other numbers for themselves and their groups (pid_namespaces(7)).

/** Identifies a process's PID or user namespace; 0 if we may not know it. */
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

/** A process's namespace, if it is not ours. */
function foreignNamespace(process: number): bigint | undefined {
  const namespace = namespaceOf(process);
  return namespace === 0n || namespace === namespaceOf("self") ? undefined : namespace;
}

/** The number that a process's namespace has for a group of ours; 0 if it can't see the group. */
export function groupSeenBy(process: number, group: number): number {
  const namespace = foreignNamespace(process);
  if (namespace === undefined) return group;
  const member = [...membersOf(group)].find((one) => namespaceOf(one) === namespace);
  return member === undefined ? 0 : innerGroupOf(member);
}

/** Our number of the group that has this number in a process's namespace; undefined if there is none. */
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
 * own any process has all capabilities, but none over us.
 */
export function isAdministrator(process: number): boolean {
  const namespace = namespaceOf(process, "user");
  if (namespace === 0n || namespace !== namespaceOf("self", "user")) return false;
  const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(procFile(process, "status")) ?? [];
  return effective !== undefined && (BigInt(`0x${effective}`) >> CAP_SYS_ADMIN & 1n) === 1n;
}

/** Bytes to read of a file in /proc: more than such a file has. */
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

/** The text of a file of a process in /proc; empty if it can't be read. */
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

/** Sends signals to a process group, in order. Does nothing if the group has no members. */
export function signalGroup(group: number, ...signals: readonly SignalName[]): void {
  if (group <= 0) return;
  for (const signal of signals) unlessGone(() => libc.kill(-group, signal));
}

/** Sends signals to a process, in order. Does nothing if the process is gone. */
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
