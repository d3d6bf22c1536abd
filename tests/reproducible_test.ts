// A build gives the same bytes in any directory, and contains nothing from others that is not used.

import { assertEquals } from "@std/assert";
import { cutRuntime } from "../tools/offline/denort_cut.ts";
import { sha256 } from "../tools/sha256.ts";
import { ROOT } from "./harness/build.ts";
import { exists, PATH, testWith } from "./harness/needs.ts";

const PROGRAMS = ["bin/rpty-master", "bin/rpty-slave"];
const BUILT = [...PROGRAMS, "build/librpty.so", "build/rpty-keeper"];

/** What `deno compile` has put behind the runtime. */
function application(path: string): string {
  const program = Deno.readFileSync(path);
  return new TextDecoder("latin1").decode(program.subarray(cutRuntime(program).length));
}

async function run(command: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(command, { args, env }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals(code, 0, `${command} ${args.join(" ")}: ${text}`);
}

/**
 * Builds a copy of the checkout in `folder` by `make`, for another user as far as HOME tells, and gives the sums.
 * Deno and its cache are those in use, so that nothing need be fetched.
 */
async function buildIn(folder: string, options: { newTimes: boolean }): Promise<string[]> {
  const tree = `${folder}/tree`;
  const home = `${folder}/home`;
  for (const path of [tree, home, `${home}/bin`]) Deno.mkdirSync(path, { recursive: true });
  const cache = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME")}/.cache`;
  Deno.symlinkSync(cache, `${home}/.cache`);
  Deno.symlinkSync(Deno.realPathSync(`${ROOT}/build/deno`), `${home}/bin/deno`);
  const left = ["bin", "build", "dist", ".git"].map((name) => `--exclude=./${name}`);
  const times = options.newTimes ? "--touch" : "--preserve-permissions";
  await run("sh", [
    "-c",
    'tar cf - -C "$0" "$@" . | tar xf - -C "$TREE" "$TIMES"',
    ROOT,
    ...left,
  ], { TREE: tree, TIMES: times });
  await run("make", ["-C", tree, ...BUILT], {
    HOME: home,
    XDG_CACHE_HOME: `${home}/.cache`,
    DENO_DIR: Deno.env.get("DENO_DIR") ?? `${home}/.cache/deno`,
    PATH: `${home}/bin:${PATH}`,
    MAKEFLAGS: "",
    MAKELEVEL: "",
  });
  return Promise.all(
    BUILT.map(async (name) => `${await sha256(await Deno.readFile(`${tree}/${name}`))} ${name}`),
  );
}

for (const name of PROGRAMS.filter((name) => exists(`${ROOT}/${name}`))) {
  testWith([], `${name} holds no native addon, no npm package and no path of this machine`, () => {
    const embedded = application(`${ROOT}/${name}`);
    const home = Deno.env.get("HOME") || "/root";
    const unwanted = ["cbor-extract", ".node", "node_modules/", `${home}/`, `${ROOT}/`];
    assertEquals(unwanted.filter((text) => embedded.includes(text)), []);
    return Promise.resolve();
  });
}

testWith(["long", "make", "cc", "tar"], "two builds in two folders are equal", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rpty-reproducible-" });
  try {
    const first = await buildIn(`${folder}/first`, { newTimes: false });
    const second = await buildIn(`${folder}/a/second/one`, { newTimes: true });
    assertEquals(second, first);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
