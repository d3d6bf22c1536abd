// Files that are mapped into memory (mmap(2)), and words in them that others wait for (futex(2)).

import { cCalls } from "../sys/c_functions.ts";
import { lastErrno, SystemError } from "../sys/libc.ts";

const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const SYS_FUTEX = Deno.build.arch === "aarch64" ? 98n : 202n;
const FUTEX_WAKE = 1n;
/** FUTEX_WAKE's count for all who wait: INT_MAX. */
const ALL = 0x7fffffffn;

const { mmap, munmap, syscall } = cCalls({
  mmap: {
    parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
    result: "pointer",
    way: "exact",
  },
  munmap: { parameters: ["pointer", "usize"], result: "i32", way: "exact" },
  syscall: { parameters: ["i64", "pointer", "i64", "i64"], result: "i64", way: "quick" },
});

/** Memory shared with all who map the file (mmap(2)). */
export function mapShared(
  fd: number,
  size: number,
): { buffer: ArrayBuffer; address: Deno.PointerObject } {
  const address = mapped(mmap(null, BigInt(size), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0n));
  return { address, buffer: Deno.UnsafePointerView.getArrayBuffer(address, size) };
}

/** Whether code may be run from the file: on a noexec mount it may not. */
export function isExecutableMapping(fd: number, size: number): boolean {
  try {
    const address = mapped(mmap(null, BigInt(size), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0n));
    munmap(address, BigInt(size));
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}

function mapped(address: Deno.PointerValue): Deno.PointerObject {
  if (address === null || Deno.UnsafePointer.value(address) === 2n ** 64n - 1n) {
    throw new SystemError("mmap", lastErrno());
  }
  return address;
}

/** Wakes all who wait for the word at `address` to change (futex(2)). */
export function wakeAll(address: Deno.PointerObject): void {
  syscall(SYS_FUTEX, address, FUTEX_WAKE, ALL);
}
