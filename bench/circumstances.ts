// The machine, and which programs were measured.

import { MASTER } from "../tests/harness/links.ts";
import { PATH } from "../tests/harness/needs.ts";
import type { Peer } from "./peers/peer.ts";
import type { Circumstances } from "./results.ts";

/** How a program prints its version, and on which stream. */
const VERSION_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  local: ["bash", "--version"],
  ssh: ["ssh", "-V"],
  socat: ["socat", "-V"],
  mosh: ["mosh-client", "--version"],
  rpty: [MASTER, "--version"],
};

/** Programs of a peer that are missing on this machine. */
export async function missing(peer: Peer): Promise<string[]> {
  const lacks: string[] = [];
  for (const name of peer.needs) {
    const found = await Promise.all(PATH.split(":").map((folder) => exists(`${folder}/${name}`)));
    if (!found.includes(true)) lacks.push(name);
  }
  return lacks;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}

/** The first line with a number in a program's output about its version. */
async function version(peer: string): Promise<string> {
  const [program, ...args] = VERSION_COMMANDS[peer];
  const { stdout, stderr } = await new Deno.Command(program, { args }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return said.split("\n").find((line) => /\d/.test(line))?.trim() ?? "";
}

/** Describes the machine as it is now. */
export async function observe(
  peers: readonly Peer[],
): Promise<Omit<Circumstances, "seconds" | "quick">> {
  const cpuinfo = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const [model = "processors"] = /(?<=^model name\s*: ).*/m.exec(cpuinfo) ?? [];
  const versions = await Promise.all(peers.map(async ({ name }) => [name, await version(name)]));
  const [load] = Deno.loadavg();
  return {
    date: new Date().toISOString().slice(0, 10),
    system: `${Deno.build.os} ${Deno.osRelease().split("-")[0]}`,
    processors: `${navigator.hardwareConcurrency} × ${model}`,
    load: [load, load],
    versions: Object.fromEntries(versions),
  };
}
