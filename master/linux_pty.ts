// Writing much text to a pseudoterminal of Linux's, which is quick with what has its carriage returns already.

import { libc } from "../sys/libc.ts";
import { LINUX } from "../sys/platform_linux.ts";

/** By ioctl_tty(2): tcsetattr(3) would ask each time what has become of it. */
const TCGETS = 0x5401n;
const TCSETS = 0x5402n;

/** `struct termios` of the kernel's, in u32: c_oflag is the second. (It has 36 bytes.) */
const WORDS = 9;
const OFLAG = 1;

const OPOST = LINUX.termios.oflag.OPOST as number;
const ONLCR = LINUX.termios.oflag.ONLCR as number;

/** Whether the terminal of this name (ttyname(3)) is one. */
export function isLinuxPty(name: string | undefined): boolean {
  return name?.startsWith("/dev/pts/") ?? false;
}

/** Whether a CR is put before each NL of output, and nothing else is made of it. */
export function mapsNewlines(fd: number): boolean {
  return settingsOf(fd)[OFLAG] === (OPOST | ONLCR);
}

/**
 * Writes what has a CR before each NL, without another being put there: for as long as that takes ONLCR is off. Gives
 * the bytes written; nothing where it would block.
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
