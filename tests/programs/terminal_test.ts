// Tools and scripts that query or set the terminal.

import { all, AT_PROMPT, behind, gone, hidden, NEW_LINE, type Program } from "./program.ts";
import { programs } from "./run.ts";

const TERMINAL: readonly Program[] = [
  {
    program: "stty",
    does: "shows and changes settings, and saves and restores them",
    needs: ["stty"],
    steps: [
      ["stty size; stty speed\r", all("24 80", AT_PROMPT)],
      ["stty -a\r", all("intr = ^C", AT_PROMPT)],
      [
        "saved=$(stty -g); stty -echo; echo quiet; read x; stty $saved; echo got $x\r",
        all(/^quiet$/m, hidden("")),
      ],
      ["unseen\r", all(/^quiet\ngot unseen$/m, AT_PROMPT)],
      ["stty raw -echo; echo ready; head -c 3 | od -c; stty $saved\r", /^ready$/m],
      ["a\r\x03", all("003", behind("$ "))],
      ["\rstty erase '#'; echo set; cat\r", /^set$/m],
      ["wrxx##ong\r", /^wrong\nwrong$/m],
      ["\x04", AT_PROMPT],
      ["stty sane; stty rows 30; stty size; stty rows 24\r", all("30 80", AT_PROMPT)],
      ["stty -F /dev/tty size; stty size < /dev/null\r", AT_PROMPT],
    ],
  },
  {
    program: "tput",
    does: "moves the cursor, colours, and knows the window",
    needs: ["tput"],
    version: "tput -V",
    files: {
      "draw.sh": [
        "tput smcup; tput clear; tput civis",
        "rows=$(tput lines); cols=$(tput cols)",
        "tput cup $((rows / 2)) $(((cols - 10) / 2)); tput setaf 2; tput rev",
        "printf '%sx%s' $cols $rows; tput sgr0",
        "tput cup $((rows - 1)) 0; printf 'key: '; tput cnorm",
        "stty -icanon -echo; key=$(dd bs=1 count=1 2>/dev/null); stty icanon echo",
        'tput rmcup; echo "got $key"',
        "",
      ].join("\n"),
    },
    steps: [
      ["sh draw.sh\r", all("80x24", behind("key: "))],
      ["q", all("got q", AT_PROMPT)],
      ["tput longname; echo; tput colors; tput -T vt100 cols\r", AT_PROMPT],
      ["tput bold; tput setab 4; echo bold; tput sgr0\r", AT_PROMPT],
    ],
  },
  {
    program: "reset",
    does: "puts the terminal right after a program left it wrong",
    needs: ["reset"],
    version: "reset -V",
    steps: [
      ["printf '\\033[?25l\\033[?1000h\\033(0\\033[4m'; stty -echo -onlcr\r", behind("$ ")],
      ["reset -Q\r", AT_PROMPT],
      ["echo right; stty -a | tail -3\r", all("right", AT_PROMPT)],
    ],
  },
  {
    program: "clear, tset, infocmp",
    does: "know the terminal's type",
    needs: ["clear", "tset", "infocmp"],
    version: "clear -V",
    steps: [
      ["seq 50\r", AT_PROMPT],
      ["clear\r", all(gone("50"), AT_PROMPT)],
      ["tset -q; infocmp -1 | head -5; toe -a 2>/dev/null | grep -c xterm-256color\r", AT_PROMPT],
      ["TERM=dumb ls -C; TERM=nothing clear\r", AT_PROMPT],
    ],
  },
  {
    program: "column",
    does: "fits columns to the window",
    needs: ["column"],
    steps: [
      ["seq 60 | column\r", all("60", AT_PROMPT)],
      ["printf 'name:size\\none:1\\nlonger:22\\n' | column -t -s :\r", AT_PROMPT],
      ["seq 60 | column | tail -2\r", AT_PROMPT],
    ],
  },
  {
    program: "tty, who am i, ps",
    does: "know that there is a terminal",
    needs: ["tty", "ps"],
    steps: [
      ["tty -s && echo a terminal; tty < /dev/null\r", all("a terminal", AT_PROMPT)],
      ["test -t 0 -a -t 1 -a -t 2 && echo all; test -c $(tty) && echo device\r", AT_PROMPT],
      ["(test -t 0 || echo no) < /dev/null; test -t 1 | cat\r", AT_PROMPT],
      ["echo by name > $(tty)\r", all("by name", AT_PROMPT)],
      [
        "ls -l /dev/stdin >/dev/null && test -r /dev/tty -a -w /dev/tty && echo usable\r",
        AT_PROMPT,
      ],
    ],
  },
  {
    program: "a script from cron",
    does: "runs without a terminal beside one that has it",
    needs: ["setsid", "tty"],
    version: "setsid --version",
    files: {
      "job.sh": [
        "tty",
        "test -t 0 || echo stdin is none",
        "(: < /dev/tty) 2>/dev/null || echo no controlling terminal",
        "ls --color=auto -C /nonexistent /srv/job.sh",
        "tput cols; stty size",
        "read x || echo nothing to read",
        "",
      ].join("\n"),
    },
    steps: [
      ["setsid -w sh job.sh < /dev/null > log 2>&1; cat log\r", all("nothing to read", AT_PROMPT)],
      ["nohup sh -c 'test -t 1 || echo to a file' < /dev/null; cat nohup.out\r", AT_PROMPT],
      ["sh job.sh < /dev/null 2>&1 | cat\r", all("nothing to read", AT_PROMPT)],
      ["(sleep 0.2; echo later) & wait\r", all("later", AT_PROMPT)],
    ],
    masks: [{ what: /\[1\] \d+/g, why: "process ids" }],
  },
  {
    program: "tee, head, yes",
    does: "pipelines end when their reader does",
    needs: ["tee", "head", "yes"],
    steps: [
      ["yes | head -3\r", AT_PROMPT],
      ["tee copy\r", NEW_LINE],
      ["one\r", /^one\none$/m],
      ["two\r", /^two\ntwo$/m],
      ["\x04", AT_PROMPT],
      ["cat copy - <<< more\r", AT_PROMPT],
      ["cat > typed\r", NEW_LINE],
      ["a\tb\x04\x04", behind("$ ")],
      ["\rod -c typed\r", AT_PROMPT],
      ["yes > /dev/tty\r", /^y\ny$/m],
      ["\x03", AT_PROMPT],
    ],
    masks: [{ what: /^ +\d+\|(?:y|\^Cy?|y\^C)?\n/gm, why: "how much of it came before ^C" }],
  },
  {
    program: "timeout, time, nice",
    does: "run a program on the terminal",
    needs: ["timeout", "nice"],
    steps: [
      ['timeout --foreground 0.3 cat; echo " status $?"\r', all("status 124", AT_PROMPT)],
      ["nice -n 1 sh -c 'read -p \"name: \" n; echo $n' 2>&1\r", behind("name: ")],
      ["ada\r", AT_PROMPT],
      ["(time -p true) 2>&1 | wc -l; env -i TERM=$TERM stty size\r", all("24 80", AT_PROMPT)],
      ["stdbuf -o0 sh -c 'stty size; test -t 1 && echo yes'\r", all("yes", AT_PROMPT)],
    ],
  },
  {
    program: "dd, curl, wget, rsync",
    does: "show how far they have come",
    needs: ["dd", "curl", "wget", "rsync", "python3"],
    version: "curl --version",
    prepare: "head -c 3000000 /dev/zero > zeros",
    steps: [
      ["dd if=zeros of=copy bs=1M status=progress 2>&1 | grep -c copied; rm copy\r", AT_PROMPT],
      ["curl -# -o copy file:///srv/zeros\r", all("100.0%", AT_PROMPT)],
      ["curl -o copy file:///srv/zeros; stty size\r", all("24 80", AT_PROMPT)],
      ["rsync --progress zeros new/\r", all("100%", AT_PROMPT)],
    ],
    masks: [
      { what: /\s+[\d.]+[kMG]B\/s +\d:\d\d:\d\d/g, why: "speed" },
      { what: /^ +\d+\|100 .*$/gm, why: "speed" },
    ],
  },
  {
    program: "pip",
    does: "draws a bar for a download from this host",
    needs: ["python3", "pip3"],
    version: "pip3 --version",
    files: {
      "serve.py": [
        "import http.server, threading, subprocess, sys, zipfile, os",
        "os.mkdir('index'); os.mkdir('index/rope')",
        "name = 'index/rope/rope-1.0-py3-none-any.whl'",
        "with zipfile.ZipFile(name, 'w') as wheel:",
        "    wheel.writestr('rope.bin', os.urandom(2_000_000))",
        "    info = 'rope-1.0.dist-info/'",
        "    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: rope\\nVersion: 1.0\\n')",
        "    wheel.writestr(info + 'WHEEL',",
        "        'Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')",
        "    wheel.writestr(info + 'RECORD', '')",
        "class Quiet(http.server.SimpleHTTPRequestHandler):",
        "    def log_message(self, *_): pass",
        "server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Quiet)",
        "os.chdir('index')",
        "threading.Thread(target=server.serve_forever, daemon=True).start()",
        "url = f'http://127.0.0.1:{server.server_port}/'",
        "sys.exit(subprocess.call([sys.executable, '-m', 'pip', 'download', '--no-deps',",
        "    '--no-cache-dir', '--disable-pip-version-check', '-d', '/srv/got', '-i', url, 'rope']))",
        "",
      ].join("\n"),
    },
    env: { PIP_CONFIG_FILE: "/dev/null", PIP_ROOT_USER_ACTION: "ignore" },
    steps: [
      ["python3 serve.py\r", all("Successfully downloaded rope", AT_PROMPT)],
    ],
    masks: [
      { what: /127\.0\.0\.1:\d+/g, why: "port" },
      { what: /^ +\d\| +━.*\n(?: {3}: .*\n)*/gm, why: "speed, and how far the bar came between" },
    ],
  },
  {
    program: "npm",
    does: "turns its wheel while it installs from this host's folder",
    needs: ["npm"],
    env: {
      ...{ npm_config_cache: "/srv/.npm", npm_config_offline: "true" },
      ...{ npm_config_update_notifier: "false", npm_config_audit: "false" },
      ...{ npm_config_fund: "false" },
    },
    files: {
      "rope/package.json": '{"name":"rope","version":"1.0.0","scripts":{"ask":"node ask.js"}}\n',
      "rope/ask.js":
        "require('readline').createInterface({input: process.stdin, output: process.stdout})" +
        ".question('name: ', (n) => { console.log('got ' + n, process.stdout.isTTY); process.exit() })\n",
      "app/package.json": '{"name":"app","version":"1.0.0"}\n',
    },
    steps: [
      ["cd app; npm install ../rope\r", all("added 1 package", AT_PROMPT)],
      ["cd ../rope; npm run ask\r", behind("name: ")],
      ["ada\r", all("got ada true", AT_PROMPT)],
    ],
    masks: [{ what: /in \d+m?s/g, why: "time" }],
  },
];

programs("Terminal and scripts", TERMINAL);
