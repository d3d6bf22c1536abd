// vim opens a file, turns a page, quits.

import type { Session } from "../session.ts";
import { repeat, type Scenario } from "./scenario.ts";

/** Lines of the file; line N says so. */
export const VIM_LINES = 500;
export const VIM_FILE = "text";
/** The same settings for all peers, with the position in the last line, which vim draws last. */
export const VIM_SETTINGS = [
  "set nocompatible ruler noswapfile viminfo= laststatus=0",
  // Our terminal does not answer questions about colours, and vim would wait 0.1 s for the answer when it quits.
  "set t_RB= t_RF=",
  "",
].join("\n");

/** A line of the file. */
export function vimLine(number: number): string {
  return `line ${number} ${"of a text that is long enough ".repeat(2)}`.trimEnd();
}

/** Whether the window begins at a line, with the cursor there. */
function shows({ terminal: { screen } }: Session, line: number): () => boolean {
  return () => {
    const { lines } = screen;
    return lines[0] === vimLine(line) && lines[22] === vimLine(line + 22) &&
      new RegExp(`\\b${line},1\\b`).test(lines[23]);
  };
}

export const vim: Scenario = {
  name: "vim",
  measures: [
    { name: "vim_open", title: "vim opens", unit: "ms" },
    { name: "vim_page", title: "vim turns a page", unit: "ms" },
    { name: "vim_quit", title: "vim quits", unit: "ms" },
  ],
  run: async (session, { few }) => {
    const { terminal } = session;
    const times = await repeat(few, async () => {
      await session.compose(`vim -i NONE -u vimrc ${VIM_FILE}`);
      const vim_open = await terminal.time("\r", shows(session, 1));
      // A page is the window less two lines.
      const vim_page = await terminal.time("\x06", shows(session, 22));
      return { vim_open, vim_page, vim_quit: await terminal.timePrompt(":q!\r") };
    });
    const column = (name: keyof typeof times[number]) => times.map((one) => one[name]);
    return {
      vim_open: column("vim_open"),
      vim_page: column("vim_page"),
      vim_quit: column("vim_quit"),
    };
  },
};
