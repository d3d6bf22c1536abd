// System calls of Linux that only the slave makes.

import {
  cFunction,
  cFunctions,
  checked,
  cString,
  lastErrno,
  libc,
  quickFunctions,
  SystemError,
  transferred,
} from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";

const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const F_SETPIPE_SZ = 1031;
const SYS_FUTEX = Deno.build.arch === "aarch64" ? 98n : 202n;
const FUTEX_WAKE = 1n;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const F_GETPIPE_SZ = 1032;

const O_DIRECTORY = Deno.build.arch === "aarch64" ? 0o40000 : 0o200000;
/** Opens a file as a place alone (open(2)). */
export const O_PATH = 0o10000000;
const SCM_RIGHTS = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MSG_CMSG_CLOEXEC = 0x40000000;

const mkfifo = cFunction("mkfifo", { parameters: ["buffer", "u32"], result: "i32" });
const mmap = cFunction("mmap", {
  parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
  result: "pointer",
});
const munmap = cFunction("munmap", { parameters: ["pointer", "usize"], result: "i32" });
const fcntl = cFunction("fcntl", { parameters: ["i32", "i32", "i64"], result: "i32" });
const socket = cFunction("socket", { parameters: ["i32", "i32", "i32"], result: "i32" });
const bind = cFunction("bind", { parameters: ["i32", "buffer", "u32"], result: "i32" });
const listen = cFunction("listen", { parameters: ["i32", "i32"], result: "i32" });
const getsockopt = cFunction("getsockopt", {
  parameters: ["i32", "i32", "i32", "buffer", "buffer"],
  result: "i32",
});
const { accept4, recvmsg } = quickFunctions({
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },
  recvmsg: { parameters: ["i32", "buffer", "i32"], result: "isize" },
});
const { send: sendBytes, syscall } = cFunctions({
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  syscall: { parameters: ["i64", "pointer", "i64", "i64"], result: "i64" },
});
const sendmsg = cFunction("sendmsg", { parameters: ["i32", "buffer", "i32"], result: "isize" });

const mkdir = cFunction("mkdir", { parameters: ["buffer", "u32"], result: "i32" });
const chmod = cFunction("chmod", { parameters: ["buffer", "u32"], result: "i32" });
const unlink = cFunction("unlink", { parameters: ["buffer"], result: "i32" });
const rmdir = cFunction("rmdir", { parameters: ["buffer"], result: "i32" });
const ftruncate = cFunction("ftruncate", { parameters: ["i32", "i64"], result: "i32" });

// Files of the session are made by these, not by Deno: it refuses, whatever its permissions are short of
// all, to write below /dev, and /dev/shm may be all there is.

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

/** Sets how much a pipe holds, in bytes (fcntl(2), F_SETPIPE_SZ). */
export function setPipeSize(fd: number, size: number): void {
  checked("set a pipe's size", fcntl(fd, F_SETPIPE_SZ, BigInt(size)));
}

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
  syscall(SYS_FUTEX, address, FUTEX_WAKE, 0x7fffffffn);
}

/** Bytes of sun_path in `struct sockaddr_un`, its NUL included. */
export const SOCKET_PATH_SIZE = 108;

/** Connections that may wait to be accepted: many programs may start at once. */
const BACKLOG = 128;

/**
 * A socket that listens in a directory (unix(7)), not blocking. /proc/net/unix shows everybody the name that a
 * socket was bound to; so that it does not tell the directory's, that is named by a descriptor.
 */
export function listenIn(directory: string, name: string): number {
  const { O_CLOEXEC } = PLATFORM.open;
  const place = libc.open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  try {
    return listenAt(`/proc/self/fd/${place}/${name}`);
  } finally {
    libc.close(place);
  }
}

function listenAt(path: string): number {
  const address = new Uint8Array(2 + SOCKET_PATH_SIZE);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  address.set(cString(path), 2);
  const fd = checked(
    "make a socket",
    socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
  );
  try {
    checked(`bind a socket to "${path}"`, bind(fd, address, address.length));
    checked("listen", listen(fd, BACKLOG));
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  return fd;
}

/**
 * Whether a descriptor is of a pipe or FIFO that was opened to be read or written. One that was opened with O_PATH,
 * which needs no permission on the file, is refused by fcntl(2).
 */
export function isOpenPipe(fd: number): boolean {
  return fcntl(fd, F_GETPIPE_SZ, 0n) >= 0;
}

/** The next connection, not blocking, if there is one. */
export function accept(fd: number): number | undefined {
  return transferred(
    "accept a connection",
    () => accept4(fd, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC),
  );
}

/** The process at the other end of a connection, by its number in our PID namespace (SO_PEERCRED). */
export function peerProcess(fd: number): number {
  const credentials = new Int32Array(3);
  const length = new Uint32Array([credentials.byteLength]);
  checked("getsockopt", getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length));
  return credentials[0];
}

/** Offsets in `struct msghdr` and `struct cmsghdr` of 64-bit Linux. */
const MSGHDR = { size: 56, iov: 16, iovCount: 24, control: 32, controlLength: 40 };
const CMSG = { level: 8, type: 12, data: 16, lengthWithOneFd: 20, space: 24 };

/** A message with room for one descriptor (recvmsg(2), unix(7)). */
class Message {
  readonly header = new DataView(new ArrayBuffer(MSGHDR.size));
  readonly control = new DataView(new ArrayBuffer(CMSG.space));
  readonly #vector = new BigUint64Array(2);

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#vector[0] = addressOf(bytes);
    this.#vector[1] = BigInt(bytes.length);
    this.header.setBigUint64(MSGHDR.iov, addressOf(this.#vector), true);
    this.header.setBigUint64(MSGHDR.iovCount, 1n, true);
    this.header.setBigUint64(MSGHDR.control, addressOf(this.control), true);
  }

  set controlLength(length: number) {
    this.header.setBigUint64(MSGHDR.controlLength, BigInt(length), true);
  }

  set descriptor(fd: number) {
    this.controlLength = CMSG.space;
    this.control.setBigUint64(0, BigInt(CMSG.lengthWithOneFd), true);
    this.control.setUint32(CMSG.level, SOL_SOCKET, true);
    this.control.setUint32(CMSG.type, SCM_RIGHTS, true);
    this.control.setInt32(CMSG.data, fd, true);
  }

  get descriptor(): number | undefined {
    const length = Number(this.header.getBigUint64(MSGHDR.controlLength, true));
    if (length < CMSG.lengthWithOneFd) return undefined;
    const isRights = this.control.getUint32(CMSG.level, true) === SOL_SOCKET &&
      this.control.getUint32(CMSG.type, true) === SCM_RIGHTS;
    return isRights ? this.control.getInt32(CMSG.data, true) : undefined;
  }
}

function addressOf(view: ArrayBufferView<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(view));
}

/** Receives messages of one length, one after the other, with the descriptor that comes with each. */
export class Receiver {
  /** The last message. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #message: Message;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#message = new Message(this.bytes);
  }

  /** Bytes received and the descriptor; nothing if none have come yet. */
  receive(fd: number): { length: number; descriptor: number | undefined } | undefined {
    // The padding behind one descriptor would take a second one, which nobody would close.
    this.#message.controlLength = CMSG.lengthWithOneFd;
    const flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
    const length = Number(recvmsg(fd, this.#message.header, flags));
    if (length >= 0) return { length, descriptor: this.#message.descriptor };
    const errno = lastErrno();
    if (errno === PLATFORM.errno.EAGAIN || errno === PLATFORM.errno.EINTR) return undefined;
    throw new SystemError("receive a request", errno);
  }
}

/** Sends bytes, and a descriptor with them. Whether they went whole. */
export function send(fd: number, bytes: Uint8Array<ArrayBuffer>, descriptor?: number): boolean {
  const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  if (descriptor === undefined) {
    return Number(sendBytes(fd, bytes, BigInt(bytes.length), flags)) === bytes.length;
  }
  const message = new Message(bytes);
  message.descriptor = descriptor;
  return Number(sendmsg(fd, message.header, flags)) === bytes.length;
}
