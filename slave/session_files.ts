// Files of the session, made by the C library and not by Deno: whatever its permissions are short of all, Deno refuses to
// write below /dev, and /dev/shm may be all there is.

import { cCalls, cString } from "../sys/c_functions.ts";
import { checked } from "../sys/libc.ts";

/** open(2): the file must be a directory. */
export const O_DIRECTORY = Deno.build.arch === "aarch64" ? 0o40000 : 0o200000;
/** open(2): names the file without opening it. */
export const O_PATH = 0o10000000;

const { mkdir, chmod, unlink, rmdir, ftruncate, mkfifo } = cCalls({
  mkdir: { parameters: ["buffer", "u32"], result: "i32", way: "exact" },
  chmod: { parameters: ["buffer", "u32"], result: "i32", way: "exact" },
  unlink: { parameters: ["buffer"], result: "i32", way: "exact" },
  rmdir: { parameters: ["buffer"], result: "i32", way: "exact" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32", way: "exact" },
  mkfifo: { parameters: ["buffer", "u32"], result: "i32", way: "exact" },
});

/** Makes a directory (mkdir(2)). */
export function makeDirectory(path: string): void {
  checked("make a directory", mkdir(cString(path), 0o700));
}

/** Sets a file's mode, whatever the umask is (chmod(2)). */
export function setMode(path: string, mode: number): void {
  checked(`set the mode of "${path}"`, chmod(cString(path), mode));
}

/** Sets a file's length (ftruncate(2)). */
export function setLength(fd: number, length: number): void {
  checked("set a file's length", ftruncate(fd, BigInt(length)));
}

/** Removes a file, if it is there. */
export function removeFile(path: string): void {
  unlink(cString(path));
}

/** Removes a directory, if it is there and empty. */
export function removeDirectory(path: string): void {
  rmdir(cString(path));
}

/** Makes a FIFO that only its owner may open (mkfifo(3)). */
export function makeFifo(path: string): void {
  checked(`make the FIFO "${path}"`, mkfifo(cString(path), 0o600));
}
