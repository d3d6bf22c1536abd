// Transports for tests: which command runs on which side.

import { helper, ROOT } from "./build.ts";
import { HELPERS, shellLine } from "./far_side.ts";

/** rpty's two programs, as the near side finds them. */
export const MASTER = `${ROOT}/bin/rpty-master`;
export const SLAVE = `${ROOT}/bin/rpty-slave`;

/** A transport over a TCP port. */
export interface Link {
  readonly needs: readonly string[];
  /** The side that listens, and is therefore started first. */
  readonly listener: "far" | "near";
  /** The far side's command, with the slave behind it. */
  far(port: number, slave: readonly string[]): string[];
  /** What rpty-master runs. */
  near(port: number): string[];
}

const CARRY = await helper("carry");

/** The tests' own transport, to a port of this machine or to a Unix socket. */
export function carryTo(where: number | string): string[] {
  return [CARRY, "connect", `${where}`];
}

/** The same as a link: it needs nothing of the machine. */
export const direct: Link = {
  needs: [],
  listener: "far",
  far: (port, slave) => [`${HELPERS}/carry`, "listen", `${port}`, ...slave],
  near: carryTo,
};

/** The README's first recipe. */
export const ncat: Link = {
  needs: ["ncat"],
  listener: "far",
  far: (
    port,
    slave,
  ) => ["ncat", "-l", "127.0.0.1", `${port}`, "--sh-exec", `exec ${shellLine(slave)}`],
  near: (port) => ["ncat", "127.0.0.1", `${port}`],
};

/** The far side connects back. */
export const ncatBack: Link = {
  needs: ["ncat"],
  listener: "near",
  far: (port, slave) => ["ncat", "127.0.0.1", `${port}`, "--sh-exec", `exec ${shellLine(slave)}`],
  near: (port) => ["ncat", "-l", "127.0.0.1", `${port}`],
};

export const socat: Link = {
  needs: ["socat"],
  listener: "far",
  far: (port, slave) => [
    "socat",
    `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr`,
    `SYSTEM:${shellLine(slave).replaceAll(/[\\:,!"']/g, "\\$&")}`,
  ],
  near: (port) => ["socat", "STDIO", `TCP:127.0.0.1:${port}`],
};
