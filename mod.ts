/**
 * rpty gives programs on a host without pseudoterminals the terminal of a user elsewhere. This is the library
 * behind the programs rpty-master and rpty-slave, for programs that have streams and terminals of their own.
 *
 * {@linkcode runMaster} serves any object that is a {@linkcode Terminal}, over any pair of byte streams. It needs no
 * permissions. {@linkcode runSlave} runs a command for a master, only on Linux. Since it calls the C library, it needs
 * `--allow-ffi --allow-run --allow-read --allow-write`. Loading this module needs no permissions.
 *
 * @example A master and a slave, connected in memory (mod_test.ts runs it)
 * ```ts ignore
 * import { embeddedPrograms, runMaster, runSlave, SANE_TERMIOS, type Terminal } from "./mod.ts";
 * import { assertMatch } from "@std/assert";
 *
 * let screen = "";
 * let termios = SANE_TERMIOS;
 * // A terminal on which nobody types.
 * const terminal: Terminal = {
 *   outputIsTerminal: true,
 *   reading: false,
 *   writing: false,
 *   getTermios: () => termios,
 *   setTermios: (wanted) => termios = wanted,
 *   getWinsize: () => ({ rows: 24, cols: 80, xpixel: 0, ypixel: 0 }),
 *   setWinsize: () => {},
 *   read: () => undefined,
 *   write: (bytes) => {
 *     screen += new TextDecoder().decode(bytes);
 *     return bytes.length;
 *   },
 *   inputQueue: () => 0,
 *   outputQueue: () => 0,
 *   flush: () => {},
 *   flow: () => {},
 *   sendBreak: () => {},
 *   takeOver: () => Promise.resolve(),
 *   giveBack: (found) => termios = found,
 * };
 *
 * const up = new TransformStream<Uint8Array, Uint8Array>();
 * const down = new TransformStream<Uint8Array, Uint8Array>();
 * const [status] = await Promise.all([
 *   runMaster({ readable: down.readable, writable: up.writable }, { terminal }),
 *   runSlave({ readable: up.readable, writable: down.writable }, {
 *     command: ["sh", "-c", "tty; stty size; exit 7"],
 *     environment: Deno.env.toObject(),
 *     programs: embeddedPrograms(),
 *   }),
 * ]);
 *
 * assertMatch(screen, /^\/dev\/rpty\/\d+\n24 80\n$/);
 * console.assert(status.code === 7);
 * ```
 *
 * @module
 */

import type { ByteStreams } from "./protocol/connection.ts";
import type { SlaveOptions } from "./slave/slave.ts";

export {
  DisconnectedError,
  type ExitStatus,
  type LocalEnds,
  type MasterOptions,
  runMaster,
} from "./master/master.ts";
export { HangupError, type Terminal, type TerminalEvents } from "./master/terminal.ts";
export { LinkLostError, ProtocolError } from "./protocol/errors.ts";
export { FrameDecoderStream, FrameEncoderStream } from "./protocol/frame_streams.ts";
export type { Frame, FrameFrom, FrameName, FrameOf } from "./protocol/frames.ts";
export { VERSION } from "./protocol/hello.ts";
export type { ByteStreams } from "./protocol/connection.ts";
export { type Trace, traceTo } from "./protocol/trace.ts";
export { embeddedPrograms } from "./slave/embedded.ts";
export type { Programs } from "./slave/runtime_directory.ts";
export type { SlaveOptions } from "./slave/slave.ts";
export type { KeySignal } from "./tty/key_signals.ts";
export { SANE_TERMIOS, type Termios } from "./tty/termios.ts";
export type { Winsize } from "./tty/winsize.ts";

/**
 * Runs a command on the terminal of the master at the other end of `streams`. Settles when the command has ended and the
 * link is closed. Linux only.
 *
 * @throws {ProtocolError} if the peer is not an rpty master.
 * @throws {LinkLostError} if the link was lost. The command and its jobs have got SIGHUP by then.
 * @throws {Error} named "RuntimeDirectoryError" if no directory is suitable for the session's files.
 */
export async function runSlave(streams: ByteStreams, options: SlaveOptions): Promise<void> {
  // Imported only when it is needed, since it opens the C library.
  const slave = await import("./slave/slave.ts");
  await slave.runSlave(streams, options);
}
