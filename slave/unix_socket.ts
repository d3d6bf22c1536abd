// Sockets of the unix domain, with the descriptors that cross them (unix(7)).

import { cCalls, cString } from "../sys/c_functions.ts";
import { checked, lastErrno, libc, SystemError, transferred } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import { O_DIRECTORY, O_PATH } from "./session_files.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const SCM_RIGHTS = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const MSG_CMSG_CLOEXEC = 0x40000000;

const call = cCalls({
  socket: { parameters: ["i32", "i32", "i32"], result: "i32", way: "exact" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32", way: "exact" },
  listen: { parameters: ["i32", "i32"], result: "i32", way: "exact" },
  getsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "buffer"],
    result: "i32",
    way: "exact",
  },
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32", way: "repeated" },
  recvmsg: { parameters: ["i32", "buffer", "i32"], result: "isize", way: "repeated" },
  // Not repeated: nobody asks why an answer could not be sent.
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize", way: "quick" },
  sendmsg: { parameters: ["i32", "buffer", "i32"], result: "isize", way: "exact" },
});

/** Bytes of sun_path in `struct sockaddr_un`, its NUL included. */
export const SOCKET_PATH_SIZE = 108;

/** Connections that may wait to be accepted: many programs may start at once. */
const BACKLOG = 128;

/**
 * Makes a nonblocking socket that listens in a directory (unix(7)). /proc/net/unix shows everybody the name that a
 * socket is bound to, so the socket's name refers to the directory by a descriptor.
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
    call.socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
  );
  try {
    checked(`bind a socket to "${path}"`, call.bind(fd, address, address.length));
    checked("listen", call.listen(fd, BACKLOG));
  } catch (error) {
    libc.close(fd);
    throw error;
  }
  return fd;
}

/** The next connection, made nonblocking; undefined if there is none. */
export function accept(fd: number): number | undefined {
  return transferred(
    "accept a connection",
    () => call.accept4(fd, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC),
  );
}

/** The process at the other end of a connection, by its number in our PID namespace (SO_PEERCRED). */
export function peerProcess(fd: number): number {
  const credentials = new Int32Array(3);
  const length = new Uint32Array([credentials.byteLength]);
  checked("getsockopt", call.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length));
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

/** Receives messages of one length, and the descriptor that comes with each. */
export class Receiver {
  /** The last message. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #message: Message;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#message = new Message(this.bytes);
  }

  /** How many bytes were received, and the descriptor; undefined if nothing has come yet. */
  receive(fd: number): { length: number; descriptor: number | undefined } | undefined {
    // The padding behind one descriptor would take a second one, which nobody would close.
    this.#message.controlLength = CMSG.lengthWithOneFd;
    const flags = MSG_DONTWAIT | MSG_CMSG_CLOEXEC;
    const length = Number(call.recvmsg(fd, this.#message.header, flags));
    if (length >= 0) return { length, descriptor: this.#message.descriptor };
    const errno = lastErrno();
    if (errno === PLATFORM.errno.EAGAIN || errno === PLATFORM.errno.EINTR) return undefined;
    throw new SystemError("receive a request", errno);
  }
}

/** Sends bytes, and a descriptor with them. Whether all were sent. */
export function send(fd: number, bytes: Uint8Array<ArrayBuffer>, descriptor?: number): boolean {
  const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  if (descriptor === undefined) {
    return Number(call.send(fd, bytes, BigInt(bytes.length), flags)) === bytes.length;
  }
  const message = new Message(bytes);
  message.descriptor = descriptor;
  return Number(call.sendmsg(fd, message.header, flags)) === bytes.length;
}
