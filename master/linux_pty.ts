// Writes much text to a Linux pseudoterminal. That is faster if the text has its carriage returns already.

import { libc } from "../sys/libc.ts";
import { LINUX } from "../sys/platform_linux.ts";

/** ioctls, because tcsetattr(3) reads the settings back each time. */
const TCGETS = 0x5401n;
const TCSETS = 0x5402n;

/** The kernel's `struct termios` in u32: 36 bytes, of which c_oflag is the second word. */
const WORDS = 9;
const OFLAG = 1;

const OPOST = LINUX.termios.oflag.OPOST as number;
const ONLCR = LINUX.termios.oflag.ONLCR as number;

/** Whether the terminal of this name (ttyname(3)) is a Linux pseudoterminal. */
export function isLinuxPty(name: string | undefined): boolean {
  return name?.startsWith("/dev/pts/") ?? false;
}

/** Whether the terminal puts a CR before each NL of output, and changes nothing else. */
export function mapsNewlines(fd: number): boolean {
  return settingsOf(fd)[OFLAG] === (OPOST | ONLCR);
}

/**
 * Writes text that has a CR before each NL, with ONLCR off meanwhile so that no second CR is added. Returns the bytes
 * written; undefined where it would block.
 */
export function writeMapped(fd: number, bytes: Uint8Array): number | undefined {
  const found = settingsOf(fd);
  const without = found.slice();
  without[OFLAG] &= ~ONLCR;
  libc.ioctl(fd, TCSETS, without);
  try {
    return libc.write(fd, bytes);
  } finally {
    libc.ioctl(fd, TCSETS, found);
  }
}

function settingsOf(fd: number): Uint32Array<ArrayBuffer> {
  const settings = new Uint32Array(WORDS);
  libc.ioctl(fd, TCGETS, settings);
  return settings;
}
