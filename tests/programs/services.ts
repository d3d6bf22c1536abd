// Servers for rows. They run on this host and listen only on its loopback interface.

import { Place } from "../harness/place.ts";
import { startSshd } from "../harness/sshd.ts";
import type { Service } from "./program.ts";

/** An sshd that `$SSH` reaches. */
export async function localSshd(): Promise<Service> {
  const place = await Place.create();
  const sshd = await startSshd(place);
  const command = sshd.client.slice(0, -1).filter((word) => !word.startsWith("UserKnownHostsFile"));
  return {
    env: { SSH: command.join(" ").replaceAll("-o -o", "-o") },
    async [Symbol.asyncDispose]() {
      await sshd[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}
