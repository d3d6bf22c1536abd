// Programs that change their user, move into another root or leave the session keep the terminal.

import { assertEquals, assertMatch } from "@std/assert";
import { inBash } from "./harness/bash.ts";
import { helper } from "./harness/build.ts";
import { FarSide, shellLine } from "./harness/far_side.ts";
import { ctrl, ENTER } from "./harness/keys.ts";
import { direct } from "./harness/links.ts";
import type { Scene } from "./harness/on_both.ts";
import { freePort, untilListening } from "./harness/ports.ts";
import { startMaster } from "./harness/rpty.ts";
import type { Session } from "./harness/session.ts";
import { inPlace, throughRpty } from "./harness/through_rpty.ts";

const AS_NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups";

/** A program that reads copies a line, and `key` gives the shell back. */
async function copies(session: Session, line: string, key: string): Promise<void> {
  session.type(`${line}${ENTER}`);
  await session.waitForOutput(`${line}\r\n${line}\r\n`);
  session.type(key);
  await session.waitForPrompt();
}

/** A shell with jobs, and a program that reads. */
async function isAtHome(session: Session): Promise<void> {
  assertEquals(await session.run("stty size; tty -s; echo $?"), ["24 80", "0"]);
  await session.foreground("cat");
  await copies(session, "line", ctrl("z"));
  assertEquals(await session.run("jobs -s | wc -l"), ["1"]);
  await session.launch("fg");
  await copies(session, "more", ctrl("c"));
  assertEquals(await session.run("stty -echo; stty -a | grep -o -- '-echo '"), ["-echo"]);
  await session.run("stty echo; clear");
}

/** Other users must be able to enter it. */
async function openHome({ place }: Scene): Promise<void> {
  await Deno.chmod(place.home, 0o777);
}

inBash("su gives a shell with jobs to another user", async (scene) => {
  const { session } = scene;
  await openHome(scene);
  session.type(`su nobody -s /bin/bash${ENTER}`);
  await session.waitForOutput(/nobody@.*\$ $/);
  session.type(`PS1='$ '${ENTER}`);
  await session.waitForPrompt();
  assertEquals(await session.run("id -un"), ["nobody"]);
  await isAtHome(session);
  await session.run("exit");
  assertEquals(await session.run("id -u"), ["0"]);
  await isAtHome(session);
}, { needs: ["root", "su"] });

inBash("su -c and su -l run a command of another user on the terminal", async (scene) => {
  const { session } = scene;
  // Where other users may go, wherever the checkout is.
  const tells = `${scene.place.home}/tells`;
  await Deno.copyFile(await helper("terminal_reporter"), tells);
  const quiet = "2> /dev/null";
  scene.same("stderr", await session.run("su nobody -s /bin/sh -c 'test -t 2; echo $?'"));
  for (
    const command of [
      `su nobody -s /bin/sh -c ${tells}`,
      `su nobody -s /bin/sh --session-command ${tells}`,
      `runuser -u nobody ${tells}`,
      `setpriv --reuid=nobody --regid=nogroup --init-groups --reset-env ${tells}`,
      `setpriv --no-new-privs --bounding-set=-all ${tells}`,
    ]
  ) assertEquals(await session.run(command), ["111 24 80"], command);
  assertEquals(await session.run(`su -l nobody -s /bin/sh -c ${tells} ${quiet}`), ["110 24 80"]);
  // Without a controlling terminal, because su has made a session.
  for (
    const command of [
      "(: > /dev/tty) 2> /dev/null; echo $?",
      "stty -echo; stty -a | grep -o -- -echo; stty echo",
      "stty -F /dev/tty > /dev/null 2>&1; echo $?",
    ]
  ) scene.same(command, await session.run(`su nobody -s /bin/sh -c '${command}'`));
  await session.launch("su nobody -s /bin/sh -c 'echo ready; read line; echo got $line'");
  await session.waitForOutput("ready");
  session.type(`a line${ENTER}`);
  await session.waitForOutput("got a line");
  await session.waitForPrompt();
}, { needs: ["root", "su", "cc"] });

inBash(
  "another user in the session opens /dev/tty, and runs full-screen programs",
  async (scene) => {
    const { session } = scene;
    await openHome(scene);
    await session.run(`seq 100 > lines; ${AS_NOBODY} sh -c 'echo to it > /dev/tty'`);
    await session.launch(`${AS_NOBODY} sh -c 'read line < /dev/tty; echo got $line' < /dev/null`);
    session.type(`by name${ENTER}`);
    await session.waitForOutput("got by name");
    await session.waitForPrompt();
    session.type(`${AS_NOBODY} less lines${ENTER}`);
    await session.waitFor(() => session.screen.alternate && session.screen.text.includes("lines"));
    session.type("G");
    await session.waitFor("100");
    await scene.snapshot("less");
    session.type("q");
    await session.waitForPrompt();
    await session.run(`clear; ${AS_NOBODY} bash --norc`);
    await isAtHome(session);
    await session.run("exit");
  },
  { needs: ["root", "less"] },
);

/** A command inside another root, which is removed afterwards. `how` binds the root into it. */
function inRoot(how: "--rbind" | "--bind", command: string): string {
  return `unshare -m sh -c 'mount -n ${how} / tree && exec chroot tree ${command}'`;
}

inBash("chroot to a root with the library keeps the terminal", async (scene) => {
  const { session } = scene;
  await session.run("mkdir tree");
  assertEquals(await session.run(inRoot("--rbind", await helper("terminal_reporter"))), [
    "111 24 80",
  ]);
  await session.run(inRoot("--rbind", "bash --norc"));
  await isAtHome(session);
  await session.run("exit");
}, { needs: ["root", "namespaces", "cc"] });

throughRpty("chroot to a root without the library keeps the terminal, by the keeper's filter", {
  needs: ["root", "cc"],
}, async ({ session }) => {
  await session.waitForPrompt();
  await session.run("mkdir tree; clear");
  // The far side's /tmp, with all our files, is a separate mount, so it is not in the new root.
  const tells = await helper("terminal_reporter");
  for (const command of [tells, `env -i ${tells}`, `sh -c "${tells}; true"`]) {
    assertEquals(await session.run(inRoot("--bind", command)), ["111 24 80"], command);
  }
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});

for (
  const [inside, needs] of [
    ["unshare -pf --mount-proc", ["namespaces", "root"]],
    ["bwrap --ro-bind / / --dev /dev --proc /proc --unshare-pid", ["bwrap"]],
  ] as const
) {
  inBash(`a shell in its own PID namespace has jobs: ${inside}`, async (scene) => {
    const { session } = scene;
    await session.run(`${inside} bash --norc`);
    scene.same("parent", await session.run("echo $PPID"));
    await isAtHome(session);
    await session.run("cat &");
    await session.run("until jobs -s | grep -q cat; do sleep 0.05; done; kill -9 %1");
    await session.run('until [ -z "$(jobs)" ]; do sleep 0.05; done');
    const asks = "os.tcgetpgrp(0) == os.getpgrp(), os.isatty(0)";
    scene.same("in front", await session.run(`python3 -c 'import os; print(${asks})'`));
    scene.same("by name", await session.run("echo by name > /dev/tty"));
    scene.same("in a session", await session.run("setsid -w sh -c ': < /dev/tty' 2>&1"));
    await session.run("clear; exit");
    await isAtHome(session);
  }, { needs: [...needs, "python3"] });
}

inBash("a session of another PID namespace is not ours, whatever its number", async (scene) => {
  const { session } = scene;
  const opens = `setsid -w sh -c ": < /dev/tty"`;
  const numbered = "echo $(($1 - 1)) > /proc/sys/kernel/ns_last_pid";
  await session.run(`clear; echo '${numbered}; ${opens}' > script`);
  scene.same("opens", await session.run("unshare -pf --mount-proc sh script $$ 2>&1"));
}, { needs: ["namespaces", "root", "/proc/sys/kernel/ns_last_pid"] });

inBash("setsid vim, on descriptors that it inherits", async (scene) => {
  const { session } = scene;
  session.type(`setsid -w vim -u NONE text${ENTER}`);
  await session.waitFor(() => session.screen.alternate);
  session.type("ifirst line\rsecond\x1b");
  await session.waitFor("second");
  await scene.snapshot("vim");
  session.type(`:wq${ENTER}`);
  await session.waitFor(() => !session.screen.alternate);
  await session.waitForPrompt();
  assertEquals(await session.run("cat text"), ["first line", "second"]);
  // In its own session it has no /dev/tty, only the descriptors that it inherits.
  scene.same("setsid", await session.run("setsid -w sh -c '(: < /dev/tty) 2> /dev/null; echo $?'"));
  scene.same("stty", await session.run("setsid -w stty -a"));
  assertEquals(await session.run("setsid -w sh -c 'test -t 0; echo $?'"), ["0"]);
}, { needs: ["vim"] });

const PASSPHRASE = "correct horse battery 9";

async function prepareGpg(session: Session, pinentry: string): Promise<void> {
  await session.run("mkdir -m 700 gnupg");
  await session.run(`echo pinentry-program $(command -v ${pinentry}) > gnupg/gpg-agent.conf`);
  // The agent measures for seconds how often it may hash a passphrase.
  await session.run("echo s2k-count 65536 >> gnupg/gpg-agent.conf");
  await session.run("gpg -k; echo secret > plain; clear");
}

/** Decrypts by an agent that does not know the passphrase, and ends the agent. */
async function decrypt(session: Session): Promise<void> {
  session.type(`gpg -d hidden${ENTER}`);
  await session.waitFor(/Passphrase:/);
  session.type(PASSPHRASE + ENTER);
  await session.waitForOutput("secret\r\n");
  await session.waitForPrompt();
  await session.run("gpgconf --kill gpg-agent");
}

/** gpg encrypts and decrypts. Its agent is in another session, and asks by the terminal's name. */
async function encrypt(scene: Scene, pinentry: string, again: RegExp): Promise<void> {
  const { session } = scene;
  await session.run("export GNUPGHOME=$HOME/gnupg GPG_TTY=$(tty)");
  await prepareGpg(session, pinentry);
  session.type(`gpg -o hidden -c plain${ENTER}`);
  await session.waitFor(/Passphrase:/);
  await scene.snapshot(pinentry);
  session.type(PASSPHRASE + ENTER);
  await session.waitFor(again);
  session.type(PASSPHRASE + ENTER);
  await session.waitForPrompt();
  await session.run("gpgconf --kill gpg-agent; clear");
  await decrypt(session);
}

inBash("gpg's agent asks with pinentry-curses", async (scene) => {
  await encrypt(scene, "pinentry-curses", /re-enter/);
  await scene.snapshot("afterwards");
}, { needs: ["gpg", "pinentry-curses"] });

inBash("gpg's agent asks with pinentry-tty", async (scene) => {
  await encrypt(scene, "pinentry-tty", /(Repeat|re-enter)/);
}, { needs: ["gpg", "pinentry-tty"] });

/** Encrypts, and leaves the agent behind. */
async function startAgent(session: Session): Promise<void> {
  await prepareGpg(session, "pinentry-curses");
  session.type(`gpg -o hidden -c plain${ENTER}`);
  await session.waitFor(/Passphrase:/);
  session.type(PASSPHRASE + ENTER);
  await session.waitFor(/re-enter/);
  session.type(PASSPHRASE + ENTER);
  await session.waitForPrompt();
}

/** Decrypts by an agent that has forgotten the passphrase. */
async function useAgent(session: Session): Promise<void> {
  await session.run("gpg-connect-agent reloadagent /bye; clear");
  await decrypt(session);
}

inPlace("gpg's agent, left behind by one session, asks on the next one's terminal", [
  ...["namespaces", "gpg", "pinentry-curses"],
], async (place) => {
  const ports = [freePort(), freePort()];
  const [first, last] = ports.map((port) => shellLine(direct.far(port, ["rpty-slave", "bash"])));
  const command = ["sh", "-c", `${first}; exec ${last}`];
  await using far = await FarSide.start(place, { command });
  for (const [index, use] of [startAgent, useAgent].entries()) {
    await untilListening(ports[index], "the far side");
    const transport = direct.near(ports[index]);
    await using session = await startMaster(place, {}, transport, () => far.errors);
    await session.waitForPrompt();
    await session.run("export GNUPGHOME=$HOME/gnupg GPG_TTY=$(tty)");
    await use(session);
    session.type(`exit${ENTER}`);
    assertEquals(await session.exit(), 0);
  }
  await far.untilGone();
});

/** A process of another user, in another session and without the terminal's descriptors, tries everything. */
const STRANGER = String.raw`
import array, errno, os, socket, struct, sys
name, shell = sys.argv[1], int(sys.argv[2])
folder = os.environ['LD_PRELOAD'].split(':')[0].rsplit('/', 1)[0]
root = folder.rsplit('/', 1)[0]
own = root + '/own'
MAGIC, SIZE, OPERATIONS = 0x59545052, 88, range(1, 17)

def ask(operation, argument, fds):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.settimeout(5)
    s.connect(folder + '/door')
    request = struct.pack('<IIi', MAGIC, operation, argument).ljust(SIZE - 8, b'\0')
    request += struct.pack('<iI', shell, 1) # as if from the keeper, which may ask for another
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else []
    s.sendmsg([request], rights)
    reply, ancillary, _, _ = s.recvmsg(4096, 64)
    if len(reply) < 4:
        return 'closed'
    return 'DESCRIPTOR' if ancillary else errno.errorcode.get(struct.unpack('<i', reply[:4])[0], 'GRANTED')

pipe = os.pipe()
for fds in ([], [os.open('/dev/null', os.O_RDWR)], [pipe[0]], [pipe[1]]):
    print('asks', sorted({ask(o, a, fds) for o in OPERATIONS for a in (0, 1, 2, shell)}))

def attempt(path, flags):
    try:
        os.close(os.open(path, flags | os.O_NONBLOCK))
        return 'OPENED ' + path
    except OSError as error:
        return errno.errorcode[error.errno]

def connect(path):
    try:
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect(path)
        return 'CONNECTED to ' + path
    except OSError as error:
        return errno.errorcode[error.errno]

print('dirs', [attempt(path, os.O_RDONLY) for path in (root, folder, own)])
print('fifos', sorted({attempt(f'{own}/{n}', f) for n in ('in', 'out', 'data')
                       for f in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_PATH)}))
print('page', sorted({attempt(f'{own}/page', f) for f in (os.O_RDONLY, os.O_RDWR, os.O_PATH)}))
print('own', connect(own + '/ctl'), connect(own + '/reach'), attempt(own + '/keeper', os.O_PATH),
      attempt(folder + '/librpty.so', os.O_RDWR))
print('tty', attempt('/dev/tty', os.O_RDWR), attempt(name, os.O_RDWR), attempt(name, os.O_RDONLY))
print('proc', sorted({attempt(f'/proc/{shell}/fd/{n}', os.O_RDWR) for n in range(3)}))
print('isatty', [os.isatty(n) for n in range(3)])
`;

const WHAT_A_STRANGER_GETS = [
  "asks ['ENOTTY', 'ENXIO']",
  "asks ['ENOTTY', 'ENXIO']",
  "asks ['ENOTTY', 'ENXIO']",
  "asks ['ENOTTY', 'ENXIO']",
  "dirs ['EACCES', 'EACCES', 'EACCES']",
  "fifos ['EACCES']",
  "page ['EACCES']",
  "own EACCES EACCES EACCES EACCES",
  "tty ENXIO ENOENT ENOENT",
  "proc ['EACCES']",
  "isatty [False, False, False]",
];

throughRpty("a stranger on the host gets nothing, whatever it asks", {
  needs: ["root", "python3"],
}, async ({ session, place }) => {
  await session.waitForPrompt();
  await place.write("stranger.py", STRANGER);
  await Deno.chmod(place.home, 0o755);
  const settings = await session.run("stty -a");
  const [name] = await session.run("tty");
  await session.run("clear");
  const stranger = "setpriv --reuid=4243 --regid=4243 --clear-groups setsid -w python3 stranger.py";
  const seen = await session.run(`${stranger} ${name} $$ < /dev/null 2>&1 | cat`);
  assertEquals(seen, WHAT_A_STRANGER_GETS);
  assertEquals(await session.run("stty -a"), settings);
  assertMatch((await session.run("echo still here")).join(), /still here/);
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
});
