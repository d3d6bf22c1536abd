// Rights that a caller has only in its own user namespace give it nothing over root's session.

import { assertEquals } from "@std/assert";
import { missing } from "../harness/needs.ts";
import { member } from "./programs.ts";
import { attacked, resultOf } from "./scene.ts";
import { AS_NOBODY } from "./stranger.ts";

/** Nobody, with all capabilities in a namespace of its own. */
const AS_ROOT_OF_NOTHING = `${AS_NOBODY} unshare -Ur`;

/** Whether nobody may make a user namespace here. */
function canUnshare(): boolean {
  if (missing(["root", "setpriv", "unshare"]).length > 0) return false;
  const [command, ...args] = `${AS_ROOT_OF_NOTHING} true`.split(" ");
  return new Deno.Command(command, { args, stderr: "null" }).outputSync().success;
}

const NEEDS = canUnshare() ? [] : ["user namespaces for nobody"];

for (const linked of ["dynamic", "static"] as const) {
  attacked(`the root of a user namespace steals no terminal: ${linked}`, async (scene) => {
    const { session, place } = scene;
    await place.write("attack", `${AS_ROOT_OF_NOTHING} ${await member(linked)} steal > result\n`);
    await session.launch("sh attack");
    assertEquals(await resultOf(place, /^steal:/), ["steal: Operation not permitted"]);
    await session.waitForPrompt();
  }, { needs: NEEDS });

  attacked(`the root of a user namespace opens no exclusive terminal: ${linked}`, async (scene) => {
    const { session } = scene;
    const program = await member(linked);
    await session.run(`${program} exclusive`);
    const opened = [
      await session.run(`${AS_NOBODY} ${program} open`),
      await session.run(`${AS_ROOT_OF_NOTHING} ${program} open`),
      await session.run(`${program} open`),
    ];
    await session.run(`${program} inclusive`);
    const busy = ["open: Device or resource busy"];
    assertEquals(opened, [busy, busy, ["open: GOT"]]);
    assertEquals(await session.run(`${AS_ROOT_OF_NOTHING} ${program} open`), ["open: GOT"]);
  }, { needs: NEEDS });
}
