// Pagers and browsers of text.

import { all, AT_PROMPT, behind, cursorAt, fullScreen, type Program } from "./program.ts";
import { programs } from "./run.ts";

const NUMBERS = "seq 500 | sed 's/.*7$/& seven/' > numbers";

const MANUAL = ".TH ROPE 1 2020-02-02\n.SH NAME\nrope \\- pulls\n.SH SYNOPSIS\n.B rope\n.I end\n" +
  ".SH DESCRIPTION\n" +
  ".PP\nA long line that man has to fill to the width of the window, so it must know it.\n".repeat(
    12,
  );

const PAGE = {
  "page.html": "<html><head><title>Ropes</title></head><body><h1>Ropes</h1>" +
    "<p>A <b>bold</b> word and a <a href='other.html'>link</a>.</p>" +
    "<form action='x'>Name: <input name='n'></form>" +
    "<table border=1><tr><td>one<td>two</table></body></html>",
  "other.html": "<html><head><title>Other</title></head><body><p>The other page.</body></html>",
};

const PAGERS: readonly Program[] = [
  {
    program: "less",
    does: "pages, searches, marks and goes to the end",
    needs: ["less"],
    prepare: NUMBERS,
    steps: [
      ["less numbers\r", fullScreen("numbers")],
      [" ", all(/^46$/m, behind(":"))],
      ["/47 seven\r", /^47 seven/],
      ["n", /^147 seven/],
      ["-N\r", all(/^ +147 147 seven/, behind(":"))],
      ["G", "(END)"],
      ["h", "SUMMARY OF LESS COMMANDS"],
      ["q", "(END)"],
      ["100g", /^ *100 /],
      ["!echo from within\r", "done"],
      ["\r", all(/^ +100 100/, behind("numbers"))],
      ["q", AT_PROMPT],
    ],
  },
  {
    program: "less",
    does: "reads a pipe and takes keys from the terminal",
    needs: ["less"],
    steps: [
      ["seq 100 | less\r", fullScreen("\n23")],
      ["\x1b[6~", all(/^46$/m, behind(":"))],
      ["&7$\r", all(/^27$/m, "& (END)")],
      ["q", AT_PROMPT],
      ["(echo one; echo two) | less -F\r", all("two", AT_PROMPT)],
      ["printf '\\033[31mred\\033[0m plain\\n' | less -R\r", fullScreen("red plain", "(END)")],
      ["q", AT_PROMPT],
    ],
  },
  {
    program: "less",
    does: "follows a file that grows, until ^C",
    needs: ["less"],
    prepare: NUMBERS,
    steps: [
      ["less +F numbers\r", fullScreen("Waiting for data", "500")],
      ["\x03", "(END)"],
      ["g", /^1$/m],
      ["F", "Waiting for data"],
      ["\x03", "(END)"],
      ["q", AT_PROMPT],
    ],
  },
  {
    program: "more",
    does: "pages a file, searches and shows a line number",
    needs: ["more"],
    prepare: NUMBERS,
    steps: [
      ["more numbers\r", behind("%)")],
      [" ", all(/^46$/m, behind("%)"))],
      ["\r", all(/^47 seven$/m, behind("%)"))],
      ["/147\r", all(/^172$/m, behind("%)"))],
      ["=", /\d\d\d$/],
      ["q", AT_PROMPT],
    ],
  },
  {
    program: "more",
    does: "reads a pipe, as in `ls | more`",
    needs: ["more"],
    prepare: "mkdir many; for i in $(seq 100 160); do echo > many/file$i; done",
    steps: [
      ["ls many | more\r", behind("--More--")],
      [" ", all("file145", behind("--More--"))],
      [" ", all("file160", behind("(END)"))],
      ["q", AT_PROMPT],
      ["ls -l many | more\r", behind("--More--")],
      ["q", AT_PROMPT],
    ],
    masks: [{ what: /\w{3} +\d+ \d\d:\d\d/g, why: "times of files" }],
  },
  {
    program: "most",
    does: "pages and searches",
    needs: ["most"],
    prepare: NUMBERS,
    version: "dpkg-query -W -f '${Version}\\n' most",
    steps: [
      ["most numbers\r", fullScreen("-- MOST: numbers")],
      [" ", /^44$/m],
      ["/", behind("Search: ")],
      ["147\r", /^147 seven$/m],
      ["q", AT_PROMPT],
    ],
  },
  {
    program: "man",
    does: "formats a page to the window and shows it with bold and underline",
    needs: ["man"],
    files: { "rope.1": MANUAL },
    steps: [
      ["man ./rope.1\r", fullScreen("DESCRIPTION", "Manual page rope.1")],
      ["/width\r", /rope\.1 line (?!1\b)/],
      ["G", "(END)"],
      ["q", AT_PROMPT],
      ["man -k nothing-that-is\r", AT_PROMPT],
    ],
  },
  {
    program: "w3m",
    does: "shows a page, follows a link and asks before it ends",
    needs: ["w3m"],
    files: PAGE,
    version: "w3m -version",
    steps: [
      ["w3m page.html\r", "Ropes"],
      ["\t", cursorAt(2, 18)],
      ["\r", "The other page"],
      ["B", "bold"],
      ["q", "Do you want to exit w3m?"],
      ["y", AT_PROMPT],
    ],
  },
  {
    program: "lynx",
    does: "shows a page, follows a link and asks before it ends",
    needs: ["lynx"],
    files: PAGE,
    version: "lynx -version",
    steps: [
      ["lynx page.html\r", "link"],
      ["\x1b[C", "The other page"],
      ["\x1b[D", "bold"],
      ["q", "Are you sure you want to quit?"],
      ["y", AT_PROMPT],
    ],
  },
];

programs("Pagers", PAGERS);
