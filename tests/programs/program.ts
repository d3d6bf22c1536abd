// What a row of the matrix is: a program, the keys it gets, and what must be on the screen between them.

import type { Pty, Size } from "../harness/pty.ts";
import type { Screen } from "../harness/screen.ts";

/** The home of the programs, on both sides: no test's own path shows on their screens. */
export const HOME = "/srv";

/** A row. */
export interface Program {
  readonly program: string;
  /** What is done with it. */
  readonly does: string;
  readonly needs: readonly string[];
  /** A shell's line whose first line of output names the version; `PROGRAM --version` if it is missing. */
  readonly version?: string;
  /** What runs on the terminal: bash, unless a shell is what is looked at. */
  readonly shell?: readonly string[];
  readonly size?: Size;
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the home. */
  readonly files?: Readonly<Record<string, string>>;
  /** A script of bash's that prepares the home, without a terminal. */
  readonly prepare?: string;
  /** Shell lines, run as root, that change files of the system for the programs alone. */
  readonly mounts?: string;
  /** What runs elsewhere meanwhile. */
  readonly service?: () => Promise<Service>;
  /** Keys, and what to wait for behind them. The screens are compared each time. */
  readonly steps: readonly Step[];
  /** What of the screen differs by nature. */
  readonly masks?: readonly Mask[];
  /** Why rpty's screen is known not to be the kernel's. */
  readonly differs?: string;
}

export type Step = readonly [keys: string, expected: Expected];

/** A text, a pattern, or anything else that is to be seen. */
export type Expected = string | RegExp | Seen;

/** Whether the screen shows it, now that something was typed at that moment. */
export type Seen = (screen: Screen, before: Moment, pty: Pty) => boolean;

/** What a screen was like. */
export interface Moment {
  readonly lineFeeds: number;
  readonly beforeCursor: string;
}

/** What takes something out of a screen, and why. */
export interface Mask {
  readonly what: RegExp;
  readonly why: string;
}

/** A server for a row. */
export interface Service extends AsyncDisposable {
  /** Tells the programs where it is. */
  readonly env: Readonly<Record<string, string>>;
}

function seen(name: string, holds: Seen): Seen {
  return Object.assign(holds, { toString: () => name });
}

/** What a screen is like now. */
export function moment(screen: Screen): Moment {
  return { lineFeeds: screen.lineFeeds, beforeCursor: beforeCursor(screen) };
}

/** The cursor stands behind a prompt at the start of a line, where it did not when keys were typed. */
export function prompt(text: string): Seen {
  return seen(`prompt "${text}"`, (screen, before) => {
    const moved = screen.lineFeeds > before.lineFeeds || before.beforeCursor !== text;
    return moved && !screen.alternate && beforeCursor(screen) === text;
  });
}

/** bash has the terminal again. */
export const AT_PROMPT: Seen = prompt("$ ");

/** A program reads lines, without a prompt, where the cursor was not when keys were typed. */
export const NEW_LINE: Seen = seen("a new line", (screen, before, pty) => {
  return prompt("")(screen, before, pty) && pty.canonical;
});

/** The cursor stands behind a text. */
export function behind(text: string): Seen {
  return seen(`cursor behind "${text}"`, (screen) => beforeCursor(screen).endsWith(text));
}

/** The same, and the terminal echoes no more: some programs see to that behind their prompt. */
export function hidden(text: string): Seen {
  return seen(`cursor behind "${text}" without echo`, (screen, _, pty) => {
    return beforeCursor(screen).endsWith(text) && !pty.echoes;
  });
}

/** The cursor stands at that row and column, counted from 0. */
export function cursorAt(row: number, col: number): Seen {
  return seen(`cursor at ${row},${col}`, ({ cursor }) => cursor.row === row && cursor.col === col);
}

/** The text is on the screen no more. */
export function gone(text: string): Seen {
  return seen(`no "${text}"`, (screen) => !screen.text.includes(text));
}

/** The program has taken the whole screen, and shows all of that. */
export function fullScreen(...texts: string[]): Seen {
  return seen(
    `a full screen with ${JSON.stringify(texts)}`,
    (screen) => screen.alternate && texts.every((text) => screen.text.includes(text)),
  );
}

/** All of it is seen. */
export function all(...parts: Expected[]): Seen {
  return seen(
    parts.join(" and "),
    (screen, before, pty) => parts.every((part) => isSeen(part, screen, before, pty)),
  );
}

/** Whether what is expected is to be seen. */
export function isSeen(expected: Expected, screen: Screen, before: Moment, pty: Pty): boolean {
  if (typeof expected === "string") return screen.text.includes(expected);
  return expected instanceof RegExp ? expected.test(screen.text) : expected(screen, before, pty);
}

function beforeCursor({ cursorLine, cursor }: Screen): string {
  return cursorLine.padEnd(cursor.col).slice(0, cursor.col);
}
