// Processes: starting one without standard streams, and those that run, as /proc shows them.

/** A process. */
export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  /** Program and arguments, joined by blanks. */
  readonly command: string;
  /** Resident memory in bytes. */
  readonly memory: number;
  /** The name of its process namespace. */
  readonly namespace: string;
}

/** Starts a program with nothing of ours: neither streams nor environment. */
export function startWithoutStreams(
  [program, ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Deno.ChildProcess {
  return new Deno.Command(program, {
    args,
    clearEnv: true,
    env: { ...env },
    cwd,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Describes a process; undefined if it is gone or a zombie. */
export async function processInfo(pid: number): Promise<ProcessInfo | undefined> {
  try {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(status)?.[1];
    if (field("State") === "Z") return undefined;
    const command = (await Deno.readTextFile(`/proc/${pid}/cmdline`)).split("\0").join(" ").trim();
    return {
      pid,
      parent: Number(field("PPid")),
      command: command === "" ? field("Name") ?? "" : command,
      memory: Number(field("VmRSS") ?? 0) * 1024,
      namespace: await Deno.readLink(`/proc/${pid}/ns/pid`),
    };
  } catch {
    return undefined;
  }
}

/** All visible processes. */
export async function processes(): Promise<ProcessInfo[]> {
  const found: ProcessInfo[] = [];
  for await (const entry of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(entry.name)) continue;
    const info = await processInfo(Number(entry.name));
    if (info !== undefined) found.push(info);
  }
  return found;
}

/** A process and its descendants. */
export async function processTree(pid: number): Promise<ProcessInfo[]> {
  const all = await processes();
  const tree = all.filter((one) => one.pid === pid);
  // `tree` grows while it is walked.
  for (const one of tree) tree.push(...all.filter(({ parent }) => parent === one.pid));
  return tree;
}

/** Resident memory in bytes, of all together. */
export function memoryOf(group: readonly ProcessInfo[]): number {
  return group.reduce((sum, { memory }) => sum + memory, 0);
}

/** How often a condition without an event is checked, in ms. */
const GLANCE = 20;

/** Checks a condition repeatedly until it holds; false if it does not in time. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  patience: number,
): Promise<boolean> {
  const deadline = performance.now() + patience;
  while (!await holds()) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, GLANCE));
  }
  return true;
}
