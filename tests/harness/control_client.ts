// A program's side of the control socket (interpose/terminal/control.c), for tests of the slave.

import { Receiver } from "../../slave/unix_socket.ts";
import { OPERATIONS, PAGE_MAGIC, REPLY, REQUEST, VIA } from "../../slave/page_layout.ts";
import { cFunction, cString } from "../../sys/c_functions.ts";
import { checked, libc } from "../../sys/libc.ts";
import { PLATFORM } from "../../sys/platform.ts";
import { LINUX } from "../../sys/platform_linux.ts";
import type { Poller } from "../../sys/poller.ts";
import { decodeTermios, encodeTermios } from "../../sys/termios_codec.ts";
import type { Termios } from "../../tty/termios.ts";
import type { Winsize } from "../../tty/winsize.ts";
import { soon } from "./bell.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_NOSIGNAL = 0x4000;
const SUN_PATH_OFFSET = 2;

const socket = cFunction("socket", { parameters: ["i32", "i32", "i32"], result: "i32" });
const connect = cFunction("connect", { parameters: ["i32", "buffer", "u32"], result: "i32" });
const sendmsg = cFunction("sendmsg", { parameters: ["i32", "buffer", "i32"], result: "isize" });

/** The fields of a request. Fields that are left out are 0. */
export interface Asked {
  readonly operation: keyof typeof OPERATIONS;
  readonly argument?: number;
  readonly termios?: Termios;
  readonly winsize?: Winsize;
  /** The process on whose behalf the keeper or the door asks, and which of them asks. */
  readonly process?: number;
  readonly via?: keyof typeof VIA;
  /** The descriptors to send along. */
  readonly on?: readonly number[];
}

/** The reply; undefined if the connection was closed without one. */
export type Answer = {
  /** Name of the errno, or number, or "" for none. */
  readonly error: string;
  readonly value: number;
  readonly winsize: Winsize;
  readonly termios: Termios;
  readonly descriptor: number | undefined;
} | undefined;

/** A request as it crosses the socket. */
export function encodeRequest(asked: Asked) {
  const { operation, argument = 0, termios, winsize, process = 0, via = "ITSELF" } = asked;
  const bytes = new Uint8Array(REQUEST.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(REQUEST.magic, PAGE_MAGIC, true);
  view.setUint32(REQUEST.operation, OPERATIONS[operation], true);
  view.setInt32(REQUEST.argument, argument, true);
  const { rows, cols, xpixel, ypixel } = winsize ?? { rows: 0, cols: 0, xpixel: 0, ypixel: 0 };
  new Uint16Array(bytes.buffer, REQUEST.winsize, 4).set([rows, cols, xpixel, ypixel]);
  view.setInt32(REQUEST.process, process, true);
  view.setUint32(REQUEST.via, VIA[via], true);
  if (termios) encodeTermios(termios, bytes.subarray(REQUEST.termios), LINUX.termios);
  return bytes;
}

/** One connection. */
export class Connection {
  readonly #poller: Poller;
  readonly #fd: number;

  constructor(poller: Poller, path: string) {
    this.#poller = poller;
    const address = new Uint8Array(110);
    new DataView(address.buffer).setUint16(0, AF_UNIX, true);
    address.set(cString(path), SUN_PATH_OFFSET);
    this.#fd = checked("socket", socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    checked("connect", connect(this.#fd, address, address.length));
  }

  /** Sends bytes with descriptors (unix(7), SCM_RIGHTS). */
  send(bytes: Uint8Array<ArrayBuffer>, on: readonly number[] = []): void {
    const length = 16 + 4 * on.length;
    const control = new DataView(new ArrayBuffer(length + 7 & ~7));
    control.setBigUint64(0, BigInt(length), true);
    control.setUint32(8, SOL_SOCKET, true);
    control.setUint32(12, SCM_RIGHTS, true);
    on.forEach((fd, index) => control.setInt32(16 + 4 * index, fd, true));
    const vector = new BigUint64Array([addressOf(bytes), BigInt(bytes.length)]);
    const header = new BigUint64Array(7);
    header.set([0n, 0n, addressOf(vector), 1n]);
    if (on.length > 0) header.set([addressOf(control), BigInt(control.byteLength)], 4);
    checked("sendmsg", Number(sendmsg(this.#fd, header, MSG_NOSIGNAL)));
  }

  /** Bytes of the reply that have come. */
  get arrived(): number {
    return libc.inputQueue(this.#fd);
  }

  /** Waits for the reply, and closes the connection. */
  async answer(): Promise<Answer> {
    const readable = Promise.withResolvers<void>();
    const watch = this.#poller.watch(this.#fd, { readable: readable.resolve });
    watch.readable = true;
    try {
      await soon(readable.promise);
      const receiver = new Receiver(REPLY.size);
      const received = receiver.receive(this.#fd);
      return received?.length === REPLY.size
        ? decode(receiver.bytes, received.descriptor)
        : undefined;
    } finally {
      watch.close();
      this.close();
    }
  }

  close(): void {
    libc.close(this.#fd);
  }
}

/** Asks on a separate connection. */
export async function ask(poller: Poller, path: string, asked: Asked): Promise<Answer> {
  const connection = new Connection(poller, path);
  connection.send(encodeRequest(asked), asked.on);
  return await connection.answer();
}

function decode(bytes: Uint8Array<ArrayBuffer>, descriptor: number | undefined): Answer {
  const view = new DataView(bytes.buffer);
  const errno = view.getInt32(REPLY.error, true);
  const [rows, cols, xpixel, ypixel] = new Uint16Array(bytes.buffer, REPLY.winsize, 4);
  const name = Object.entries(PLATFORM.errno).find(([, number]) => number === errno)?.[0];
  return {
    error: errno === 0 ? "" : name ?? String(errno),
    value: view.getInt32(REPLY.value, true),
    winsize: { rows, cols, xpixel, ypixel },
    termios: decodeTermios(bytes.subarray(REPLY.termios), LINUX.termios),
    descriptor,
  };
}

function addressOf(view: ArrayBufferView<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(view));
}
