// Whether somebody else could replace a directory on the way to a path.
//
// The owner of a directory, and everybody who may write to it, can rename what lies in it and so change where a path
// leads. In a directory with the sticky bit only the owners of the entry and of the directory can (inode(7)).

import { type FileStatus, libc, S_IFLNK, S_IFMT } from "../sys/libc.ts";
import { PLATFORM } from "../sys/platform.ts";
import { O_PATH } from "./session_files.ts";

const ROOT = 0;

/** Mode bits: writable for the group or for all, and the sticky bit. */
const WRITABLE_FOR_OTHERS = 0o022;
const STICKY = 0o1000;

/** How many links are followed, as many as the kernel does (path_resolution(7)). */
const MOST_LINKS = 40;

/** Why others could change where the absolute path `path` leads; undefined if they can't. */
export function describeDistrust(path: string, links = MOST_LINKS): string | undefined {
  for (const part of partsOf(path)) {
    const { owner, mode } = statusOf(part);
    const isLink = (mode & S_IFMT) === S_IFLNK;
    if (!isTrusted(owner)) return `"${part}" belongs to another user (${owner})`;
    if (!isLink && (mode & WRITABLE_FOR_OTHERS) !== 0 && (mode & STICKY) === 0) {
      return `others may write to "${part}", which lacks the sticky bit`;
    }
    const distrust = isLink ? describeTarget(part, links) : undefined;
    if (distrust !== undefined) return distrust;
  }
  return undefined;
}

function describeTarget(link: string, links: number): string | undefined {
  if (links === 0) return `"${link}" is in a loop of symbolic links`;
  const target = Deno.readLinkSync(link);
  const directory = link.slice(0, link.lastIndexOf("/"));
  const path = target.startsWith("/") ? target : `${directory}/${target}`;
  return describeDistrust(path, links - 1);
}

/** The path and all directories above it. A directory before ".." is checked, too. */
function partsOf(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return ["/", ...names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`)];
}

function statusOf(path: string): FileStatus {
  const { O_NOFOLLOW, O_CLOEXEC } = PLATFORM.open;
  const fd = libc.open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  try {
    return libc.fstat(fd);
  } finally {
    libc.close(fd);
  }
}

/**
 * We trust root and ourselves. In a user namespace the host's root may have no number. The kernel then shows it, and
 * all other users without one, as the same user (user_namespaces(7)). That user owns /proc/sys and is taken for the
 * host's root.
 */
function isTrusted(user: number): boolean {
  return user === ROOT || user === libc.geteuid() || user === statusOf("/proc/sys").owner;
}
