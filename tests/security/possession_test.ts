// A path does not prove possession, and a connection does not identify its maker forever: nobody gets anything from a
// session of root that way.

import { assertEquals, assertMatch } from "@std/assert";
import { asArguments, secretNames } from "./places.ts";
import { attack, member } from "./programs.ts";
import { attacked, gains, resultOf } from "./scene.ts";
import { AS_NOBODY, attackFrom, Stranger } from "./stranger.ts";

attacked(
  "a process that can only name the terminal's FIFOs (O_PATH) is refused everything",
  async (scene) => {
    const lines = await scene.attack("stranger", "possess");
    assertEquals(gains(lines), []);
    assertMatch(lines.at(-1) ?? "", /^\d+ requests$/);
  },
);

attacked("a stranger finds no name of the session in /proc", async ({ places }) => {
  const command = [await attack("stranger"), "names", ...secretNames(places)];
  const lines = await attackFrom(places.processes.shell, command);
  assertMatch(lines.at(-1) ?? "", /^[1-9]\d* processes$/);
  assertEquals(lines.slice(0, -1), []);
});

for (const linked of ["dynamic", "static"] as const) {
  for (const [user, as] of [["root", ""], ["nobody", AS_NOBODY]] as const) {
    attacked(`an O_PATH descriptor is no possession: ${linked}, as ${user}`, async (scene) => {
      const { session, place, places } = scene;
      await Deno.chmod(place.home, 0o777);
      const words = asArguments(places).join(" ");
      await place.write("attack", `${as} ${await member(linked)} own-path ${words} > result\n`);
      await session.launch("sh attack");
      // Not by the terminal: what it is granted might stop that.
      const lines = await resultOf(place, /^\d+ requests$/m);
      assertEquals(lines.slice(0, -1), []);
      await session.waitForPrompt();
    });
  }
}

for (const linked of ["dynamic", "static"] as const) {
  for (const away of ["", "away"]) {
    const name = `nobody's O_PATH descriptor is not opened again: ${linked} ${away}`.trimEnd();
    attacked(name, async ({ session, place }) => {
      await place.write("attack", `exec ${await member(linked)} deputy ${away} 7> result\n`);
      await session.run("sh attack");
      assertEquals(await session.run("cat result"), [
        "open for both: Permission denied",
        "open for reading: Permission denied",
        "open for writing: Permission denied",
        "settings: Bad file descriptor",
        "size: Bad file descriptor",
        "write: Bad file descriptor",
        "read: Bad file descriptor",
      ]);
    });
  }
}

for (const how of ["passed", "inherited"]) {
  attacked(
    `a connection's maker is gone, and is not who has its number now: ${how}`,
    async (scene) => {
      const { session, places } = scene;
      const program = [await attack("stranger"), "identity", how, ...asArguments(places)];
      await using stranger = new Stranger(places.processes.shell, program);
      const [, maker] = /^process (\d+)$/.exec(await stranger.line() ?? "") ?? [];
      await session.run("clear");
      const again = `echo $((${maker} - 1)) > /proc/sys/kernel/ns_last_pid; sleep 1000 &`;
      await session.run(again);
      await session.run("clear");
      assertEquals(await session.run("echo $!"), [maker], "the number was not given again");
      await stranger.go();
      const lines = await stranger.rest();
      await session.run("kill %1; wait; clear");
      assertEquals(gains(lines), []);
      assertMatch(lines.at(-1) ?? "", /^\d+ connections$/);
    },
    { needs: ["/proc/sys/kernel/ns_last_pid"] },
  );
}
