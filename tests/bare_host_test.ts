// Hosts with only a kernel: the portable slave and the static shell.

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type BareHost, DEV, onBareHost, PROC } from "./harness/bare_host.ts";
import { ROOT } from "./harness/build.ts";
import { ctrl, DOWN, ENTER, ESCAPE, TAB, UP } from "./harness/keys.ts";
import type { Through } from "./harness/through_rpty.ts";

const BUNDLE = ["rpty-bash", "busybox-rpty"];
const SHELL: BareHost = { programs: BUNDLE, slaveOptions: ["--shell=embedded"] };

async function leave({ session }: Through, status = 0): Promise<void> {
  session.type(`exit ${status}${ENTER}`);
  assertEquals(await session.exit(), status);
}

/** Registers a session of the static shell, from prompt to exit. */
function inStaticShell(name: string, test: (scene: Through) => Promise<void>): void {
  onBareHost(`the static shell ${name} where there is but a kernel`, SHELL, async (scene) => {
    await scene.session.waitForPrompt();
    await test(scene);
    await leave(scene, 7);
  });
}

inStaticShell("has a terminal and its commands", async ({ session }) => {
  assertEquals(await session.run("ls /"), [
    "busybox-rpty  home          proc          rpty-bash     rpty-slave",
  ]);
  assertEquals(await session.run("stty size"), ["24 80"]);
  assertMatch((await session.run("tty"))[0], /^\/dev\//);
  assertEquals(await session.run("[ -t 0 -a -t 1 -a -t 2 ] && echo all"), ["all"]);
  assertEquals(await session.run("type ls"), ["ls is an applet of /busybox-rpty"]);
  assertEquals(await session.run("find / -maxdepth 1 -name 'r*' | xargs ls -d | grep -c rpty"), [
    "2",
  ]);
  assertEquals(
    await session.run(
      "cd; echo a b | awk '{print $2}' | tr b c | tee file; tar c file | tar t; cd /",
    ),
    ["c", "file"],
  );
  assertEquals(await session.run("PATH= ls -d /; (unset PATH; ls -d /; cd /; PATH=.; ls -d /)"), [
    "/",
    "/",
    "/",
  ]);
  // Programs that look for /bin/sh, or for another program in PATH.
  assertEquals(await session.run('awk \'BEGIN { system("ls -d /proc"); print "x" | "cat" }\''), [
    "/proc",
    "x",
  ]);
  assertEquals(await session.run("cd; tar czf file.tgz file; tar tzf file.tgz; cd /"), ["file"]);
  assertStringIncludes((await session.run("ps -o args")).join("\n"), "rpty-bash");
  assertStringIncludes((await session.run("help")).join("\n"), " wc wget which ");
  assertEquals(await session.run("wget 2>&1 | head -n 1 | cut -d ' ' -f 1"), ["BusyBox"]);
  assertEquals(await session.run("none-such 2>&1 | grep -o 'not found'; echo ${PIPESTATUS[0]}"), [
    "not found",
    "127",
  ]);
});

inStaticShell("runs scripts whose interpreter is not there", async ({ session, place }) => {
  const scripts: Record<string, string> = {
    sh: "#!/bin/sh\necho ${0##*/} $1 ${BASH_VERSION:-ash}; exit 3",
    bash: "#! /bin/bash -u \necho ${0##*/} $1 ${BASH_VERSION%%.*} $-",
    env: "#!/usr/bin/env sh\necho ${0##*/} $1",
    awk: "#!/usr/bin/awk -f\nBEGIN { print ARGV[1] }",
    perl: "#!/usr/bin/perl\nprint 1;",
  };
  for (const [name, text] of Object.entries(scripts)) {
    await place.write(name, `${text}\n`);
    await Deno.chmod(`${place.home}/${name}`, 0o755);
  }
  await session.run("cd");
  assertEquals(await session.run("./sh a; echo $?; PATH=. sh b"), ["sh a ash", "3", "sh b ash"]);
  assertEquals(await session.run("./bash a"), ["bash a 5 huB"]);
  assertEquals(await session.run("./env a; ./awk a"), ["env a", "a"]);
  const missing = "./perl: cannot execute: required file not found";
  assertEquals(await session.run("./perl 2>&1 | sed 's/^[^ ]* //'; echo ${PIPESTATUS[0]}"), [
    missing,
    "127",
  ]);
  // Programs that busybox starts itself.
  assertEquals(
    await session.run(
      "echo a | xargs ./sh; find . -name bash -exec {} b ';'; env ./env c; sh -c './sh d'; timeout 9 ./bash e",
    ),
    ["sh a ash", "bash b 5 huB", "env c", "sh d ash", "bash e 5 huB"],
  );
});

inStaticShell("completes, recalls and edits lines", async ({ session }) => {
  session.type(`unam${TAB}`);
  await session.waitFor(() => session.screen.cursor.col === "$ uname ".length);
  session.type(`-s${ENTER}`);
  await session.waitFor("Linux");
  await session.waitForPrompt();
  session.type(`echo /rpty-s${TAB}`);
  await session.waitFor("$ echo /rpty-slave");
  session.type(`${ctrl("a")}${ESCAPE}d${ctrl("k")}${ctrl("u")}`);
  await session.waitForPrompt();
  await session.run("echo once");
  session.type(UP);
  await session.waitFor(/\$ echo once$/);
  session.type(`\x7f\x7f\x7f\x7fagain${ENTER}`);
  await session.waitFor(/^again$/m);
  await session.waitForPrompt();
  session.type(`${ctrl("r")}unam`);
  await session.waitFor("uname -s");
  session.type(ctrl("g"));
  await session.waitForPrompt();
  // Longer than the window: the line wraps.
  const long = "x".repeat(100);
  session.type(`echo ${long}${ctrl("a")}`);
  await session.waitFor(() => session.screen.cursor.col === 2);
  session.type(ENTER);
  await session.waitForOutput(`${long}\r\n`);
  await session.waitForPrompt();
});

inStaticShell("has job control", async ({ session }) => {
  await session.foreground("cat");
  session.type(ctrl("c"));
  await session.waitForPrompt();
  assertEquals(await session.run("echo $?"), ["130"]);
  await session.foreground("sleep 300");
  session.type(ctrl("z"));
  await session.waitFor(/\[1\]\+ +Stopped .*exec sleep 300/);
  await session.waitForPrompt();
  assertMatch((await session.run("jobs")).join(), /\[1\]\+ +Stopped .*exec sleep 300/);
  await session.launch("fg");
  await session.waitForOutput("exec sleep 300 )\r\n");
  session.type(ctrl("c"));
  await session.waitForPrompt();
  assertEquals(await session.run("echo $?"), ["130"]);
  assertMatch((await session.run("sleep 0.1 & wait $!; echo done $?")).join("\n"), /done 0/);
});

inStaticShell("edits and saves with vi, stopped in between", async ({ session, place }) => {
  await place.write("note.txt", "first\nsecond\nthird\n");
  await session.run("cd; clear");
  session.type(`vi note.txt${ENTER}`);
  await session.waitFor(/note.txt.* 1\/3/);
  session.type(`onew line${ESCAPE}`);
  await session.waitFor("new line");
  session.type(ctrl("z"));
  await session.waitForPrompt();
  assertMatch((await session.run("jobs")).join(), /Stopped +vi note.txt/);
  session.type(`fg${ENTER}`);
  await session.waitFor(() => session.screen.lines[1] === "new line");
  session.type(`${DOWN}dd:wq${ENTER}`);
  await session.waitForPrompt();
  assertEquals(await Deno.readTextFile(`${place.home}/note.txt`), "first\nnew line\nthird\n");
});

inStaticShell("pages with less and more, and shows top", async ({ session }) => {
  await session.run("seq 100 > numbers; clear");
  session.type(`less numbers${ENTER}`);
  await session.waitFor(() => session.screen.lines[22] === "23");
  session.type(" ");
  await session.waitFor(() => session.screen.lines[22] === "46");
  session.type(`/77${ENTER}`);
  await session.waitFor(() => session.screen.lines[0] === "77");
  session.type("q");
  await session.waitForPrompt();
  session.type(`seq 50 | more${ENTER}`);
  await session.waitFor("--More--");
  session.type(" ");
  await session.waitFor(/^46$/m);
  session.type(" ");
  await session.waitFor(/^50$/m);
  await session.waitForPrompt();
  session.type(`top${ENTER}`);
  await session.waitFor(/^ *PID +PPID +USER/m);
  await session.waitFor(/^Load average:/m);
  session.type("q");
  await session.waitForPrompt();
});

inStaticShell("follows the window's size", async ({ session }) => {
  session.resize({ cols: 100, rows: 30 });
  await session.waitFor(() => session.screen.cursorLine === "$");
  assertEquals(await session.run("stty size; echo $COLUMNS $LINES"), ["30 100", "100 30"]);
  assertEquals(await session.run("resize | head -n 1"), [
    "COLUMNS=100;LINES=30;export COLUMNS LINES;",
  ]);
  assertEquals(await session.run("stty -echo; stty -a | grep -o -- '-echo '"), ["-echo"]);
  await session.run("stty -echo; reset");
  assertEquals(await session.run("stty -a | grep -co -- '-echo '"), ["0"]);
});

onBareHost("./rpty-bash is a shell like any other", {
  programs: BUNDLE,
  command: ["./rpty-bash", "-c", "tty > /dev/null; stty size; exit 4"],
  mounts: [PROC, DEV],
}, async ({ session }) => {
  await session.waitFor("24 80");
  assertEquals(await session.exit(), 4);
});

onBareHost(
  "--shell=embedded runs an applet",
  { ...SHELL, command: ["stty", "size"] },
  async ({ session }) => {
    await session.waitFor("24 80");
    assertEquals(await session.exit(), 0);
  },
);

onBareHost(
  "--shell=embedded says what is missing",
  { slaveOptions: ["--shell=embedded"] },
  async (scene) => {
    assertEquals(await scene.session.exit(), 255);
    const said = (scene.session.screen.text + scene.far.errors).replaceAll("\n", "");
    assertStringIncludes(said, "Cannot find the static shell");
  },
);

onBareHost("the portable slave says that it needs /proc", { mounts: [] }, async (scene) => {
  assertEquals(await scene.session.exit(), 255);
  const said = (scene.session.screen.text + scene.far.errors).replaceAll("\n", "");
  assertStringIncludes(said, "mount -t proc proc /proc");
});

/** The loader of musl programs, which is also their C library. */
const MUSL_LOADER = "/lib/ld-musl-x86_64.so.1";

/** A host like Alpine: musl and busybox under their usual names, and no glibc. */
const MUSL: BareHost = {
  files: {
    [MUSL_LOADER]: MUSL_LOADER,
    ...Object.fromEntries(
      ["sh", "ls", "cat", "stty", "env", "grep", "vi", "sleep", "tty"].map((name) => [
        `/bin/${name}`,
        `${ROOT}/build/shell/busybox-musl`,
      ]),
    ),
  },
  mounts: [PROC, DEV],
  command: ["/bin/sh"],
  needs: [`${ROOT}/build/shell/busybox-musl`],
};

onBareHost("the portable slave works where there is but musl", MUSL, async (scene) => {
  const { session, place } = scene;
  await session.waitForPrompt();
  assertEquals(await session.run("stty size; ls /lib"), ["24 80", "ld-musl-x86_64.so.1"]);
  assertEquals(
    await session.run(
      "grep -c librpty.so /proc/self/maps > n; [ $(cat n) -gt 0 ] && echo preloaded",
    ),
    [
      "preloaded",
    ],
  );
  assertMatch(
    (await session.run("env | grep ^LD_")).join(),
    /^LD_PRELOAD=\/home\/rpty-\w{8}\/\w{20}\/librpty.so$/,
  );
  await session.foreground("cat");
  session.type(ctrl("z"));
  await session.waitFor(/Stopped/);
  await session.waitForPrompt();
  await session.launch("fg");
  await session.waitForOutput("exec cat)\r\n");
  session.type(ctrl("c"));
  await session.waitForPrompt();
  await session.run("cd");
  // busybox asks for the cursor's position, and takes what follows the answer at once as part of it.
  await session.settle();
  session.type(`vi note.txt${ENTER}`);
  await session.waitFor(() => session.screen.alternate);
  await session.settle();
  session.type(`ione${ESCAPE}`);
  await session.waitFor(/^one/m);
  await session.settle();
  session.type(`:wq${ENTER}`);
  await session.waitForPrompt();
  assertEquals(await Deno.readTextFile(`${place.home}/note.txt`), "one\n");
  await leave(scene, 7);
});
