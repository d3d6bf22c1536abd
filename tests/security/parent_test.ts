// Root's session is never put into a directory that somebody else could replace.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { shellLine } from "../harness/far_side.ts";
import { ENTER } from "../harness/keys.ts";
import { direct } from "../harness/links.ts";
import { exists } from "../harness/needs.ts";
import { eventually } from "../harness/processes.ts";
import { PROMPT } from "../harness/session.ts";
import { type Through, type ThroughOptions, throughRpty } from "../harness/through_rpty.ts";
import { findPlaces } from "./places.ts";
import { markerLibrary } from "./programs.ts";
import { attackFrom, NOBODY } from "./stranger.ts";

/** Where the bad folders lie on the far side. */
const BAD = "/srv/bad";
/** What a reason may be called: whose folder it is, who may write there, or that it is a link. */
const REASON = /own|belong|writ|sticky|link|other user|somebody|nobody|trust|safe/i;

/** Folders in which somebody else may rename what is ours, by what makes them so. Made by root. */
const BAD_PARENTS: Readonly<Record<string, string>> = {
  "it is somebody else's": `mkdir ${BAD}; chown ${NOBODY} ${BAD}`,
  "all may write there, without the sticky bit": `mkdir ${BAD}; chmod 777 ${BAD}`,
  "it lies below somebody else's": `mkdir -p /srv/theirs/bad; chown ${NOBODY} /srv/theirs`,
  // Relative, since the harness looks at it from another root.
  "it is somebody else's link": [
    "mkdir /srv/common /srv/good; chmod 1777 /srv/common",
    `ln -s ../good /srv/common/bad; chown -h ${NOBODY} /srv/common/bad`,
  ].join("\n"),
};
/** Where they lie on the far side, if not at BAD. */
const PATHS: Readonly<Record<string, string>> = {
  "it lies below somebody else's": "/srv/theirs/bad",
  "it is somebody else's link": "/srv/common/bad",
};

const FRESH_SRV = "mount -n -t tmpfs -o mode=755 none /srv";
/** Nothing else will do: neither the usual folders nor the home below /var/tmp. */
const NOTHING_ELSE = [
  "mount -n --bind /var/tmp /var/tmp",
  ...["/tmp", "/run", "/dev/shm", "/var/tmp"].map((path) =>
    `mount -n -o remount,bind,noexec ${path}`
  ),
].join("\n");

/** Where the slave is told to look, by the environment or by where it stands. */
const NAMED = ["TMPDIR", "XDG_RUNTIME_DIR", "HOME", "the working directory"];

function toldOf(named: string, path: string): Partial<ThroughOptions> {
  if (named !== "the working directory") {
    return { far: { env: { PS1: PROMPT, [named]: path } } };
  }
  const enter = (command: string[]) => ["sh", "-c", `cd ${path} && exec ${shellLine(command)}`];
  return {
    far: { env: { PS1: PROMPT, HOME: "/nowhere" } },
    link: { ...direct, far: (port, slave) => enter(direct.far(port, slave)) },
  };
}

/** A shell that needs no home. */
const COMMAND = ["bash", "--norc", "--noprofile"];

async function leave({ session }: Through): Promise<void> {
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
}

/** Waits until there is a session, or the slave has said why not. */
async function begunOrRefused({ session }: Through): Promise<boolean> {
  const atPrompt = () => session.screen.cursorLine === PROMPT.trimEnd();
  await session.waitFor(() => session.exitCode !== undefined || atPrompt());
  return session.exitCode === undefined;
}

for (const [why, setup] of Object.entries(BAD_PARENTS)) {
  const path = PATHS[why] ?? BAD;

  throughRpty(`root's session goes elsewhere where TMPDIR is bad: ${why}`, {
    needs: ["root"],
    command: COMMAND,
    far: { setup: `${FRESH_SRV}\n${setup}`, env: { PS1: PROMPT, TMPDIR: path } },
  }, async (scene) => {
    await scene.session.waitForPrompt();
    const { top } = await findPlaces(scene.far);
    assert(!top.startsWith("/srv/"), `the session lies in "${top}"`);
    await leave(scene);
  });

  for (const named of NAMED) {
    // The working directory is told of without the links that lead there.
    if (named === "the working directory" && why.includes("link")) continue;
    const told = toldOf(named, path);
    throughRpty(`root's session refuses to be in ${named}: ${why}`, {
      needs: ["root"],
      command: COMMAND,
      ...told,
      far: { ...told.far, setup: `${FRESH_SRV}\n${setup}\n${NOTHING_ELSE}` },
    }, async (scene) => {
      if (await begunOrRefused(scene)) {
        const { top } = await findPlaces(scene.far);
        throw new Error(`the session lies in "${top}"`);
      }
      const said = `${scene.session.screen.text}${scene.far.errors}`.replaceAll("\n", "");
      assertEquals(scene.session.exitCode, 255, said);
      assertMatch(said, new RegExp(`${path}[^,]*(${REASON.source})`, REASON.flags));
    });
  }
}

throughRpty("root's session goes elsewhere where /tmp is writable to all, without the sticky bit", {
  needs: ["root"],
  far: { setup: "chmod 777 /tmp" },
}, async (scene) => {
  await scene.session.waitForPrompt();
  const { top } = await findPlaces(scene.far);
  assert(!top.startsWith("/tmp/"), `the session lies in "${top}"`);
  await leave(scene);
});

/** Makes the folders above a library again, and puts one's own there. */
function takeOver(library: string, own: string): string[] {
  const folder = library.slice(0, library.lastIndexOf("/"));
  return ["sh", "-c", `mkdir -p ${folder} && cp ${own} ${library}; chmod -R 755 ${folder}`];
}

/** What a program that lives on does when it is told: it starts others. */
const LIVES_ON = [
  "trap '' HUP",
  "read word < go",
  "(/bin/true; /usr/bin/env true; ls; bash -c 'cat /dev/null') > /dev/null",
  "echo > done",
  "read word < leave",
].join("\n");

/** How long, in ms, that may take. */
const PATIENCE = 10_000;

/** A session, or what it has left behind, runs no code of whoever takes the name of its folder. */
function sweptAway(name: string, ends: boolean): void {
  throughRpty(`a session whose folder was swept away runs nobody's library: ${name}`, {
    needs: ["root", "cc", "nsenter", "setpriv"],
    // As on any host: /tmp is everybody's, /run is root's.
    far: { setup: "chmod 755 /run" },
  }, async ({ session, far, place }) => {
    const loaded = `${place.home}/loaded`;
    await session.waitForPrompt();
    await place.write("lives-on", LIVES_ON);
    await session.run("mkfifo go leave; nohup bash lives-on > /dev/null 2>&1 < /dev/null & clear");
    const { library, top } = await findPlaces(far);
    const living = (await far.find(/^bash lives-on/)).pid;
    const folder = `/proc/${living}/root${top}`;
    if (ends) {
      session.type(`exit${ENTER}`);
      assertEquals(await session.exit(), 0);
    }
    await Deno.remove(folder, { recursive: true });
    await attackFrom(living, takeOver(library, await markerLibrary(loaded)));
    await Deno.writeTextFile(`${place.home}/go`, "\n");
    const isDone = () => exists(`${place.home}/done`);
    assert(await eventually(isDone, PATIENCE), "the program that lives on has not done its work");
    if (!ends) await session.run("/bin/true; ls > /dev/null; clear");
    const wasLoaded = exists(loaded);
    if (exists(folder)) await Deno.remove(folder, { recursive: true });
    await Deno.writeTextFile(`${place.home}/leave`, "\n");
    assert(!wasLoaded, `a library that nobody wrote to "${library}" was loaded by root`);
  });
}

sweptAway("while it lives", false);
sweptAway("after its end, while a program of it lives on", true);
