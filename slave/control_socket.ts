// Takes the programs' requests. Each has a connection of its own, shows the descriptor it is about, and gets one
// reply.
//
// Only processes of our own user can reach this socket, by the mode of its directory: programs, the keeper, and the
// keeper's door (interpose/keeper/door.c). The door has already checked the requests and descriptors of all other
// users.

import { libc, SystemError } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import { LINUX } from "../sys/platform_linux.ts";
import type { Poller, Watch } from "../sys/poller.ts";
import { decodeTermios, encodeTermios } from "../sys/termios_codec.ts";
import type { Termios } from "../tty/termios.ts";
import type { Winsize } from "../tty/winsize.ts";
import { isOpenPipe } from "./pipes.ts";
import { accept, peerProcess, Receiver, send } from "./unix_socket.ts";
import {
  OPERATIONS,
  PAGE_MAGIC,
  REPLY,
  REQUEST,
  SILENCE_LIMIT,
  TERMIOS_SIZE,
  VIA,
} from "./page_layout.ts";
import type { FileIdentity } from "./state_page.ts";

/** Who makes a request. */
interface Caller {
  /** As our PID namespace numbers it. */
  readonly process: number;
  /** Whether the keeper asks on behalf of a program that makes system calls itself. */
  readonly bypassing: boolean;
}

/** What a program asks for. */
export type Operation = keyof typeof OPERATIONS;

/**
 * A request by a process that has shown a descriptor of the terminal or is of its session. `process` and `settings`
 * must be read before the request is answered: the next request overwrites them.
 */
export interface Request extends Caller {
  readonly operation: Operation;
  readonly argument: number;
  readonly winsize: Winsize;
  /** Gives the settings asked for. What Linux has no bits for stays as it is in `now`. */
  readonly settings: (now: Termios) => Termios;
  /** Whether the process has shown a descriptor of the terminal. */
  readonly possesses: boolean;
}

/** The answer to a request. Every member may be left out. */
export interface Reply {
  readonly error?: keyof typeof PLATFORM.errno;
  readonly value?: number;
  readonly winsize?: Winsize;
  readonly termios?: Termios;
  /** A descriptor to send. It is closed here afterwards. */
  readonly descriptor?: number;
  /** Is called when the program has its answer, for work whose effect the program can't see. */
  readonly after?: () => void;
}

/** A reply that comes later. */
export interface LateReply {
  readonly reply: Promise<Reply>;
  /** The program has gone and wants no reply. */
  abandon(): void;
}

/** Answers requests, at once or later. */
export type Handler = (request: Request) => Reply | LateReply;

/** Connections that may be open and silent. A program sends its request at once. */
const MAX_SILENT_CONNECTIONS = 64;

/** Connections that are accepted before other work, such as keys, gets a turn. */
const ACCEPTED_AT_ONCE = 16;

/**
 * Milliseconds before the next try when accept failed, say for want of descriptors: until then the socket is ready
 * all the time.
 */
const REST = 100;

/**
 * Operations that a process of the session may ask for without a descriptor of the terminal. The handler checks that
 * it is of the session.
 */
const OF_THE_SESSION: ReadonlySet<Operation> = new Set(["OPEN", "OPEN_PAGE", "GET_JOB"]);

const OPERATION_BY_CODE: ReadonlyMap<number, Operation> = new Map(
  Object.entries(OPERATIONS).map(([name, code]) => [code, name as Operation]),
);

/** The listening end. */
export class ControlSocket {
  readonly #poller: Poller;
  readonly #listener: number;
  readonly #terminal: readonly FileIdentity[];
  readonly #handle: Handler;
  readonly #receiver = new Receiver(REQUEST.size);
  readonly #watch: Watch;
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** Replies that are still to come, by connection. */
  readonly #late = new Map<number, { readonly watch: Watch; abandon(): void }>();
  /** Connections that have sent nothing yet, oldest first. */
  readonly #silent = new Map<
    number,
    { readonly watch: Watch; readonly timer: ReturnType<typeof setTimeout> }
  >();

  /** `terminal`: the files that stand for the terminal. */
  constructor(
    poller: Poller,
    listener: number,
    terminal: readonly FileIdentity[],
    handle: Handler,
  ) {
    this.#poller = poller;
    this.#listener = listener;
    this.#terminal = terminal;
    this.#handle = handle;
    this.#watch = poller.watch(listener, { readable: () => this.#acceptSome() });
    this.#watch.readable = true;
  }

  close(): void {
    this.#watch.close();
    clearTimeout(this.#resting);
    libc.close(this.#listener);
    for (const connection of [...this.#silent.keys()]) this.#hangUp(connection);
    for (const connection of [...this.#late.keys()]) this.#abandon(connection);
  }

  #acceptSome(): void {
    try {
      for (let accepted = 0; accepted < ACCEPTED_AT_ONCE; accepted++) {
        const connection = accept(this.#listener);
        if (connection === undefined) return;
        if (!this.#serve(connection)) this.#waitFor(connection);
      }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.#rest();
    }
  }

  #rest(): void {
    this.#watch.readable = false;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#watch.readable = true, REST);
  }

  #waitFor(connection: number): void {
    const watch = this.#poller.watch(connection, {
      readable: () => {
        if (this.#serve(connection)) this.#forget(connection);
      },
    });
    watch.readable = true;
    const timer = setTimeout(() => this.#hangUp(connection), SILENCE_LIMIT);
    this.#silent.set(connection, { watch, timer });
    if (this.#silent.size > MAX_SILENT_CONNECTIONS) {
      const [oldest] = this.#silent.keys();
      this.#hangUp(oldest);
    }
  }

  #forget(connection: number): void {
    const silent = this.#silent.get(connection);
    silent?.watch.close();
    clearTimeout(silent?.timer);
    this.#silent.delete(connection);
  }

  #hangUp(connection: number): void {
    this.#forget(connection);
    libc.close(connection);
  }

  /** Whether the connection was served or closed. False if nothing has come on it yet. */
  #serve(connection: number): boolean {
    let received;
    try {
      received = this.#receiver.receive(connection);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      libc.close(connection);
      return true;
    }
    if (received === undefined) return false;
    const possesses = this.#takeDescriptor(received.descriptor);
    const request = received.length === REQUEST.size
      ? decodeRequest(this.#receiver.bytes, () => this.#callerOf(connection), possesses)
      : undefined;
    if (request === undefined) libc.close(connection);
    else this.#answer(connection, request);
    return true;
  }

  /** Who makes the request: the peer, or the process that the keeper or its door names. */
  #callerOf(connection: number): Caller {
    const view = new DataView(this.#receiver.bytes.buffer);
    const via = view.getUint32(REQUEST.via, true);
    const process = via === VIA.ITSELF
      ? peerProcess(connection)
      : view.getInt32(REQUEST.process, true);
    return { process, bypassing: via === VIA.KEEPER };
  }

  /** Whether the descriptor is of the terminal, and open for reading or writing. Closes it. */
  #takeDescriptor(descriptor: number | undefined): boolean {
    if (descriptor === undefined) return false;
    try {
      if (!isOpenPipe(descriptor)) return false;
      const { dev, ino } = libc.fstat(descriptor);
      return this.#terminal.some((file) => file.dev === dev && file.ino === ino);
    } finally {
      libc.close(descriptor);
    }
  }

  /** If a call of ours fails, say for want of descriptors, the program gets the error. */
  #tryToHandle(request: Request): Reply | LateReply {
    try {
      return this.#handle(request);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return { error: codeOf(error) };
    }
  }

  #answer(connection: number, request: Request): void {
    const allowed = request.possesses || OF_THE_SESSION.has(request.operation);
    const reply: Reply | LateReply = allowed ? this.#tryToHandle(request) : { error: "ENOTTY" };
    if ("reply" in reply) return this.#answerLater(connection, reply);
    sendReply(connection, reply);
    reply.after?.();
  }

  /**
   * The program says nothing more. If the connection becomes readable it has ended, for instance because of a signal.
   */
  #answerLater(connection: number, { reply, abandon }: LateReply): void {
    const watch = this.#poller.watch(connection, { readable: () => this.#abandon(connection) });
    watch.readable = true;
    this.#late.set(connection, { watch, abandon });
    void reply.then((later) => {
      if (this.#late.get(connection)?.watch !== watch) return;
      this.#late.delete(connection);
      watch.close();
      sendReply(connection, later);
    });
  }

  #abandon(connection: number): void {
    const late = this.#late.get(connection);
    this.#late.delete(connection);
    late?.watch.close();
    late?.abandon();
    libc.close(connection);
  }
}

function codeOf(error: SystemError): keyof typeof PLATFORM.errno {
  return error.code in PLATFORM.errno ? error.code as keyof typeof PLATFORM.errno : "EIO";
}

/** `caller` is called only if the handler asks who makes the request, since that takes another system call. */
function decodeRequest(
  bytes: Uint8Array<ArrayBuffer>,
  caller: () => Caller,
  possesses: boolean,
): Request | undefined {
  const view = new DataView(bytes.buffer);
  const operation = OPERATION_BY_CODE.get(view.getUint32(REQUEST.operation, true));
  if (view.getUint32(REQUEST.magic, true) !== PAGE_MAGIC || operation === undefined) {
    return undefined;
  }
  const [rows, cols, xpixel, ypixel] = new Uint16Array(bytes.buffer, REQUEST.winsize, 4);
  const struct = bytes.subarray(REQUEST.termios, REQUEST.termios + TERMIOS_SIZE);
  return {
    operation,
    argument: view.getInt32(REQUEST.argument, true),
    winsize: { rows, cols, xpixel, ypixel },
    settings: (now) => decodeTermios(struct, LINUX.termios, now),
    get process() {
      return caller().process;
    },
    get bypassing() {
      return caller().bypassing;
    },
    possesses,
  };
}

const replyBytes = new Uint8Array(REPLY.size);

function sendReply(connection: number, reply: Reply): void {
  const bytes = replyBytes.fill(0);
  const view = new DataView(bytes.buffer);
  view.setInt32(REPLY.error, reply.error === undefined ? 0 : LINUX.errno[reply.error], true);
  view.setInt32(REPLY.value, reply.value ?? 0, true);
  if (reply.winsize !== undefined) {
    const { rows, cols, xpixel, ypixel } = reply.winsize;
    new Uint16Array(bytes.buffer, REPLY.winsize, 4).set([rows, cols, xpixel, ypixel]);
  }
  if (reply.termios !== undefined) {
    encodeTermios(reply.termios, bytes.subarray(REPLY.termios), LINUX.termios);
  }
  // The program may have died meanwhile.
  send(connection, bytes, reply.descriptor);
  if (reply.descriptor !== undefined) libc.close(reply.descriptor);
  libc.close(connection);
}
