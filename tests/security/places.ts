// Finds a session's files on the far host as root, whatever the layout of its directory is.

import type { FarSide } from "../harness/far_side.ts";
import type { ProcessInfo } from "../harness/processes.ts";

/** What lies in a session's directory, by the paths that the far side has. */
export interface SessionPlaces {
  /** The `rpty-…` folder. */
  readonly top: string;
  /** The preloaded library. */
  readonly library: string;
  /** The processes that make the session, by our numbers. */
  readonly processes: { readonly slave: number; readonly keeper: number; readonly shell: number };
  readonly sockets: readonly string[];
  readonly fifos: readonly string[];
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

const LIBRARY = /(?:^|[\0:\s]|LD_PRELOAD=)(\/[^\0:\s]*\/librpty\.so)/;
const TOP = /^.*?\/rpty-[^/]+/;
/** A folder's name that isn't the same in each session. */
const RANDOM_NAME = /^(rpty-)?\w{8,}$/;

/** The path of the library that a process has preloaded, if it has. */
function libraryOf(process: ProcessInfo): string | undefined {
  try {
    return LIBRARY.exec(Deno.readTextFileSync(`/proc/${process.pid}/environ`))?.[1];
  } catch {
    return undefined;
  }
}

/** The slave, its keeper and the keeper's shell: the only one of the three with the library. */
function chain(all: readonly ProcessInfo[]) {
  const byPid = new Map(all.map((one) => [one.pid, one]));
  for (const shell of all) {
    const library = libraryOf(shell);
    const keeper = byPid.get(shell.parent);
    const slave = keeper && byPid.get(keeper.parent);
    if (library === undefined || keeper === undefined || slave === undefined) continue;
    if (!/^\S*rpty-slave/.test(slave.command)) continue;
    return { library, processes: { slave: slave.pid, keeper: keeper.pid, shell: shell.pid } };
  }
  throw new Error(`Cannot find the session: ${JSON.stringify(all)}`);
}

type Found = Record<"sockets" | "fifos" | "files" | "folders", string[]>;

function kindOf({ isSocket, isFifo, isDirectory }: Deno.FileInfo): keyof Found {
  return isSocket ? "sockets" : isFifo ? "fifos" : isDirectory ? "folders" : "files";
}

/** Walks a folder, as `root` shows it. */
function walk(root: string, folder: string, found: Found): Found {
  found.folders.push(folder);
  for (const { name } of Deno.readDirSync(root + folder)) {
    const path = `${folder}/${name}`;
    const kind = kindOf(Deno.lstatSync(root + path));
    if (kind === "folders") walk(root, path, found);
    else found[kind].push(path);
  }
  return found;
}

/** Finds the one session that runs on a far side. */
export async function findPlaces(far: FarSide): Promise<SessionPlaces> {
  const { library, processes } = chain(await far.processes());
  const top = TOP.exec(library)?.[0];
  if (top === undefined) throw new Error(`Cannot find the session's directory above "${library}"`);
  const found = walk(`/proc/${processes.shell}/root`, top, {
    sockets: [],
    fifos: [],
    files: [],
    folders: [],
  });
  return { top, library, processes, ...found };
}

/** The places as the attacks' programs take them. */
export function asArguments({ sockets, fifos, files, folders }: SessionPlaces): string[] {
  return [
    ...sockets.map((path) => `socket:${path}`),
    ...fifos.map((path) => `fifo:${path}`),
    ...files.map((path) => `file:${path}`),
    ...folders.map((path) => `folder:${path}`),
  ];
}

/** Names by which a session can be found, and which can't be guessed. */
export function secretNames({ folders }: SessionPlaces): string[] {
  return folders.map((path) => path.slice(path.lastIndexOf("/") + 1))
    .filter((name) => RANDOM_NAME.test(name));
}
