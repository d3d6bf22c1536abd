// The tests' terminal emulator: xterm.js without a display.

import xterm from "@xterm/headless";
import type { Size } from "./pty.ts";

/** Lines above the screen that are kept, so that a command's output can be read after it scrolled. */
const SCROLLBACK = 5000;

type Cell = NonNullable<ReturnType<xterm.IBufferLine["getCell"]>>;

/** What a user sees. */
export class Screen {
  /** Line feeds so far. They distinguish a later prompt from an earlier one. */
  lineFeeds = 0;
  readonly #terminal: xterm.Terminal;

  /** `onAnswer` gets the terminal's own answers, such as the cursor's position. */
  constructor(size: Size, onAnswer: (text: string) => void) {
    this.#terminal = new xterm.Terminal({
      ...size,
      scrollback: SCROLLBACK,
      allowProposedApi: true,
      logLevel: "off",
    });
    this.#terminal.onData(onAnswer);
    this.#terminal.onLineFeed(() => this.lineFeeds++);
  }

  /** Shows bytes. The promise settles when they are on the screen. */
  show(chunk: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(chunk, resolve));
  }

  resize({ cols, rows }: Size): void {
    this.#terminal.resize(cols, rows);
  }

  /** The visible lines, without the blanks at their ends. */
  get lines(): string[] {
    const { baseY } = this.#buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) => this.#text(baseY + row));
  }

  /** The visible lines as one text, without empty ones at the end. */
  get text(): string {
    return this.lines.join("\n").trimEnd();
  }

  get cursor(): { readonly row: number; readonly col: number } {
    return { row: this.#buffer.cursorY, col: this.#buffer.cursorX };
  }

  /** The line where the cursor stands. */
  get cursorLine(): string {
    return this.#text(this.#buffer.baseY + this.#buffer.cursorY);
  }

  /** Whether the alternate screen is shown. */
  get alternate(): boolean {
    return this.#buffer.type === "alternate";
  }

  /** The modes that a program has set and should have reset at its end. */
  get modes(): string {
    return Object.entries(this.#terminal.modes)
      .filter(([, value]) => value !== false && value !== "none")
      .map(([name, value]) => value === true ? name : `${name}=${value}`)
      .sort().join(" ");
  }

  /** A place in the text that moves with it when the screen scrolls. */
  mark(): () => number {
    const marker = this.#terminal.registerMarker(0);
    return () => marker?.line ?? 0;
  }

  /** The lines after the marked one, which has `typed` characters, and before the cursor's. */
  linesSince(mark: () => number, typed: number): string[] {
    const lines: string[] = [];
    // A row that is exactly full has no empty row after it.
    const start = mark() + 1 + Math.floor((typed - 1) / this.#terminal.cols);
    const end = this.#buffer.baseY + this.#buffer.cursorY;
    for (let row = start; row < end; row++) lines.push(this.#text(row));
    return lines;
  }

  /** Everything visible, one fact a line: text, colours and other attributes, cursor and modes. */
  dump(): string {
    const { baseY, cursorX, cursorY } = this.#buffer;
    const rows = this.lines.flatMap((text, row) => {
      const runs = this.#attributes(baseY + row).map((run) => `   : ${run}`);
      // Empty rows are left out: the numbers show that they exist.
      return text === "" && runs.length === 0
        ? []
        : [`${String(row).padStart(3)}|${text}`, ...runs];
    });
    const cursor = `cursor ${cursorY},${cursorX}${this.alternate ? " alternate" : ""}`;
    return [...rows, cursor, `modes ${this.modes}`].join("\n");
  }

  dispose(): void {
    this.#terminal.dispose();
  }

  get #buffer(): xterm.IBuffer {
    return this.#terminal.buffer.active;
  }

  #text(row: number): string {
    return this.#buffer.getLine(row)?.translateToString(true).trimEnd() ?? "";
  }

  /** Runs of cells with attributes, as "first-last what". */
  #attributes(row: number): string[] {
    const line = this.#buffer.getLine(row);
    const runs: string[] = [];
    let start = 0;
    let current = "";
    for (let col = 0; col <= this.#terminal.cols; col++) {
      const cell = line?.getCell(col);
      const attributes = cell === undefined ? "" : describe(cell);
      if (attributes === current) continue;
      if (current !== "") runs.push(`${start}-${col - 1} ${current}`);
      [start, current] = [col, attributes];
    }
    return runs;
  }
}

/** A blank shows only its background. curses erases or writes it, depending on timing. */
function describe(cell: Cell): string {
  const around = [
    cell.isUnderline() && "underline",
    cell.isInverse() && "inverse",
    cell.isStrikethrough() && "strikethrough",
  ];
  const isBlank = cell.getChars().trim() === "" && !around.some(Boolean);
  const character = [
    !cell.isFgDefault() && `fg=${cell.getFgColor()}`,
    cell.isBold() && "bold",
    cell.isDim() && "dim",
    cell.isItalic() && "italic",
    cell.isBlink() && "blink",
    cell.isInvisible() && "invisible",
  ];
  const background = !cell.isBgDefault() && `bg=${cell.getBgColor()}`;
  return [...(isBlank ? [] : character), background, ...around].filter(Boolean).join(" ");
}
