// The portable slave's start: which files it carries, where it puts them, and what it leaves behind.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type BareHost, onBareHost, PROC } from "./harness/bare_host.ts";
import { ROOT } from "./harness/build.ts";
import { testWith } from "./harness/needs.ts";
import { inPlace, type Through } from "./harness/through_rpty.ts";

const PORTABLE = `${ROOT}/bin/rpty-slave-portable`;
const SHELL: BareHost = {
  programs: ["rpty-bash", "busybox-rpty"],
  slaveOptions: ["--shell=embedded"],
};

async function run(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const command = new Deno.Command(PORTABLE, { args, env, clearEnv: true });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

testWith(
  ["musl-gcc"],
  "the portable slave runs the slave, with the same arguments",
  async () => {
    assertEquals(await run({}, "--version"), await run({ LD_BIND_NOW: "1" }, "--version"));
    assertMatch((await run({}, "--version")).out, /^rpty-slave \d/);
    assertStringIncludes((await run({}, "--no-such")).err, 'unknown option "--no-such"');
  },
);

testWith(["musl-gcc"], "the portable slave has the licences of what it carries", async () => {
  const { out, code } = await run({}, "--licences");
  assertEquals(code, 0);
  for (const part of ["==== libc6 ", "==== libgcc-s1 ", "GNU LESSER GENERAL PUBLIC LICENSE"]) {
    assertStringIncludes(out, part);
  }
});

inPlace(
  "the portable slave ignores other C libraries, and leaves no files",
  ["musl-gcc"],
  async (place) => {
    const decoys = `${place.home}/decoys`;
    await Deno.mkdir(decoys);
    for (const name of ["libc.so.6", "libm.so.6", "libgcc_s.so.1"]) {
      await Deno.writeTextFile(`${decoys}/${name}`, "no library");
    }
    const env = { TMPDIR: place.far("tmp"), LD_LIBRARY_PATH: decoys };
    assertMatch((await run(env, "--version")).out, /^rpty-slave \d/);
    assertEquals([...Deno.readDirSync(place.far("tmp"))], []);
  },
);

/** Enough of a session, and a check that the programs' environment contains nothing of ours except the preload. */
async function works({ session }: Through): Promise<void> {
  await session.waitForPrompt();
  assertEquals(await session.run("stty size"), ["24 80"]);
  assertMatch(
    (await session.run("env | grep LD_")).join(" "),
    /^LD_PRELOAD=\/\S*rpty-\w{8}\/\w{20}\/librpty.so$/,
  );
  session.type("exit 3\r");
  assertEquals(await session.exit(), 3);
}

const NOEXEC_HOME = "mount -n -o remount,bind,noexec /srv/home";

onBareHost("the portable slave goes where programs may be run", {
  ...SHELL,
  mounts: [PROC, NOEXEC_HOME],
}, works);

onBareHost("the portable slave says where it tried to go", {
  ...SHELL,
  mounts: [PROC, NOEXEC_HOME, "mount -n -o remount,ro /srv"],
}, async ({ session, far }) => {
  assertEquals(await session.exit(), 255);
  const said = (session.screen.text + far.errors).replaceAll("\n", "");
  assertStringIncludes(said, "is mounted noexec");
});
