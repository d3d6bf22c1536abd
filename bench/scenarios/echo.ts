// The time from a key to its echo: by the shell's line editor, then by the terminal itself.

import type { Session } from "../session.ts";
import { pause, repeat, type Scenario } from "./scenario.ts";

/** A program prints that it runs, with a mark like that of a prompt. */
const READY = "printf '\\e]0;@%d\\a' $((++prompts)); ";

/** Times of letters that are typed one by one, each `time` ms after the one before is seen. */
export async function typeLetters(
  { terminal }: Session,
  count: number,
  time = 0,
): Promise<number[]> {
  const { screen } = terminal;
  const before = screen.cursor.col;
  let typed = "";
  return await repeat(count, async (index) => {
    if (time > 0) await pause(time);
    const key = String.fromCharCode(97 + index % 26);
    typed += key;
    return await terminal.time(
      key,
      () => screen.cursor.col === before + typed.length && screen.cursorLine.endsWith(typed),
    );
  });
}

/** Letters on a line. A longer line would scroll in the editor. */
const LINE = 60;

export const echo: Scenario = {
  name: "echo",
  measures: [
    { name: "echo_readline", title: "Key to echo at readline", unit: "ms" },
    { name: "echo_line", title: "Key to echo in line mode", unit: "ms" },
  ],
  run: async (session, { many }) => {
    const { terminal } = session;
    const count = Math.min(many, LINE);
    const echo_readline = await typeLetters(session, count);
    await terminal.timePrompt("\x03");
    await session.compose(`${READY}cat`);
    await terminal.timePrompt("\r");
    const echo_line = await typeLetters(session, count);
    await terminal.timePrompt("\x03");
    return { echo_readline, echo_line };
  },
};
