// A real runtime directory, for tests of the slave's parts.

import { embeddedPrograms } from "../../slave/embedded.ts";
import { makeRuntimeDirectory, type RuntimeDirectory } from "../../slave/runtime_directory.ts";
import { cFunction } from "../../sys/c_functions.ts";
import { eventually } from "./processes.ts";

/** Milliseconds in which processes must end. */
const PATIENCE = 10_000;

const P_ALL = 0;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x1000000;
const SIGINFO_SIZE = 128;

const waitid = cFunction("waitid", {
  parameters: ["i32", "i32", "buffer", "i32"],
  result: "i32",
});

/** Whether this process has no children, zombies included. */
function isChildless(): boolean {
  const options = WEXITED | WNOHANG | WNOWAIT;
  return waitid(P_ALL, 0, new Uint8Array(SIGINFO_SIZE), options) === -1;
}

/** Settles when all children have ended and been reaped. */
export async function childless(): Promise<void> {
  if (await eventually(isChildless, PATIENCE)) return;
  throw new Error("Cannot wait any longer: there are children left");
}

function filesBelow(path: string): string[] {
  return [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${path}/${name}`) : [name]
  );
}

/** A folder with a runtime directory. At the end the directory is gone and its keeper was reaped. */
export class Runtime implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly directory: RuntimeDirectory = makeRuntimeDirectory([this.folder], embeddedPrograms());

  /** Names of files in the runtime directory, in any of its own; nothing once it is gone. */
  get files(): string[] | undefined {
    try {
      return filesBelow(this.directory.path).sort();
    } catch {
      return undefined;
    }
  }

  /** Settles when the directory is gone, and all children have been reaped. */
  async ended(): Promise<void> {
    if (await eventually(() => this.files === undefined && isChildless(), PATIENCE)) return;
    throw new Error(`Cannot wait any longer: ${this.files} are left, or children`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
