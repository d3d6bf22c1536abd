// Programs that ask questions: read, passwords, menus, REPLs.

import { assertEquals } from "@std/assert";
import { inBash } from "./harness/bash.ts";
import { helper } from "./harness/build.ts";
import { BACKSPACE, ENTER } from "./harness/keys.ts";

inBash("bash's read: hidden, one key, with a limit of time", async (scene) => {
  const { session } = scene;
  await session.launch("read -s -p 'secret: ' x; echo; echo \"<$x>\"");
  await session.waitForOutput("secret: ");
  session.type(`pass${BACKSPACE}sword${ENTER}`);
  await session.waitForOutput("<password>");
  await session.waitForPrompt();

  await session.launch("read -n1 -p 'key: ' x; echo; echo \"<$x>\"");
  await session.waitForOutput("key: ");
  session.type("y");
  await session.waitForOutput("<y>");
  await session.waitForPrompt();

  assertEquals((await session.run("read -t 0.3 x; echo $?")).at(-1), "142");
  await session.launch('read -t 20 x; echo "<$x>"');
  session.type(`in time${ENTER}`);
  await session.waitForOutput("<in time>");
  await session.waitForPrompt();
  await scene.snapshot("all of it");
});

inBash("python's getpass and input", async (scene) => {
  const { session } = scene;
  await session.launch(
    "python3 -c 'import getpass; print(len(getpass.getpass()), input(\"name? \"))'",
  );
  await session.waitForOutput("Password: ");
  session.type(`swordfish${ENTER}`);
  await session.waitForOutput("name? ");
  session.type(`Adda${BACKSPACE}${BACKSPACE}a${ENTER}`);
  await session.waitForOutput("9 Ada\r\n");
  await session.waitForPrompt();
  await scene.snapshot("all of it");
}, { needs: ["python3"] });

inBash("a C program with scanf and fgets", async (scene) => {
  const { session } = scene;
  await session.launch(await helper("stdio_questions"));
  await session.waitForOutput("name? ");
  session.type(`Adam${BACKSPACE}${ENTER}`);
  await session.waitForOutput("age? ");
  session.type(`36${ENTER}`);
  await session.waitForOutput("line? ");
  session.type(`all is well${ENTER}`);
  await session.waitForOutput("Ada is 36 and says all is well\r\n");
  await session.waitForPrompt();
  await scene.snapshot("all of it");
}, { needs: ["cc"] });

inBash("a C program takes its lines from what was typed ahead", async (scene) => {
  const { session } = scene;
  await session.launch(`sleep 0.3; ${await helper("stdio_questions")}`);
  session.type(`Ada 36${ENTER}first line${ENTER}echo for the shell${ENTER}`);
  await session.waitForOutput("Ada is 36 and says first line\r\n");
  await session.waitForOutput(/\rfor the shell\r\n/);
  await session.waitForPrompt();
}, { needs: ["cc"] });

inBash("stdio reads a standard input that is open for both ways", async (scene) => {
  const { session } = scene;
  for (const redirection of ["0<>/dev/tty", "0<&1", "0<>/dev/tty 1>&0"]) {
    await session.launch(`sed -u 's/^/got /;q' ${redirection}`);
    session.type(`line${ENTER}`);
    await session.waitForOutput("got line\r\n");
    await session.waitForPrompt();
    await session.run(`echo written ${redirection} >&0`);
  }
  await scene.snapshot("all of it");
}, { needs: ["sed"] });

inBash("more reads its keys from the terminal while its text comes from a pipe", async (scene) => {
  const { session } = scene;
  session.type(`seq 100 | more${ENTER}`);
  await session.waitFor("--More--");
  await scene.snapshot("first page");
  session.type(" ");
  await session.waitFor(/^46$/m);
  await scene.snapshot("second page");
  session.type("q");
  await session.waitForPrompt();
  await scene.snapshot("after");
}, { needs: ["more"] });

inBash("bash's select and a confirmation", async (scene) => {
  const { session } = scene;
  await session.launch("select x in red green; do echo chose $x; break; done");
  await session.waitForOutput("#? ");
  session.type(`2${ENTER}`);
  await session.waitForOutput("chose green");
  await session.waitForPrompt();
  await session.run("touch precious");
  await session.launch("rm -i precious");
  await session.waitForOutput("? ");
  session.type(`y${ENTER}`);
  await session.waitForPrompt();
  assertEquals(await session.run("ls precious 2> /dev/null | wc -l"), ["0"]);
  await scene.snapshot("all of it");
});
