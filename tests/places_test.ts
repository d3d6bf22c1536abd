// Hosts where directories, devices or programs are missing.

import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { ENTER } from "./harness/keys.ts";
import type { Session } from "./harness/session.ts";
import { type Through, type ThroughOptions, throughRpty } from "./harness/through_rpty.ts";

/** The user nobody, on any Linux. */
const NOBODY = 65534;

/** Enough of a session to show that everything works. */
async function works({ session }: { session: Session }): Promise<void> {
  await session.waitForPrompt();
  assertEquals(await session.run("stty size; tty > /dev/null; echo $?"), ["24 80", "0"]);
  await session.foreground("cat");
  session.type(`line${ENTER}`);
  await session.waitForOutput("line\r\nline\r\n");
  session.type("\x03");
  await session.waitForPrompt();
  session.type(`exit 5${ENTER}`);
  assertEquals(await session.exit(), 5);
}

/** A /dev that has the usual devices and nothing else: no ptmx, no pts, no shm. */
const BARE_DEV = [
  "mount -n -t tmpfs -o mode=755 none /opt",
  "for node in null zero full random urandom tty; do",
  "  touch /opt/$node; mount -n --bind /dev/$node /opt/$node; done",
  "ln -s /proc/self/fd /opt/fd; ln -s fd/0 /opt/stdin; ln -s fd/1 /opt/stdout; ln -s fd/2 /opt/stderr",
  "mount -n --move /opt /dev",
].join("\n");

const NOEXEC = (path: string) => `mount -n -o remount,bind,noexec ${path}`;
const READ_ONLY = (path: string) => `mount -n -o remount,bind,ro ${path}`;

const PLACES: Readonly<Record<string, ThroughOptions["far"]>> = {
  "TMPDIR and HOME are not writable": {
    setup: `mount -n --bind /srv /srv; ${READ_ONLY("/srv")}`,
    env: { TMPDIR: "/srv", HOME: "/srv" },
  },
  "TMPDIR does not exist": { env: { TMPDIR: "/no/such/folder" } },
  "TMPDIR has a long name with blanks": {
    setup: `mount -n -t tmpfs none /srv; mkdir "/srv/${"a long name ".repeat(12)}"`,
    env: { TMPDIR: `/srv/${"a long name ".repeat(12)}` },
  },
  "/tmp is read-only": { setup: READ_ONLY("/tmp") },
  "/tmp is noexec": { setup: NOEXEC("/tmp") },
  "/dev/shm is noexec": { setup: NOEXEC("/dev/shm") },
  "/dev is bare, without shm": { setup: BARE_DEV },
  "/tmp, /run and /dev/shm are noexec": {
    setup: ["/tmp", "/run", "/dev/shm"].map(NOEXEC).join("\n"),
  },
  "the environment is empty but for PATH": { bare: true, env: { PS1: "$ " } },
};

for (const [name, far] of Object.entries(PLACES)) {
  // A shell without HOME or rc file shows its own prompt.
  const command = ["bash", "--norc", "--noprofile"];
  throughRpty(
    `works where ${name}`,
    { far: { ...far, env: { PS1: "$ ", ...far?.env } }, command },
    works,
  );
}

throughRpty("works for an unprivileged user", { needs: ["root"], far: { user: NOBODY } }, works);

throughRpty("works for an unprivileged user who may write only in /dev/shm", {
  needs: ["root"],
  far: {
    user: NOBODY,
    setup: `chmod 755 /tmp /run; mount -n --bind /var/tmp /var/tmp; ${READ_ONLY("/var/tmp")}`,
    env: { HOME: "/root", PS1: "$ " },
  },
  command: ["bash", "--norc", "--noprofile"],
}, works);

throughRpty("says which directories were tried if none is suitable", {
  far: {
    setup: [
      ...["/tmp", "/run", "/dev/shm"].map(NOEXEC),
      "mount -n --bind /var/tmp /var/tmp",
      NOEXEC("/var/tmp"),
    ].join("\n"),
  },
}, async ({ session, far }) => {
  assertEquals(await session.exit(), 255);
  const said = session.screen.text + far.errors;
  for (const tried of ["/tmp", "/dev/shm", "/var/tmp", "noexec", "TMPDIR"]) {
    assertMatch(said.replaceAll("\n", ""), new RegExp(tried));
  }
});

/** Connects to every control socket that it can find, and asks for a change. */
const STRANGER = `
import os, socket
answers = 0
door = os.path.dirname(os.environ['LD_PRELOAD']) + '/door'
paths = [line.split()[-1] for line in open('/proc/net/unix') if 'rpty' in line] + [door]
for path in paths:
    try:
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        s.settimeout(10)
        s.connect(path)
        for request in (b'stty\\n', bytes(64), b'\\xff' * 256):
            s.sendall(request)
        answers += len(s.recv(4096))
    except OSError:
        pass
print('answers', answers)
`;

throughRpty("a stranger on the host gets nothing", {
  needs: ["root", "python3"],
}, async (scene) => {
  const { session, place } = scene;
  await session.waitForPrompt();
  await place.write("stranger.py", STRANGER);
  await Deno.chmod(place.home, 0o755);
  const settings = await session.run("stty -a");
  // Without the terminal's descriptors, as another user and in another session.
  const stranger = "setpriv --reuid=4243 --regid=4243 --clear-groups setsid";
  assertEquals(
    await session.run(`${stranger} python3 stranger.py < /dev/null 2>&1 | cat`),
    ["answers 0"],
  );
  const [name] = await session.run("tty");
  const change = `${stranger} stty -F ${name} rows 5 < /dev/null 2> /dev/null | cat`;
  await session.run(change);
  assertEquals(await session.run("stty -a"), settings);
  await works(scene);
});

throughRpty("another user who was given the terminal keeps it", {
  needs: ["root"],
}, async (scene: Through) => {
  const { session } = scene;
  await session.waitForPrompt();
  const other = `setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups`;
  assertEquals(await session.run(`${other} stty size`), ["24 80"]);
  assertEquals(await session.run(`${other} stty -echo; stty -a | grep -o -- '-echo '`), ["-echo"]);
  await session.run("stty echo");
  await session.run(`exec ${other} bash --norc`);
  assertNotEquals(await session.run("id -u"), ["0"]);
  await works(scene);
});
