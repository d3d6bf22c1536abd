// Editors: each changes a file, saves it and leaves.

import { all, AT_PROMPT, behind, cursorAt, fullScreen, gone, NEW_LINE } from "./program.ts";
import type { Program } from "./program.ts";
import { programs } from "./run.ts";

const FILES = { "note.txt": "first\nsecond\nthird\n" };
const C_FILES = {
  "hello.c": '#include <stdio.h>\n\nint main(void)\n{\n    return puts("hi");\n}\n',
};
const DOWN = "\x1b[B";

const EDITORS: readonly Program[] = [
  {
    program: "vim",
    does: "inserts, substitutes, colours, splits and saves",
    needs: ["vim"],
    files: { ...FILES, ...C_FILES },
    steps: [
      ["vim note.txt\r", fullScreen('"note.txt" 3L')],
      ["onew line\x1b", all("new line", cursorAt(1, 7))],
      [":%s/s/S/g\r", "firSt"],
      [":syntax on | set number hlsearch\r", "1 firSt"],
      [":split hello.c\r", "return puts"],
      ["/puts\r", all("/puts", cursorAt(4, 15))],
      ["v$y:qa!", ":qa!"],
      ["\x15\x7f", cursorAt(4, 15)],
      ["\x17jp", "hi"],
      [":wqa\r", AT_PROMPT],
      ["cat note.txt\r", AT_PROMPT],
    ],
  },
  {
    program: "vim",
    does: "shows two files' differences",
    needs: ["vim"],
    files: { ...FILES, "other.txt": "first\n2nd\nthird\nfourth\n" },
    steps: [
      ["vim -d note.txt other.txt\r", fullScreen("other.txt", "fourth")],
      ["]c", cursorAt(1, 2)],
      ["do", "[+]"],
      [":qa!\r", AT_PROMPT],
    ],
  },
  {
    program: "ex",
    does: "edits by commands, line by line",
    needs: ["ex"],
    files: FILES,
    steps: [
      ["ex note.txt\r", "Entering Ex mode"],
      ["1,2p\r", /second\n:$/],
      ["2s/sec/SEC/\r", /SECond\n:$/],
      ["wq\r", AT_PROMPT],
      ["cat note.txt\r", all("SECond", AT_PROMPT)],
    ],
  },
  {
    program: "nvim",
    does: "inserts, colours, undoes and saves",
    needs: ["nvim"],
    files: C_FILES,
    steps: [
      ["nvim --clean hello.c\r", fullScreen("puts", "hello.c  ")],
      ["Go// end\x1b", all("// end", cursorAt(6, 5))],
      [":set number\r", "7 // end"],
      ["u", "1 line less"],
      ["\x12", all("7 // end", "1 more line")],
      ["ggipragma\x0e", /-- Keyword completion/],
      ["\x1bu", gone("pragma")],
      [":wq\r", AT_PROMPT],
      ["tail -1 hello.c\r", AT_PROMPT],
    ],
    masks: [{ what: /\d seconds? ago|\d\d:\d\d:\d\d/g, why: "time of the change that is undone" }],
  },
  {
    program: "nano",
    does: "inserts, cuts, searches and saves",
    needs: ["nano"],
    files: FILES,
    steps: [
      ["nano note.txt\r", fullScreen("Read 3 lines")],
      ["zeroth ", "zeroth first"],
      [DOWN + "\x0b", gone("second")],
      ["\x17thi\r", cursorAt(2, 0)],
      ["\x07", "Main nano help text"],
      ["\x18", gone("Main nano")],
      ["\x0f", "File Name to Write: note.txt"],
      ["\r", "Wrote 2 lines"],
      ["\x18", AT_PROMPT],
      ["cat note.txt\r", AT_PROMPT],
    ],
  },
  {
    program: "emacs",
    does: "inserts, searches, splits the frame and saves",
    needs: ["emacs"],
    files: { ...FILES, ...C_FILES },
    steps: [
      ["emacs -nw -Q note.txt\r", fullScreen("first", "For information about GNU Emacs")],
      ["zeroth ", "zeroth first"],
      ["\x13third", all("I-search: third", cursorAt(3, 5))],
      ["\r\x01\x0b", gone("third")],
      ["\x182\x18\x06hello.c\r", "(C/*l Abbrev)"],
      ["\x18o", cursorAt(14, 0)],
      ["\x1bxversion\r", "GNU Emacs 2"],
      ["\x18\x13", "Wrote /srv/note.txt"],
      ["\x18\x03", AT_PROMPT],
      ["cat note.txt\r", AT_PROMPT],
    ],
  },
  {
    program: "micro",
    does: "opens",
    needs: ["micro"],
    files: FILES,
    steps: [
      ["micro note.txt\r", fullScreen("first", "note.txt")],
      ["\x11", AT_PROMPT],
    ],
    differs: "a Go program: it makes its system calls itself, past the preloaded library",
  },
  {
    program: "mcedit",
    does: "inserts, searches and saves",
    needs: ["mcedit"],
    files: C_FILES,
    steps: [
      ["mcedit -u hello.c\r", fullScreen("10Quit", "puts")],
      ["// head\r", all("// head", cursorAt(2, 0))],
      ["\x1bOQ", "Confirm save file"],
      ["\r", gone("Confirm save")],
      ["\x1b[18~", "Enter search string"],
      ["puts\r", cursorAt(6, 11)],
      ["\x1b[21~", AT_PROMPT],
      ["head -1 hello.c\r", AT_PROMPT],
    ],
  },
  {
    program: "ed",
    does: "edits by commands",
    needs: ["ed"],
    files: FILES,
    steps: [
      ["ed -p '* ' note.txt\r", behind("* ")],
      ["2c\r", NEW_LINE],
      ["changed\r.\r", behind("* ")],
      [",n\r", /3\tthird|3 +third/],
      ["?chan?s/ed/ing/p\r", all("changing", behind("* "))],
      ["foo\r", all("?", behind("* "))],
      ["wq\r", AT_PROMPT],
    ],
  },
  {
    program: "joe",
    does: "inserts, shows its help and saves",
    needs: ["joe"],
    files: FILES,
    version: "dpkg-query -W -f '${Version}\\n' joe",
    steps: [
      ["joe note.txt\r", all("note.txt", "first", cursorAt(1, 0))],
      ["zeroth ", "zeroth first"],
      ["\x0bh", "^KF Find"],
      ["\x0bh", gone("^KF Find")],
      ["\x0bx", AT_PROMPT],
      ["cat note.txt\r", AT_PROMPT],
    ],
  },
  {
    program: "ne",
    does: "inserts and saves",
    needs: ["ne"],
    files: FILES,
    version: "dpkg-query -W -f '${Version}\\n' ne",
    steps: [
      ["ne note.txt\r", all("first", cursorAt(0, 0))],
      ["zeroth ", "zeroth first"],
      ["\x13", "Saved"],
      ["\x11", AT_PROMPT],
      ["cat note.txt\r", AT_PROMPT],
    ],
  },
  {
    program: "busybox vi",
    does: "inserts, deletes and saves",
    needs: ["busybox"],
    files: FILES,
    version: "busybox | cut -d' ' -f1,2",
    steps: [
      ["busybox vi note.txt\r", all("third", "note.txt")],
      ["onew line\x1b", all("new line", cursorAt(1, 7))],
      ["jdd", gone("second")],
      [":wq\r", AT_PROMPT],
      ["cat note.txt\r", AT_PROMPT],
    ],
  },
];

programs("Editors", EDITORS);
