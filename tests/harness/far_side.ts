// The far host: separate mount and process namespaces in which no pseudoterminal can be opened.
//
//   unshare ─> mounts ─> far_init (process 1) ─> transport (carry listen …) ─> rpty-slave ─> keeper ─> bash

import { BUILD, helper, ROOT } from "./build.ts";
import { PATH, UNSHARE } from "./needs.ts";
import { FAR_FOLDERS, FAR_PATHS, type FarFolder, type Place } from "./place.ts";
import { eventually, processes, type ProcessInfo } from "./processes.ts";

/** Where the far side finds rpty's programs: a path that every user may enter. */
const PROGRAMS = "/mnt";
/** Where it finds the tests' helpers. */
export const HELPERS = "/media";
/** How long, in ms, the far side may go on after its session: "within a second", plus CI's slowness. */
const GRACE = 3_000;
/** Names that must not be left in the far side's own folders: all but what the tests' programs leave there. */
const OWN = /^(?!fish\.|emacs|libgccjit-|mc-)/;
/** Names of runtime directories, for folders that others use, too. */
const RUNTIME = /^rpty-[0-9a-f]{12}$/;

export interface FarOptions {
  /** What runs on it: the transport with the slave behind it, or the slave itself. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the usual environment is left out. */
  readonly bare?: boolean;
  /** Shell lines that change the place first, as root. "$home" is the place's home. */
  readonly setup?: string;
  /** The user and group number to run as. */
  readonly user?: number;
}

/** Text as one word for a shell. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command as a line for a shell. */
export function shellLine(command: readonly string[]): string {
  return command.map(shellWord).join(" ");
}

/** A running far side. */
export class FarSide implements AsyncDisposable {
  readonly place: Place;
  readonly process: Deno.ChildProcess;
  /** What it wrote to its standard error. */
  errors = "";
  readonly #reading: Promise<void>;
  #status: number | undefined;
  readonly #ended: Promise<void>;

  /** Starts it. */
  static async start(place: Place, options: FarOptions): Promise<FarSide> {
    return new FarSide(place, await farScript(place, options));
  }

  private constructor(place: Place, script: string) {
    this.place = place;
    this.process = new Deno.Command("unshare", {
      args: [...UNSHARE, "sh", "-ec", script],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#reading = this.#readErrors();
    this.#ended = this.process.status.then(({ code }) => {
      this.#status = code;
    });
  }

  /** The transport's exit status, once no process is left. */
  get status(): number | undefined {
    return this.#status;
  }

  /** Its processes, without process 1. */
  async processes(): Promise<ProcessInfo[]> {
    const all = await processes();
    const init = all.find(({ parent }) => parent === this.process.pid);
    return all.filter((one) => one.namespace === init?.namespace && one.pid !== init.pid);
  }

  /** The one process whose command matches. */
  async find(pattern: RegExp): Promise<ProcessInfo> {
    const all = await this.processes();
    const found = all.filter(({ command }) => pattern.test(command));
    if (found.length !== 1) {
      throw new Error(`Cannot find the process ${pattern}: ${JSON.stringify(all)}`);
    }
    return found[0];
  }

  /** Files that are left in all places of runtime directories. */
  async leftovers(): Promise<string[]> {
    const left: string[] = [];
    for (const name of FAR_FOLDERS) {
      const found = await entries(this.place.far(name), OWN);
      left.push(...found.filter((path) => !isAboveOurs(path, this.place.far(name), name)));
    }
    for (const path of ["/var/tmp", this.place.home]) left.push(...await entries(path, RUNTIME));
    return left;
  }

  /**
   * Waits until it is empty.
   *
   * @throws {Error} that names the processes and files that are left.
   */
  async untilGone(grace = GRACE): Promise<void> {
    if (!await eventually(() => this.#status !== undefined, grace)) {
      const names = (await this.processes()).map(({ command }) => command);
      throw new Error(`Cannot see the far side end: ${JSON.stringify(names)} still run there`);
    }
    const left = await this.leftovers();
    if (left.length > 0) {
      throw new Error(`Cannot see the far side clean: ${JSON.stringify(left)} are left there`);
    }
  }

  /** Kills all its processes. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#status === undefined) this.process.kill("SIGKILL");
    await this.#ended;
    await this.#reading;
  }

  async #readErrors(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.process.stderr) this.errors += decoder.decode(chunk);
  }
}

async function entries(folder: string, pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (pattern.test(name)) found.push(`${folder}/${name}`);
  }
  return found;
}

/** Our path below a folder that the far side does not share; undefined if we are not below it. */
function ourPathIn(name: FarFolder): string | undefined {
  const path = FAR_PATHS[name];
  return ROOT.startsWith(`${path}/`) ? ROOT.slice(path.length) : undefined;
}

/** Whether a folder was made to mount us in. */
function isAboveOurs(path: string, folder: string, name: FarFolder): boolean {
  const ours = ourPathIn(name);
  return ours !== undefined && `${folder}${ours}/`.startsWith(`${path}/`);
}

/** Shell lines that mount `folder` over a shared one, with our own path in it if that is below the shared one. */
export function mountFolder(folder: string, name: FarFolder): string[] {
  const ours = ourPathIn(name);
  const place = ours === undefined ? undefined : shellWord(`${folder}${ours}`);
  return [
    ...(place === undefined
      ? []
      : [`mkdir -p ${place}`, `mount -n --bind ${shellWord(ROOT)} ${place}`]),
    `mount -n --rbind ${shellWord(folder)} ${FAR_PATHS[name]}`,
  ];
}

async function farScript(place: Place, options: FarOptions): Promise<string> {
  const { command, user, setup = "", bare = false } = options;
  const usual = { ...place.env, PATH: `${PROGRAMS}:${PATH}` };
  const env = { ...(bare ? { PATH: usual.PATH } : usual), ...options.env };
  const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const as = user === undefined
    ? []
    : ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
  if (user !== undefined) {
    await new Deno.Command("chown", { args: ["-R", `${user}`, place.home] }).output();
  }
  return [
    "mount -n -t tmpfs -o mode=755 none /dev/pts",
    // Where it is a link into /dev/pts, it now leads nowhere.
    "test -L /dev/ptmx || mount -n --bind /dev/null /dev/ptmx",
    `mount -n --bind ${shellWord(`${ROOT}/bin`)} ${PROGRAMS}`,
    `mount -n --bind ${shellWord(BUILD)} ${HELPERS}`,
    ...FAR_FOLDERS.flatMap((name) => mountFolder(place.far(name), name)),
    `home=${shellWord(place.home)}`,
    setup,
    `cd ${shellWord(place.home)}`,
    `exec ${shellLine([await helper("far_init"), ...as, "env", "-i", ...words, ...command])}`,
  ].join("\n");
}
