// What Linux tells of pipes and FIFOs, and how much they hold (fcntl(2)).

import { cCalls } from "../sys/c_functions.ts";
import { checked } from "../sys/libc.ts";

const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;

const { fcntl } = cCalls({
  fcntl: { parameters: ["i32", "i32", "i64"], result: "i32", way: "exact" },
});

/** Sets how much a pipe holds, in bytes (fcntl(2), F_SETPIPE_SZ). */
export function setPipeSize(fd: number, size: number): void {
  checked("set a pipe's size", fcntl(fd, F_SETPIPE_SZ, BigInt(size)));
}

/**
 * Whether a descriptor is of a pipe or FIFO that was opened to be read or written. One that was opened with O_PATH,
 * which needs no permission on the file, is refused by fcntl(2).
 */
export function isOpenPipe(fd: number): boolean {
  return fcntl(fd, F_GETPIPE_SZ, 0n) >= 0;
}
