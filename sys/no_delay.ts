// Switches Nagle's algorithm off for TCP sockets, also those that a transport has.
//
// ncat and nc leave Nagle's algorithm on. Then a small frame waits until the one before it has been acknowledged,
// which the other end delays by up to 40 ms. We switch it off where we may (pidfd_getfd(2), Linux 5.6).

import { cCalls } from "./c_functions.ts";
import { libc, SystemError } from "./libc.ts";
import { PLATFORM } from "./platform.ts";

const SYS_PIDFD_OPEN = 434n;
const SYS_PIDFD_GETFD = 438n;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;

const { setsockopt, syscall } = cCalls({
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32", way: "exact" },
  syscall: { parameters: ["i64", "i64", "i64", "i64"], result: "i64", way: "exact" },
});

/** How many descriptors of a transport are looked at. It opens few. */
const DESCRIPTORS = 32;

/** Bytes of a list of children. A transport has few. */
const CHILDREN_SIZE = 4096;

/** Switches Nagle's algorithm off on a descriptor of ours, if it is a TCP socket. */
export function setNoDelay(fd: number): void {
  const on = new Int32Array([1]);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, on, on.byteLength);
}

/** The same for every TCP socket of a process, if the system allows it. */
export function setNoDelayOf(process: number): void {
  if (Deno.build.os !== "linux") return;
  const pidfd = Number(syscall(SYS_PIDFD_OPEN, BigInt(process), 0n, 0n));
  if (pidfd < 0) return;
  for (let fd = 0; fd < DESCRIPTORS; fd++) {
    const copy = Number(syscall(SYS_PIDFD_GETFD, BigInt(pidfd), BigInt(fd), 0n));
    if (copy < 0) continue;
    setNoDelay(copy);
    libc.close(copy);
  }
  libc.close(pidfd);
}

/** The same for a process and all processes that it has started. */
export function setNoDelayBelow(process: number): void {
  setNoDelayOf(process);
  childrenOf(process).forEach(setNoDelayBelow);
}

/** The children of a process (proc_pid_task_tid_children(5)); empty if they can't be known. */
function childrenOf(process: number): number[] {
  try {
    const { O_RDONLY, O_CLOEXEC } = PLATFORM.open;
    const fd = libc.open(`/proc/${process}/task/${process}/children`, O_RDONLY | O_CLOEXEC);
    const text = new Uint8Array(CHILDREN_SIZE);
    const length = libc.read(fd, text) ?? 0;
    libc.close(fd);
    const numbers = new TextDecoder().decode(text.subarray(0, length)).trim();
    return numbers === "" ? [] : numbers.split(" ").map(Number);
  } catch (error) {
    if (error instanceof SystemError) return [];
    throw error;
  }
}
