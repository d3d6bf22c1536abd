// A far host with only a kernel: a separate root that contains just what a test puts there.

import { ROOT } from "./build.ts";
import { shellWord } from "./far_side.ts";
import { direct } from "./links.ts";
import { type Through, throughRpty } from "./through_rpty.ts";

/** Where the far side mounts it. */
const HOST = "/srv";
/** The path of the portable slave on it. */
const SLAVE = "/rpty-slave";

export interface BareHost {
  /** Files of bin/ in its root, besides the portable slave. */
  readonly programs?: readonly string[];
  /** Other files: the path on the host, and the path here. */
  readonly files?: Readonly<Record<string, string>>;
  /** Directories and mounts; default: only /proc. */
  readonly mounts?: readonly string[];
  readonly slaveOptions?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly needs?: readonly string[];
}

/** A /proc, as process 1 of the far side sees it. */
export const PROC = `mkdir ${HOST}/proc; mount -n -t proc proc ${HOST}/proc`;
/** A /dev with the devices that every kernel has. */
export const DEV = [
  `mkdir ${HOST}/dev`,
  "for node in null zero full random urandom tty; do",
  `touch ${HOST}/dev/$node; mount -n --bind /dev/$node ${HOST}/dev/$node; done`,
].join("\n");

/** The shell lines that make the host. The home is the place's, so that files left there are noticed. */
function setup(host: BareHost): string {
  const { programs = [], files = {}, mounts = [PROC] } = host;
  const all: Record<string, string> = { [SLAVE]: `${ROOT}/bin/rpty-slave-portable`, ...files };
  for (const name of programs) all[`/${name}`] = `${ROOT}/bin/${name}`;
  const place = Object.entries(all).map(([to, from]) => {
    const target = shellWord(HOST + to);
    return `mkdir -p "$(dirname ${target})"; touch ${target}; mount -n --bind ${
      shellWord(from)
    } ${target}`;
  });
  return [
    `mount -n -t tmpfs -o mode=755 none ${HOST}`,
    `mkdir ${HOST}/home; mount -n --bind "$home" ${HOST}/home`,
    ...place,
    ...mounts,
  ].join("\n");
}

/** Registers a test with a session on such a host. Its home is the place's, and must be clean at the end. */
export function onBareHost(
  name: string,
  host: BareHost,
  test: (scene: Through) => Promise<void>,
): void {
  const { slaveOptions = [], command = [], env = {}, needs = [] } = host;
  const ours = ["rpty-slave-portable", ...host.programs ?? []].map((name) => `${ROOT}/bin/${name}`);
  throughRpty(name, {
    needs: ["root", ...ours, ...needs],
    command,
    slaveOptions,
    link: {
      ...direct,
      far: (port, [, ...options]) => direct.far(port, ["chroot", HOST, SLAVE, ...options]),
    },
    far: {
      setup: setup(host),
      env: { HOME: "/home", TMPDIR: "/home", ...env },
    },
  }, test);
}
