// What programs find out about the terminal: its name, its type, its size.

import { assertEquals, assertMatch } from "@std/assert";
import { inBash, sameOutput } from "./harness/bash.ts";
import { ENTER } from "./harness/keys.ts";

inBash("stty, tput and test see the terminal", async (scene) => {
  const { session } = scene;
  await sameOutput(
    scene,
    "stty -a",
    "stty -g",
    "stty -a < /dev/tty",
    "stty -F /dev/tty -a",
    "for i in 0 1 2 3; do test -t $i; echo $?; done",
    "tput cols; tput lines; tput colors",
    "tput cols < /dev/null; tput cols 2> /dev/null",
    "echo $COLUMNS $LINES $TERM $LANG",
  );
  assertEquals(await session.run("stty size"), ["24 80"]);
  assertEquals(await session.run("test -t 0 && test -t 1 && test -t 2 && echo yes"), ["yes"]);
  assertEquals(await session.run("echo | test -t 0 || echo no"), ["no"]);
});

inBash("tty names it, and the name can be opened", async (scene) => {
  const { session } = scene;
  const [name] = await session.run("tty");
  assertMatch(name, /^\/dev\/\w+/);
  await sameOutput(
    scene,
    "tty > /dev/null; echo $?",
    "tty < /dev/null; echo $?",
    'test -c "$(tty)"; echo $?',
    'echo out > "$(tty)"',
    'stty size < "$(tty)"',
  );
});

inBash("ls colours its output", async (scene) => {
  const { session } = scene;
  await session.run("mkdir folder; touch plain; ln -s plain link; chmod +x plain");
  await session.run("ls --color=auto");
  await scene.snapshot("colours");
  await sameOutput(scene, "ls --color=auto | cat", "seq 30 | column", "ls -x / | head -3");
});

inBash("standard streams are character devices", async (scene) => {
  await sameOutput(
    scene,
    "stat -L -c %F /dev/stdin /dev/stdout /dev/fd/2 /proc/self/fd/0 /dev/tty",
    "[ -p /dev/stdin ]; echo $?",
    "[ -c /dev/stdin ]; echo $?",
    "[ -c /dev/stdout ]; echo $?",
    "[ /dev/stdin -ef /dev/stdout ]; echo $?",
    "python3 -c 'import os,stat; print([stat.S_ISCHR(os.fstat(f).st_mode) for f in (0,1,2)])'",
    "python3 -c 'import os; print(os.ttyname(0)==os.ttyname(1), os.ctermid(), os.get_terminal_size())'",
    "python3 -c 'import os; print(os.tcgetpgrp(0) == os.getpgrp(), os.getsid(0) == os.getppid())'",
    "perl -e 'print -t STDIN, -t STDOUT, -c STDIN, \"\\n\"'",
  );
}, { needs: ["python3", "perl"] });

inBash("node sees a terminal of the right size", async (scene) => {
  await sameOutput(
    scene,
    "node -p '[process.stdin.isTTY, process.stdout.isTTY, process.stdout.columns, process.stdout.rows]'",
    "node -p 'process.stdout.getColorDepth()'",
    "node -p 'process.stdout.isTTY' | cat",
  );
}, { needs: ["node"] });

inBash("/dev/tty is opened for reading, for writing and for both", async (scene) => {
  const { session } = scene;
  await session.run("exec 3<>/dev/tty 4</dev/tty 5>/dev/tty");
  assertEquals(await session.run("echo three >&3; echo five >&5"), ["three", "five"]);
  await sameOutput(scene, "for i in 3 4 5; do test -t $i; echo $?; done");
  for (const descriptor of [3, 4, 0]) {
    await session.launch(`read line <&${descriptor}; echo "got <$line>"`);
    session.type(`typed ${descriptor}${ENTER}`);
    await session.waitForOutput(`got <typed ${descriptor}>`);
    await session.waitForPrompt();
  }
  await session.launch("echo piped | (read line < /dev/tty; cat; echo $line)");
  session.type(`from the terminal${ENTER}`);
  await session.waitForOutput(/piped\r\nfrom the terminal\r\n/);
  await session.waitForPrompt();
  await scene.snapshot("all of it");
});

inBash(
  "settings made by stty apply to the next program, and the shell keeps them",
  async (scene) => {
    await sameOutput(
      scene,
      "stty -echo; stty -a | grep -o -- '-*echo\\b'; stty echo",
      "stty -icanon min 5 time 3; stty -a | grep -o 'min.*'; stty sane",
      "stty intr ^X; stty -a | grep -o 'intr = [^;]*'; stty intr ^C",
      "stty -onlcr; echo a; echo b; stty onlcr; echo",
      "stty raw -echo; stty -g; stty sane; stty -g",
      "stty -a",
    );
    await scene.snapshot("all of it");
  },
);
