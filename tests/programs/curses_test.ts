// Full-screen programs, and programs that redraw again and again.

import {
  all,
  AT_PROMPT,
  behind,
  cursorAt,
  fullScreen,
  gone,
  type Mask,
  type Program,
} from "./program.ts";
import { programs } from "./run.ts";

/** Down, as xterm sends it to programs that asked for application keys. */
const DOWN = "\x1bOB";
/** F10, as xterm sends it. */
const F10 = "\x1b[21~";
const FILES = { "tree/one.txt": "1\n", "tree/two.txt": "22\n", "tree/sub/three.txt": "333\n" };

const TIMES: Mask = { what: /(\w{3} [ \d]\d \d\d:\d\d|[\w.-]+: \w{3} \w{3} .*)/g, why: "clock" };

const CURSES: readonly Program[] = [
  {
    program: "top",
    does: "shows processes, sorts, asks and helps",
    needs: ["top"],
    version: "top -V",
    steps: [
      ["top -d 100 -p $$\r", all(/^ *PID +USER +PR +NI +VIRT/m, "load average")],
      ["h", "Help for Interactive Commands"],
      ["q", /^ *PID +USER +PR +NI +VIRT/m],
      ["d", /Change delay from 100\.0 to/],
      ["50\r", gone("Change delay")],
      ["q", AT_PROMPT],
    ],
    masks: [
      { what: /^ +\d\|(top - |Tasks|%Cpu|MiB).*$/gm, why: "figures of the machine" },
      { what: /^ +\d\|.*\bbash$/gm, why: "figures of the process" },
      { what: /(?<=^ +\d\|) +(?=PID)/gm, why: "width of the column with process ids" },
      { what: /\n {3}: .*/g, why: "figures' lengths" },
    ],
  },
  {
    program: "htop",
    does: "shows processes, a menu, the setup and a filter",
    needs: ["htop"],
    steps: [
      ["htop -d 1000 -p $$\r", fullScreen("F10Quit", "PID")],
      ["h", /htop 3.* - /],
      ["q", "F10Quit"],
      ["\x1bOS", "Filter"],
      ["no such", "no such"],
      ["\r", "F10Quit"],
      ["\x1bOQ", "Categories"],
      [F10, all("F10Quit", gone("Categories"))],
      ["q", AT_PROMPT],
    ],
    masks: [
      { what: /^ +\d\|.*(Tasks|Load|Uptime|\]).*$/gm, why: "figures of the machine" },
      { what: /^ +[5-8]\|.*$/gm, why: "figures of the process" },
      { what: /\n {3}: .*/g, why: "figures' lengths" },
    ],
  },
  {
    program: "mc",
    does: "shows folders and a file, makes a folder and asks before it ends",
    needs: ["mc"],
    version: "mc --version | head -1",
    files: FILES,
    steps: [
      ["mc -u tree\r", fullScreen("10Quit", "two.txt")],
      [DOWN + DOWN, "one.txt"],
      ["\x1bOR", all("one.txt", "2/2", gone("UP--DIR"))],
      ["\x1bOR", "UP--DIR"],
      ["\x1b[18~", "Create a new Directory"],
      ["made\r", "/made"],
      ["\x1b[20~" + DOWN, "Listing format"],
      ["\x1b\x1b", gone("Listing format")],
      ["echo from the command line\r", fullScreen("10Quit")],
      [F10, AT_PROMPT],
    ],
    masks: [
      { what: /\w{3} [ \d]\d \d\d:\d\d/g, why: "times of files" },
      { what: /\d+[KMGT]? ?\/ ?\d+[KMGT]? \(\d+%\)/g, why: "free room" },
    ],
  },
  {
    program: "ncdu",
    does: "counts, browses and asks before it deletes",
    needs: ["ncdu"],
    files: { ...FILES, "tree/big.txt": "x".repeat(100_000) },
    steps: [
      ["ncdu tree\r", all("big.txt", "Total disk usage")],
      [DOWN, "big.txt"],
      ["i", "Path:"],
      ["i", gone("Path:")],
      ["d", "Are you sure"],
      ["\r", gone("Are you sure")],
      ["?", "ncdu help"],
      ["q", gone("ncdu help")],
      ["q", AT_PROMPT],
    ],
  },
  {
    program: "dialog",
    does: "asks with a menu, a check list, a form and a file's name",
    needs: ["dialog"],
    env: { NO_AT_BRIDGE: "1" },
    steps: [
      ['dialog --menu "Which?" 12 40 3 r Red g Green b Blue 2>answer\r', cursorAt(15, 30)],
      ["g", "Green"],
      ["\r", AT_PROMPT],
      [
        'cat answer; dialog --checklist "Which?" 12 40 3 r Red off g Green on 2>answer\r',
        cursorAt(15, 30),
      ],
      [" ", /\[\*\] r/],
      ["\t", cursorAt(15, 40)],
      ["\r", AT_PROMPT],
      [
        'dialog --form "Who?" 12 40 2 Name: 1 1 "" 1 10 20 0 Age: 2 1 "" 2 10 5 0 2>answer\r',
        cursorAt(8, 31),
      ],
      [`Ada${DOWN}36`, all("Ada", "36")],
      ["\t\r", AT_PROMPT],
      ["clear; cat answer\r", all("Ada", AT_PROMPT)],
    ],
  },
  {
    program: "dialog",
    does: "shows a password box, a calendar and a text",
    needs: ["dialog"],
    files: { "long.txt": Array.from({ length: 50 }, (_, i) => `line ${i}`).join("\n") + "\n" },
    steps: [
      ["dialog --insecure --passwordbox Secret 8 40 2>answer\r", all("Cancel", cursorAt(10, 22))],
      ["hush", "****"],
      ["\r", AT_PROMPT],
      ["dialog --calendar When 0 0 2 2 2020 2>answer\r", all("February", cursorAt(19, 30))],
      [DOWN, "2020"],
      ["\t\t\r", AT_PROMPT],
      ["dialog --textbox long.txt 12 40\r", all("line 3", cursorAt(15, 37))],
      [" ", "line 9"],
      ["\r", AT_PROMPT],
    ],
  },
  {
    program: "dialog",
    does: "shows a gauge for what a pipe says",
    needs: ["dialog"],
    steps: [["echo 30 | dialog --gauge Working 8 40\r", all("30%", AT_PROMPT)]],
  },
  {
    program: "whiptail",
    does: "asks with a menu, an input box and yes or no, as nmtui does",
    needs: ["whiptail"],
    steps: [
      [
        'whiptail --title Choose --menu "Which?" 15 50 3 r Red g Green b Blue 2>answer\r',
        fullScreen("<Cancel>"),
      ],
      [DOWN, "Green"],
      ["\t\r", AT_PROMPT],
      ['cat answer; echo; whiptail --inputbox "Name?" 8 40 ada 2>answer\r', fullScreen("<Cancel>")],
      ["\x7f\x7f\x7fbob", "bob"],
      ["\r", AT_PROMPT],
      [
        'cat answer; echo; whiptail --yesno "Really?" 8 40; echo " status $?"\r',
        fullScreen("<No>"),
      ],
      ["\t\r", all("status 1", AT_PROMPT)],
      ['whiptail --passwordbox "Secret" 8 40 2>answer\r', fullScreen("<Cancel>")],
      ["hush\x1b", AT_PROMPT],
    ],
  },
  {
    program: "cfdisk",
    does: "shows a disk image's partitions and asks for a size",
    needs: ["cfdisk", "sfdisk"],
    prepare: "truncate -s 64M disk; " +
      "printf 'label: dos\\nlabel-id: 0x1234\\n,10M\\n,20M,S\\n' | sfdisk -q disk",
    steps: [
      ["cfdisk disk\r", all("Disk: disk", "disk1", "Quit program")],
      [DOWN + DOWN, all("Free space", "Create new partition")],
      ["n", "Partition size:"],
      ["\x15", "Partition size:"],
      ["\x1b", gone("Partition size:")],
      ["q", AT_PROMPT],
    ],
  },
  {
    program: "fdisk",
    does: "asks line by line",
    needs: ["fdisk"],
    prepare: "truncate -s 64M disk",
    steps: [
      ["fdisk disk\r", behind("Command (m for help): ")],
      ["n\r", behind("Select (default p): ")],
      ["\r", behind("Partition number (1-4, default 1): ")],
      ["\r\r+10M\r", behind("Command (m for help): ")],
      ["p\r", all("disk1", behind("Command (m for help): "))],
      ["q\r", AT_PROMPT],
    ],
    masks: [{ what: /0x[0-9a-f]{8}/g, why: "disk identifiers by chance" }],
  },
  {
    program: "watch",
    does: "shows a command again and again, differences marked, until ^C",
    needs: ["watch"],
    steps: [
      ["watch -n 0.2 -t 'wc -l < /proc/self/limits; stty size </dev/tty'\r", fullScreen("24 80")],
      ["\x03", AT_PROMPT],
      [
        "watch -n 0.1 -g -t 'ls tick 2>&1 | tee -a log; grep -q cannot log && touch tick'\r",
        AT_PROMPT,
      ],
      ["watch -c -t -n 100 \"printf '\\033[31mred\\033[0m'\"\r", fullScreen("red")],
      ["\x03", AT_PROMPT],
    ],
  },
  {
    program: "pv",
    does: "draws a bar beside the pipe's data",
    needs: ["pv"],
    prepare: "head -c 5000000 /dev/zero > zeros",
    steps: [
      ["pv -pb -w 40 zeros > copy\r", all("100%", AT_PROMPT)],
      ["pv -W -pb -w 60 zeros | wc -c\r", all("5000000", "100%", AT_PROMPT)],
      ["seq 5 | pv -lb -i 0.1 | tail -1\r", all("5.00", AT_PROMPT)],
    ],
  },
  {
    program: "python curses",
    does: "draws colours and boxes, takes keys and follows the mouse",
    needs: ["python3"],
    version: "python3 --version",
    files: {
      "draw.py": [
        "import curses",
        "def main(screen):",
        "    curses.start_color(); curses.use_default_colors()",
        "    curses.mousemask(curses.ALL_MOUSE_EVENTS)",
        "    for i in range(1, 8):",
        "        curses.init_pair(i, i, -1)",
        "        screen.addstr(i, 2, f'colour {i}', curses.color_pair(i) | curses.A_BOLD)",
        "    screen.subwin(5, 20, 10, 10).box()",
        "    while True:",
        "        screen.addstr(0, 0, 'key? '); screen.clrtoeol()",
        "        key = screen.getkey()",
        "        if key == 'q': return",
        "        if key == 'KEY_MOUSE': key = str(curses.getmouse()[1:3])",
        "        screen.addstr(20, 2, f'got {key}'); screen.clrtoeol(); screen.move(0, 5)",
        "curses.wrapper(main)",
        "",
      ].join("\n"),
    },
    steps: [
      ["python3 draw.py\r", fullScreen("colour 7", "key?")],
      ["\x1bOA", "got KEY_UP"],
      ["\x1b[6~", "got KEY_NPAGE"],
      ["\x1b[<0;12;9M\x1b[<0;12;9m", "got (11, 8)"],
      ["\x7f", "got KEY_BACKSPACE"],
      ["q", AT_PROMPT],
    ],
  },
  {
    program: "nmtui-like",
    does: "a form of newt's with a list and a scale",
    needs: ["whiptail"],
    version: "whiptail --version",
    steps: [
      [
        'whiptail --radiolist "Net?" 12 50 3 eth0 Wire on wlan0 Air off lo Self off 2>answer\r',
        fullScreen("(*) eth0"),
      ],
      [`${DOWN} `, "(*) wlan0"],
      ["\t\r", AT_PROMPT],
      ["(echo 10; head -c 1 </dev/tty >/dev/null; echo 99) | whiptail --gauge Up 7 40 0\r", "10%"],
      ["\r", AT_PROMPT],
      ['whiptail --msgbox "Done" 8 30\r', fullScreen("<Ok>")],
      ["\r", AT_PROMPT],
    ],
  },
];

programs("Whole screens", CURSES);
void TIMES;
