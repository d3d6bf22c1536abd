// Programs that use colours, columns and bars on a terminal, and not on a pipe.

import { all, AT_PROMPT, behind, type Mask, NEW_LINE, type Program } from "./program.ts";
import { programs } from "./run.ts";

const TREE = {
  "tree/one.txt": "one\nneedle in here\nthree\n",
  "tree/two.c": "int main(void) { return needle; }\n",
  "tree/sub/script.sh": "#!/bin/sh\necho needle\n",
};
const EXECUTABLE =
  "chmod 755 tree/sub/script.sh; ln -s one.txt tree/link; ln -s nowhere tree/broken";
const TIMES: Mask = { what: /\w{3} +\d+ \d\d:\d\d/g, why: "times of files" };

const COLOUR: readonly Program[] = [
  {
    program: "ls",
    does: "colours and makes columns, but not into a pipe",
    needs: ["ls", "dircolors"],
    files: TREE,
    prepare: EXECUTABLE,
    steps: [
      ["ls --color=auto tree tree/sub\r", all("script.sh", AT_PROMPT)],
      ["ls --color=auto -l tree\r", AT_PROMPT],
      ["ls --color=auto tree | cat\r", AT_PROMPT],
      ["eval $(dircolors -b); ls --color=auto tree\r", AT_PROMPT],
      ["touch 'a b' $'new\\nline'; ls\r", all("'a b'", AT_PROMPT)],
      ["mkdir many; touch many/file{1..40}; ls many\r", all("file40", AT_PROMPT)],
    ],
    masks: [TIMES],
  },
  {
    program: "grep",
    does: "colours what it found",
    needs: ["grep"],
    files: TREE,
    steps: [
      ["grep --color=auto -rn needle tree\r", all("two.c", AT_PROMPT)],
      ["grep --color=auto -rn needle tree | sort\r", AT_PROMPT],
      ["grep --color=auto needle\r", NEW_LINE],
      ["a needle\r", /a needle\na needle/],
      ["\x04", AT_PROMPT],
    ],
  },
  {
    program: "rg",
    does: "colours and groups, and searches the folder and not its input",
    needs: ["rg"],
    files: TREE,
    steps: [
      ["cd tree; rg --sort path needle\r", all("two.c", AT_PROMPT)],
      ["rg --sort path needle | cat\r", AT_PROMPT],
      ["cat one.txt | rg needle\r", all("needle in here", AT_PROMPT)],
      ["rg -C1 needle one.txt\r", AT_PROMPT],
    ],
  },
  {
    program: "fd",
    does: "colours what it found",
    needs: ["fdfind"],
    files: TREE,
    prepare: EXECUTABLE,
    steps: [
      ["fdfind -j1 one tree\r", all("one.txt", AT_PROMPT)],
      ["fdfind -j1 one tree | cat\r", AT_PROMPT],
      ["fdfind -j1 -t x . tree\r", AT_PROMPT],
    ],
  },
  {
    program: "bat",
    does: "colours and pages a source",
    needs: ["batcat", "less"],
    files: TREE,
    env: { BAT_CONFIG_PATH: "/nonexistent", BAT_CACHE_PATH: "/srv/.cache/bat" },
    steps: [
      ["batcat tree/two.c\r", all("two.c", AT_PROMPT)],
      ["batcat tree/two.c | cat\r", AT_PROMPT],
      ["seq 100 > numbers; batcat numbers\r", all("File: numbers", behind(":"))],
      ["q", AT_PROMPT],
      ["echo piped | batcat -l txt\r", AT_PROMPT],
    ],
  },
  {
    program: "gcc",
    does: "colours its errors and fits them to the window",
    needs: ["gcc"],
    files: { "wrong.c": "int main(void)\n{\n    int unused;\n    return nothing(1)\n}\n" },
    steps: [
      ["gcc -Wall wrong.c\r", all("error:", AT_PROMPT)],
      ["gcc -Wall wrong.c 2>&1 | cat\r", AT_PROMPT],
    ],
  },
  {
    program: "cargo",
    does: "colours its progress and rustc's errors",
    needs: ["cargo", "rustc"],
    env: { CARGO_HOME: "/srv/.cargo", CARGO_NET_OFFLINE: "true", RUSTUP_HOME: "/nonexistent" },
    files: {
      "rope/Cargo.toml": '[package]\nname = "rope"\nversion = "0.1.0"\nedition = "2021"\n',
      "rope/src/main.rs": 'fn main() {\n    let x = 1;\n    println!("{}", nothing);\n}\n',
    },
    steps: [
      ["cd rope; cargo check\r", all("could not compile", AT_PROMPT)],
      ["sed -i s/nothing/x/ src/main.rs; clear; cargo run\r", all(/^1$/m, AT_PROMPT)],
      ["cargo run 2>&1 | cat\r", AT_PROMPT],
      ["cargo test\r", all("test result: ok", AT_PROMPT)],
    ],
    masks: [{ what: /\d+\.\d\ds|main-\w+/g, why: "times and hashes" }],
  },
  {
    program: "jq",
    does: "colours and indents",
    needs: ["jq"],
    steps: [
      ['echo \'{"a": [1, null, "text", true]}\' | jq .\r', all("null", AT_PROMPT)],
      ['echo \'{"a": [1, null, "text", true]}\' | jq . | cat\r', AT_PROMPT],
      ["jq -n input\r", NEW_LINE],
      ['{"typed":1}\r', '"typed"'],
      ["\x04", AT_PROMPT],
    ],
  },
  {
    program: "ip",
    does: "colours with -c=auto",
    needs: ["ip"],
    version: "ip -V",
    steps: [
      ["ip -c=auto addr show lo\r", all("127.0.0.1", AT_PROMPT)],
      ["ip -c=auto addr show lo | cat\r", AT_PROMPT],
      ["ip -c=auto -br link show lo\r", AT_PROMPT],
    ],
  },
  {
    program: "tree",
    does: "colours, and draws lines",
    needs: ["tree"],
    files: TREE,
    prepare: EXECUTABLE,
    env: { LS_COLORS: "di=01;34:ex=01;32:ln=01;36:or=31" },
    steps: [
      ["tree tree\r", all("2 directories", AT_PROMPT)],
      ["tree tree | cat\r", AT_PROMPT],
    ],
  },
  {
    program: "diff",
    does: "colours with --color=auto, and makes columns with -y",
    needs: ["diff"],
    files: { "one": "a\nb\nc\n", "two": "a\nB\nc\nd\n" },
    prepare: "touch -d 2020-02-02T02:02:02Z one two",
    steps: [
      ["diff --color=auto -u one two | cat; diff --color=auto one two\r", all("> d", AT_PROMPT)],
      ["diff --color=auto -y -W $(tput cols) one two\r", AT_PROMPT],
    ],
  },
  {
    program: "dmesg",
    does: "colours a kernel's messages",
    needs: ["dmesg"],
    files: {
      "messages":
        "<6>[    0.000000] Linux version 6.1\n<3>[    1.500000] usb 1-1: device not responding\n" +
        "<4>[    2.000000] warning: something\n<2>[   12.345678] BUG: none\n",
    },
    steps: [
      ["dmesg -F messages\r", all("BUG", AT_PROMPT)],
      ["dmesg -F messages | cat\r", AT_PROMPT],
      ["dmesg -F messages -H\r", all("BUG", AT_PROMPT)],
    ],
    masks: [{ what: /\[\w{3}\d\d \d\d:\d\d\]/g, why: "clock" }],
  },
  {
    program: "cal",
    does: "marks a day",
    needs: ["ncal"],
    version: "dpkg-query -W -f '${Version}\\n' ncal",
    steps: [
      ["ncal -b -H 2020-02-02 2 2020\r", all("February 2020", AT_PROMPT)],
      ["ncal -b -H 2020-02-02 2 2020 | cat\r", AT_PROMPT],
    ],
  },
  {
    program: "perl and python",
    does: "colour by isatty in scripts, and flush a prompt before they read",
    needs: ["perl", "python3"],
    version: "perl -e 'print $^V'",
    steps: [
      [
        'perl -MTerm::ANSIColor -e \'print -t STDOUT ? colored("yes", "green") : "no", "\\n"\'\r',
        all(/^yes$/m, AT_PROMPT),
      ],
      ['perl -e \'print "name: "; $_ = <STDIN>; print "got $_"\'\r', behind("name: ")],
      ["ada\r", all("got ada", AT_PROMPT)],
      [
        "python3 -c 'import sys; print(sys.stdin.isatty(), sys.stdout.line_buffering)' | cat\r",
        all("True False", AT_PROMPT),
      ],
      [
        "python3 -c 'import sys; print(sys.stdin.isatty(), sys.stdout.line_buffering)'\r",
        all("True True", AT_PROMPT),
      ],
    ],
  },
];

programs("Colour", COLOUR);
