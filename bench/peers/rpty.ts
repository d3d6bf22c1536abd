import { MASTER, ncat, SLAVE } from "../../tests/harness/links.ts";
import { startServer } from "./far_process.ts";
import { type Peer, SHELL } from "./peer.ts";

export const rpty: Peer = {
  name: "rpty",
  needs: ["ncat"],
  protocol: "tcp",
  complete: true,
  programs: { near: /^\S*rpty-master/, far: /^\S*rpty-slave/ },
  listen: async (place, env) => {
    const server = await startServer(
      (port) => ncat.far(port, [SLAVE, ...SHELL]),
      env,
      place.home,
    );
    return Object.assign(server, {
      near: (port: number) => ({ argv: [MASTER, "--", ...ncat.near(port)], env }),
    });
  },
};
