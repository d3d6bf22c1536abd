/** A terminal's size (ioctl_tty(2), TIOCGWINSZ) in characters, and in pixels or 0 if unknown. Each has 16 bits. */
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
