// A TERM that the far host has no description of.

import { assertEquals, assertNotMatch } from "@std/assert";
import { BACKSPACE, ENTER, LEFT, UP } from "./harness/keys.ts";
import { throughRpty } from "./harness/through_rpty.ts";

for (const type of ["xterm-of-tomorrow", "unheard-of"]) {
  throughRpty(`TERM=${type}: bash and less are usable`, {
    terminalEnv: { TERM: type, LANG: "C.UTF-8" },
    needs: ["less"],
  }, async ({ session }) => {
    await session.waitForPrompt();
    session.type(`echo wrold${LEFT.repeat(3)}${BACKSPACE}o${LEFT}${LEFT}`);
    await session.settle();
    session.type(`${ENTER}`);
    await session.waitForPrompt();
    session.type(UP);
    await session.waitFor(/\$ echo w/);
    await session.run("");
    assertEquals(await session.run("tput cols; tput cup 0 0 > /dev/null; echo $?"), ["80", "0"]);
    await session.run("seq 200 > numbers; clear");
    session.type(`less numbers${ENTER}`);
    await session.waitFor(/^23$/m);
    assertNotMatch(session.screen.text, /not fully functional/);
    session.type(" ");
    await session.waitFor(/^46$/m);
    session.type("q");
    await session.waitForPrompt();
    session.type(`exit${ENTER}`);
    assertEquals(await session.exit(), 0);
  });
}

throughRpty("TERM=dumb stays what it is", {
  terminalEnv: { TERM: "dumb" },
}, async ({ session }) => {
  await session.waitForPrompt();
  assertEquals(await session.run("echo $TERM"), ["dumb"]);
});
