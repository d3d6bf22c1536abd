// What a row of the matrix is: a program, the keys it gets, and what must be on the screen between them.

import type { Pty, Size } from "../harness/pty.ts";
import type { Screen } from "../harness/screen.ts";

/** The home of the programs, on both sides: no test's own path shows on their screens. */
export const HOME = "/srv";

/** A row. */
export interface Program {
  readonly program: string;
  /** What the row does with it. */
  readonly does: string;
  readonly needs: readonly string[];
  /** A shell command whose first line of output names the version; default: `PROGRAM --version`. */
  readonly version?: string;
  /** What runs on the terminal; default: bash. */
  readonly shell?: readonly string[];
  readonly size?: Size;
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the home. */
  readonly files?: Readonly<Record<string, string>>;
  /** A bash script that prepares the home, without a terminal. */
  readonly prepare?: string;
  /** Shell lines, run as root, that change system files only for these programs. */
  readonly mounts?: string;
  /** A server that runs meanwhile. */
  readonly service?: () => Promise<Service>;
  /** Keys, and what to wait for after them. The screens are compared after each step. */
  readonly steps: readonly Step[];
  /** Parts of the screen that differ by nature. */
  readonly masks?: readonly Mask[];
  /** Why rpty's screen is known to differ from the kernel pty's. */
  readonly differs?: string;
}

export type Step = readonly [keys: string, expected: Expected];

/** A text, a pattern, or another condition on the screen. */
export type Expected = string | RegExp | Seen;

/** Whether the screen shows it. `before` describes the screen when the keys were typed. */
export type Seen = (screen: Screen, before: Moment, pty: Pty) => boolean;

/** The state of a screen at some time. */
export interface Moment {
  readonly lineFeeds: number;
  readonly beforeCursor: string;
}

/** What to remove from a screen, and why. */
export interface Mask {
  readonly what: RegExp;
  readonly why: string;
}

/** A server for a row. */
export interface Service extends AsyncDisposable {
  /** Tells the programs where the server is. */
  readonly env: Readonly<Record<string, string>>;
}

function seen(name: string, holds: Seen): Seen {
  return Object.assign(holds, { toString: () => name });
}

/** The current state of a screen. */
export function moment(screen: Screen): Moment {
  return { lineFeeds: screen.lineFeeds, beforeCursor: beforeCursor(screen) };
}

/** The cursor is after a prompt at the start of a line, and was not when the keys were typed. */
export function prompt(text: string): Seen {
  return seen(`prompt "${text}"`, (screen, before) => {
    const moved = screen.lineFeeds > before.lineFeeds || before.beforeCursor !== text;
    return moved && !screen.alternate && beforeCursor(screen) === text;
  });
}

/** bash has the terminal again. */
export const AT_PROMPT: Seen = prompt("$ ");

/** A program reads lines without a prompt, on a line where the cursor was not when the keys were typed. */
export const NEW_LINE: Seen = seen("a new line", (screen, before, pty) => {
  return prompt("")(screen, before, pty) && pty.canonical;
});

/** The cursor is after a text. */
export function behind(text: string): Seen {
  return seen(`cursor behind "${text}"`, (screen) => beforeCursor(screen).endsWith(text));
}

/** The same, and the terminal does not echo. Some programs switch echo off only after their prompt. */
export function hidden(text: string): Seen {
  return seen(`cursor behind "${text}" without echo`, (screen, _, pty) => {
    return beforeCursor(screen).endsWith(text) && !pty.echoes;
  });
}

/** The cursor is at that row and column, counted from 0. */
export function cursorAt(row: number, col: number): Seen {
  return seen(`cursor at ${row},${col}`, ({ cursor }) => cursor.row === row && cursor.col === col);
}

/** The text is no longer on the screen. */
export function gone(text: string): Seen {
  return seen(`no "${text}"`, (screen) => !screen.text.includes(text));
}

/** The program uses the whole screen, and shows all these texts. */
export function fullScreen(...texts: string[]): Seen {
  return seen(
    `a full screen with ${JSON.stringify(texts)}`,
    (screen) => screen.alternate && texts.every((text) => screen.text.includes(text)),
  );
}

/** All conditions hold. */
export function all(...parts: Expected[]): Seen {
  return seen(
    parts.join(" and "),
    (screen, before, pty) => parts.every((part) => isSeen(part, screen, before, pty)),
  );
}

/** Whether the screen shows what is expected. */
export function isSeen(expected: Expected, screen: Screen, before: Moment, pty: Pty): boolean {
  if (typeof expected === "string") return screen.text.includes(expected);
  return expected instanceof RegExp ? expected.test(screen.text) : expected(screen, before, pty);
}

function beforeCursor({ cursorLine, cursor }: Screen): string {
  return cursorLine.padEnd(cursor.col).slice(0, cursor.col);
}
