// The directory for a session's files.
//
//   PARENT/rpty-XXXXXXXX/        mode 0711: may be passed through, and not listed
//     own/                       mode 0700: state page, FIFOs, control socket, keeper
//     XXXXXXXXXXXXXXXX/          mode 0711: what programs of other users in the session need
//       librpty.so               the library that is preloaded
//       door                     the socket of their requests (interpose/keeper/door.c)
//
// Only programs of the session know the second name: it is in their environment, which other users can't read. So
// strangers can't reach the door and, once the directory is gone, can't make it again.

import { cString } from "../sys/c_functions.ts";
import { libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import { isExecutableMapping } from "./mapped_memory.ts";
import { makeDirectory, makeFifo, removeDirectory, removeFile, setMode } from "./session_files.ts";
import { listenIn, SOCKET_PATH_SIZE } from "./unix_socket.ts";
import { FILES, OWN_DIRECTORY } from "./page_layout.ts";
import { describeDistrust } from "./trusted_path.ts";

/** What the slave brings along: the bytes of the library and of the keeper. */
export interface Programs {
  readonly library: Uint8Array;
  readonly keeper: Uint8Array;
}

/** A runtime directory that has passed all checks and contains its files. */
export interface RuntimeDirectory {
  readonly path: string;
  /** The listening control socket. */
  readonly control: number;
  /** The path of a file in it. */
  file(name: keyof typeof FILES): string;
  /** Removes it with all that it holds. */
  remove(): void;
}

/** No directory is suitable. The message names those that were tried, and why each is not. */
export class RuntimeDirectoryError extends Error {
  override readonly name = "RuntimeDirectoryError";
}

/** Others may go through, to reach the library and the door, but may not list. */
const DIRECTORY_MODE = 0o711;

/** Hexadecimal digits in the directory's name, which differs in each session. */
const NAME_LENGTH = 8;

/** Hexadecimal digits in the name that nobody may guess: 80 bits. */
const SECRET_LENGTH = 20;

/** Files in the second directory. */
const PUBLIC_FILES: ReadonlySet<keyof typeof FILES> = new Set(["library", "door"]);

/** Where to try, best first. For root, /run: nobody else can make names there when ours are gone. */
export function candidateDirectories(
  environment: Readonly<Record<string, string>>,
  isRoot = libc.geteuid() === 0,
): string[] {
  const { XDG_RUNTIME_DIR, TMPDIR, HOME } = environment;
  const named = [
    TMPDIR,
    ...(isRoot ? ["/run"] : []),
    "/tmp",
    XDG_RUNTIME_DIR,
    "/run",
    "/dev/shm",
    "/var/tmp",
    HOME,
    ownDirectory(),
  ];
  return [
    ...new Set(named.filter((path) => path !== undefined && path.startsWith("/"))),
  ] as string[];
}

/** The working directory, if it still exists. */
function ownDirectory(): string | undefined {
  try {
    return Deno.cwd();
  } catch {
    return undefined;
  }
}

/**
 * Makes a runtime directory in the first of `candidates` that is suitable.
 *
 * @throws {RuntimeDirectoryError} if none is.
 */
export function makeRuntimeDirectory(
  candidates: readonly string[],
  programs: Programs,
): RuntimeDirectory {
  const failures: string[] = [];
  for (const parent of candidates) {
    try {
      return makeIn(parent, programs);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures.push(`${parent} (${error.message})`);
    }
  }
  throw new RuntimeDirectoryError(
    `Cannot make a runtime directory: tried ${failures.join(", ")}: set TMPDIR to a directory ` +
      "where programs may be run from",
  );
}

function makeIn(parent: string, programs: Programs): RuntimeDirectory {
  const distrust = describeDistrust(parent);
  if (distrust !== undefined) throw new Error(distrust);
  const real = Deno.realPathSync(parent);
  const path = `${real.replace(/\/+$/, "")}/rpty-${randomDigits(NAME_LENGTH)}`;
  const secret = randomDigits(SECRET_LENGTH);
  const directoryOf = (name: keyof typeof FILES) =>
    `${path}/${PUBLIC_FILES.has(name) ? secret : OWN_DIRECTORY}`;
  const file = (name: keyof typeof FILES) => `${directoryOf(name)}/${FILES[name]}`;
  checkPath(file("library"), file("control"), file("door"));
  makeDirectory(path);
  try {
    makeDirectory(directoryOf("page"));
    makeDirectory(directoryOf("library"));
    writeProgram(file("library"), programs.library, 0o755);
    writeProgram(file("keeper"), programs.keeper, 0o700);
    for (const fifo of ["input", "output", "data"] as const) makeFifo(file(fifo));
    const control = listenIn(directoryOf("control"), FILES.control);
    setMode(file("control"), 0o600);
    setMode(directoryOf("library"), DIRECTORY_MODE);
    setMode(path, DIRECTORY_MODE);
    return { path, control, file, remove: () => remove(path, file) };
  } catch (error) {
    remove(path, file);
    throw error;
  }
}

function randomDigits(count: number): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, count);
}

/** LD_PRELOAD ends names at spaces and colons and expands dollar signs, and a socket's path must be short. */
function checkPath(library: string, ...sockets: readonly string[]): void {
  if (/[\s:$]/.test(library)) throw new Error("its name has a space, a colon or a dollar sign");
  if (sockets.some((path) => cString(path).length > SOCKET_PATH_SIZE)) {
    throw new Error("its name is too long");
  }
}

function writeProgram(path: string, bytes: Uint8Array, mode: number): void {
  const { O_RDWR, O_CREAT, O_CLOEXEC } = PLATFORM.open;
  const fd = libc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o700);
  try {
    for (let at = 0; at < bytes.length;) at += libc.write(fd, bytes.subarray(at)) ?? 0;
    setMode(path, mode);
    if (!isExecutableMapping(fd, bytes.length)) throw new Error("it is mounted noexec");
  } finally {
    // A program can't be run while it is open for writing.
    libc.close(fd);
  }
}

function remove(path: string, file: RuntimeDirectory["file"]): void {
  for (const name of Object.keys(FILES) as (keyof typeof FILES)[]) removeFile(file(name));
  for (const name of ["page", "library"] as const) removeDirectory(dirname(file(name)));
  removeDirectory(path);
}

function dirname(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
