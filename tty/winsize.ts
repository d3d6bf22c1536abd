/** A terminal's size (ioctl_tty(2), TIOCGWINSZ): characters, and pixels where known, else 0. Each is 16 bits. */
export interface Winsize {
  readonly rows: number;
  readonly cols: number;
  readonly xpixel: number;
  readonly ypixel: number;
}
