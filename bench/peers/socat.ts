import { startServer } from "./far_process.ts";
import type { Peer } from "./peer.ts";

export const socat: Peer = {
  name: "socat",
  needs: ["socat"],
  protocol: "tcp",
  complete: true,
  programs: { near: /^\S*socat/, far: /^\S*socat/ },
  listen: async (place, env) => {
    const server = await startServer(
      (port) => [
        "socat",
        `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,nodelay`,
        "EXEC:bash,pty,setsid,ctty,stderr",
      ],
      env,
      place.home,
    );
    return Object.assign(server, {
      near: (port: number) => ({
        argv: ["socat", "-,rawer", `TCP:127.0.0.1:${port},nodelay`],
        env,
      }),
    });
  },
};
