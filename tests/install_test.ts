// `make install` puts what was built where it belongs.

import { assert, assertEquals } from "@std/assert";
import { ROOT } from "./harness/build.ts";
import { inPlace } from "./harness/through_rpty.ts";

/** The place and the mode of each file that may have been built. */
const INSTALLED: Readonly<Record<string, readonly [from: string, mode: number]>> = {
  "bin/rpty-master": ["bin/rpty-master", 0o755],
  "bin/rpty-slave": ["bin/rpty-slave", 0o755],
  "bin/rpty-slave-portable": ["bin/rpty-slave-portable", 0o755],
  "bin/rpty-bash": ["bin/rpty-bash", 0o755],
  "bin/busybox-rpty": ["bin/busybox-rpty", 0o755],
  "lib/librpty.a": ["build/librpty.a", 0o644],
  "share/doc/rpty/LICENSE": ["LICENSE", 0o644],
  "share/doc/rpty/rpty-shell.licences": ["bin/rpty-shell.licences", 0o644],
};

/** Installs what was built, without building. */
async function install(to: string): Promise<void> {
  const { code, stderr } = await new Deno.Command("make", {
    args: ["-o", "all", "install", `DESTDIR=${to}`, "PREFIX=/usr"],
    cwd: ROOT,
    // The variables of the outer make are not for this one.
    env: { MAKEFLAGS: "", MAKELEVEL: "" },
    stdout: "null",
    stderr: "piped",
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
}

async function files(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    found.push(...isDirectory ? await files(folder, `${below}${name}/`) : [`${below}${name}`]);
  }
  return found.sort();
}

const NEEDS = Object.values(INSTALLED).map(([from]) => `${ROOT}/${from}`);

inPlace("make install installs all that was built", ["make", ...NEEDS], async (place) => {
  const to = `${place.folder}/installed`;
  await install(to);
  assertEquals(await files(`${to}/usr`), Object.keys(INSTALLED).sort());
  for (const [name, [from, mode]] of Object.entries(INSTALLED)) {
    const [copy, original] = await Promise.all([
      Deno.stat(`${to}/usr/${name}`),
      Deno.stat(`${ROOT}/${from}`),
    ]);
    assertEquals([name, copy.size, copy.mode! & 0o777], [name, original.size, mode]);
  }
  const { stdout } = await new Deno.Command(`${to}/usr/bin/rpty-slave-portable`, {
    args: ["--licences"],
  }).output();
  assert(stdout.length > 1000);
});
