// mosh, without the ssh that usually starts its server.

import type { Place } from "../../tests/harness/place.ts";
import { kill } from "./far_process.ts";
import { type Peer, SHELL } from "./peer.ts";

export const mosh: Peer = {
  name: "mosh",
  needs: ["mosh-server", "mosh-client"],
  protocol: "udp",
  complete: false,
  programs: { near: /^\S*mosh-client/, far: /^\S*mosh-server/ },
  listen: async (place, env) => {
    const { port, key, pid } = await startServer(place, env);
    return {
      port,
      near: (relayed) => ({
        argv: ["mosh-client", "127.0.0.1", `${relayed}`],
        env: { ...env, MOSH_KEY: key, MOSH_TITLE_NOPREFIX: "1" },
      }),
      pid,
      [Symbol.asyncDispose]: () => kill(pid),
    };
  },
};

/** The server prints its port and key, and goes into the background. */
async function startServer(place: Place, env: Readonly<Record<string, string>>) {
  const { stdout, stderr } = await new Deno.Command("mosh-server", {
    args: ["new", "-i", "127.0.0.1", "--", ...SHELL],
    clearEnv: true,
    env: { ...env },
    cwd: place.home,
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const [, port, key] = /MOSH CONNECT (\d+) (\S+)/.exec(said) ?? [];
  const [, pid] = /pid = (\d+)/.exec(said) ?? [];
  if (port === undefined || pid === undefined) throw new Error(`Cannot start mosh-server: ${said}`);
  return { port: Number(port), key, pid: Number(pid) };
}
