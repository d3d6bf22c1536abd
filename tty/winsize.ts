/** A terminal's size (ioctl_tty(2), TIOCGWINSZ): characters, and pixels where known, else 0. Each is 16 bits. */
export interface Winsize {
  readonly rows: number;
  readonly cols: number;
  readonly xpixel: number;
  readonly ypixel: number;
}

/** Whether two sizes are the same. */
export function isSameWinsize(one: Winsize, other: Winsize): boolean {
  return one.rows === other.rows && one.cols === other.cols &&
    one.xpixel === other.xpixel && one.ypixel === other.ypixel;
}
