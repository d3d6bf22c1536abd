// An sshd that the test starts, with its own keys, port and user, in a far side with copies of the accounts.

import { FarSide } from "./far_side.ts";
import type { Place } from "./place.ts";
import { freePort, untilListening } from "./ports.ts";

/** A user that exists only on the far side. */
const USER = "rptytest";
const USER_ID = 4242;
const PASSWORD = "open sesame";

export interface Sshd extends AsyncDisposable {
  /** The transport that reaches a slave with bash there. */
  readonly client: string[];
  readonly password: string;
}

/** Starts one. */
export async function startSshd(place: Place): Promise<Sshd> {
  const port = freePort();
  const folder = `${place.folder}/sshd`;
  await Deno.mkdir(folder);
  await run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${folder}/key`);
  const hash = (await run("openssl", "passwd", "-6", PASSWORD)).trim();
  await copyWith(
    "/etc/passwd",
    `${folder}/passwd`,
    `${USER}:x:${USER_ID}:${USER_ID}::${place.home}:/bin/bash`,
  );
  await copyWith("/etc/shadow", `${folder}/shadow`, `${USER}:${hash}:19000:0:99999:7:::`);
  await Deno.writeTextFile(`${folder}/config`, CONFIG(folder));
  await run("chown", "-R", `${USER_ID}`, place.home);
  const far = await FarSide.start(place, {
    setup: [
      "mkdir -p /run/sshd",
      `mount -n --bind ${folder}/passwd /etc/passwd`,
      `mount -n --bind ${folder}/shadow /etc/shadow`,
    ].join("\n"),
    command: ["/usr/sbin/sshd", "-D", "-e", "-f", `${folder}/config`, "-p", `${port}`],
  });
  await untilListening(port, "sshd").catch(async (error) => {
    await far[Symbol.asyncDispose]();
    throw new Error(`${error.message}: ${far.errors}`);
  });
  return {
    password: PASSWORD,
    client: [
      ...["ssh", "-T", "-F", "/dev/null", "-p", `${port}`, "-o", "PubkeyAuthentication=no"],
      ...["-o", `UserKnownHostsFile=${folder}/known_hosts`, "-o", "StrictHostKeyChecking=ask"],
      ...[`${USER}@127.0.0.1`, "/mnt/rpty-slave bash"],
    ],
    [Symbol.asyncDispose]: () => far[Symbol.asyncDispose](),
  };
}

const CONFIG = (folder: string) =>
  [
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/key`,
    `PidFile ${folder}/pid`,
    "UsePAM no",
    "PasswordAuthentication yes",
    "StrictModes no",
    "PrintMotd yes",
    "",
  ].join("\n");

async function copyWith(from: string, to: string, line: string): Promise<void> {
  await Deno.writeTextFile(to, `${(await Deno.readTextFile(from)).trimEnd()}\n${line}\n`);
}

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`Cannot run ${command}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
