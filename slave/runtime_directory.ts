// A directory of the session's own: FIFOs, page, socket, library and keeper.

import { cString, libc } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import {
  isExecutableMapping,
  listenAt,
  makeDirectory,
  makeFifo,
  removeDirectory,
  removeFile,
  setMode,
  SOCKET_PATH_SIZE,
} from "./linux.ts";
import { FILES } from "./page_layout.ts";

/** What the slave brings along: the bytes of the library and of the keeper. */
export interface Programs {
  readonly library: Uint8Array;
  readonly keeper: Uint8Array;
}

/** A runtime directory that has been found fit, with its files in place. */
export interface RuntimeDirectory {
  readonly path: string;
  /** The listening control socket. */
  readonly control: number;
  /** The path of a file in it. */
  file(name: keyof typeof FILES): string;
  /** Removes it with all that it holds. */
  remove(): void;
}

/** No directory would do. The message names those that were tried, and why not. */
export class RuntimeDirectoryError extends Error {
  override readonly name = "RuntimeDirectoryError";
}

/** Where others may pass through, to reach the library and the socket, but not look around. */
const DIRECTORY_MODE = 0o711;

/** Random characters in the directory's name. */
const RANDOM_LENGTH = 12;

/** Where to try, most fitting first. */
export function candidateDirectories(environment: Readonly<Record<string, string>>): string[] {
  const { XDG_RUNTIME_DIR, TMPDIR, HOME } = environment;
  const named = [
    TMPDIR,
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

/** The working directory, if it is still there. */
function ownDirectory(): string | undefined {
  try {
    return Deno.cwd();
  } catch {
    return undefined;
  }
}

/**
 * Makes a runtime directory in the first of `candidates` that allows it.
 *
 * @throws {RuntimeDirectoryError} if none does.
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
  const path = `${parent.replace(/\/+$/, "")}/rpty-${randomName()}`;
  checkPath(path);
  makeDirectory(path);
  try {
    setMode(path, DIRECTORY_MODE);
    const file = (name: keyof typeof FILES) => `${path}/${FILES[name]}`;
    writeProgram(file("library"), programs.library);
    writeProgram(file("keeper"), programs.keeper);
    for (const fifo of ["input", "output", "data"] as const) makeFifo(file(fifo));
    const control = listenAt(file("control"));
    setMode(file("control"), 0o666);
    return { path, control, file, remove: () => remove(path) };
  } catch (error) {
    remove(path);
    throw error;
  }
}

function randomName(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, RANDOM_LENGTH);
}

/** LD_PRELOAD is cut at spaces and colons, a dollar sign means something there, and a socket's path is short. */
function checkPath(path: string): void {
  if (/[\s:$]/.test(path)) throw new Error("its name has a space, a colon or a dollar sign");
  if (cString(`${path}/${FILES.control}`).length > SOCKET_PATH_SIZE) {
    throw new Error("its name is too long");
  }
}

function writeProgram(path: string, bytes: Uint8Array): void {
  const { O_RDWR, O_CREAT, O_CLOEXEC } = PLATFORM.open;
  const fd = libc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o700);
  try {
    for (let at = 0; at < bytes.length;) at += libc.write(fd, bytes.subarray(at)) ?? 0;
    setMode(path, 0o755);
    if (!isExecutableMapping(fd, bytes.length)) throw new Error("it is mounted noexec");
  } finally {
    // A program can't be run while it is open for writing.
    libc.close(fd);
  }
}

function remove(path: string): void {
  for (const name of Object.values(FILES)) removeFile(`${path}/${name}`);
  removeDirectory(path);
}
