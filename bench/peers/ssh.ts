// ssh to an sshd that the benchmark starts, with its own port and keys, as this user, without a password.

import { shellLine } from "../../tests/harness/far_side.ts";
import type { Place } from "../../tests/harness/place.ts";
import { startServer } from "./far_process.ts";
import { type Peer, SHELL } from "./peer.ts";

/** sshd starts only by its absolute path. */
const SSHD = "/usr/sbin/sshd";
/** Without this directory sshd does not start as root. */
const PRIVILEGE_SEPARATION = "/run/sshd";

export const ssh: Peer = {
  name: "ssh",
  needs: ["ssh", "sshd", "ssh-keygen"],
  protocol: "tcp",
  complete: true,
  programs: { near: /^ssh /, far: /^sshd/ },
  listen: async (place, env) => {
    const folder = await keys(place);
    const server = await startServer(
      (port) => [SSHD, "-D", "-e", "-f", `${folder}/config`, "-p", `${port}`],
      env,
      place.home,
      true,
    );
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const shell = shellLine(["env", "-C", place.home, "-i", ...words, ...SHELL]);
    return Object.assign(server, {
      near: (port: number) => ({
        argv: [
          "ssh",
          "-tt",
          "-F",
          `${folder}/client`,
          "-p",
          `${port}`,
          "127.0.0.1",
          `exec ${shell}`,
        ],
        env,
      }),
    });
  },
};

/** Keys and settings, made once. */
async function keys(place: Place): Promise<string> {
  const folder = `${place.folder}/sshd`;
  if (await Deno.stat(folder).catch(() => undefined)) return folder;
  await Deno.mkdir(folder);
  if (Deno.uid() === 0) await Deno.mkdir(PRIVILEGE_SEPARATION, { recursive: true });
  for (const name of ["host", "user"]) {
    const args = ["-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${name}`];
    await new Deno.Command("ssh-keygen", { args }).output();
  }
  await Deno.writeTextFile(`${folder}/config`, serverSettings(folder));
  await Deno.writeTextFile(`${folder}/client`, clientSettings(folder));
  return folder;
}

const serverSettings = (folder: string) =>
  [
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/user.pub`,
    "PidFile none",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin yes",
    "StrictModes no",
    "PrintMotd no",
    "PrintLastLog no",
    "",
  ].join("\n");

const clientSettings = (folder: string) =>
  [
    `IdentityFile ${folder}/user`,
    "IdentitiesOnly yes",
    "UserKnownHostsFile /dev/null",
    "StrictHostKeyChecking no",
    "LogLevel ERROR",
    // Options that many systems set cost round trips that have nothing to do with a terminal.
    "GSSAPIAuthentication no",
    "",
  ].join("\n");
