// Nobody can keep a session from answering its user: not by silence, floods, or descriptors that are slow to close.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { keysAreEchoed, LONGEST_ECHO } from "./echo.ts";
import { asArguments } from "./places.ts";
import { attack, member } from "./programs.ts";
import { attacked, resultOf } from "./scene.ts";
import { AS_NOBODY, NOBODY } from "./stranger.ts";

/** How long, in ms, a silent connection may stay, with time to spare. */
const SILENCE = 20_000;
/** What a program that asks the keeper tells at its end. */
const ANSWERS = /^(\d+) failed, (\d+) later answers, longest answer (\d+) ms$/;
/** Seconds in which two threads try to meet the moment. */
const RACE = 10;

// Of one alone the sender itself may hold the last reference.
for (const count of [4, 200]) {
  attacked(`${count} descriptors that take long to close keep no key waiting`, async (scene) => {
    await using stranger = await scene.begin("stranger", "linger", `${count}`);
    assertMatch(await stranger.line() ?? "", /^\d+ descriptors sent$/);
    await keysAreEchoed(scene.session, `${count} descriptors that linger`, 10);
    await stranger.go();
  });
}

for (const count of [2, 40]) {
  attacked(`${count} connections that say nothing whole are closed`, async (scene) => {
    const lines = await scene.attack("stranger", "silent", `${count}`);
    assertMatch(lines.at(-1) ?? "", /^0 of \d+ connections stay$/);
  });
}

for (const kind of ["silent", "connections", "garbage", "requests", "lingering"]) {
  attacked(`keys are echoed in a flood: ${kind}`, async (scene) => {
    await using stranger = await scene.begin("flood", kind);
    assertEquals(await stranger.line(), "flooding");
    await keysAreEchoed(scene.session, `a flood of kind "${kind}"`);
    const lines = await stranger.rest();
    assertMatch(lines.at(-1) ?? "", /^[1-9]\d* attempts, \d+ refused$/);
  });
}

attacked(
  "a program whose descriptor takes long to close keeps no other from the keeper's answer",
  async ({ session, place }) => {
    const program = await member("static");
    await Deno.chmod(place.home, 0o777);
    const race = `${AS_NOBODY} ${program} race ${RACE} > race < /dev/null 2>&1 &`;
    await place.write("attack", `${race}\n${program} answers ${RACE} > result\nwait\n`);
    await session.launch("sh attack");
    const [, answers] = await resultOf(place, /longest answer/);
    await session.waitForPrompt();
    const [races] = await session.run("clear; cat race");
    console.log(`${races}; beside it: ${answers}`);
    // It may well keep itself waiting.
    assertMatch(races, /^[1-9]\d* races/);
    const [, failed, , longest] = ANSWERS.exec(answers ?? "") ?? [];
    assertEquals(failed, "0", answers);
    assert(Number(longest) <= LONGEST_ECHO, `${races}; ${answers}`);
  },
);

/** Seconds in which another program asks the keeper while connections to it say nothing. */
const ASKING = 5;
/** How often it must be answered in half of that time, even on a machine that has other things to do. */
const LEAST_ANSWERS = 200;

for (const order of ["before it starts", "while it asks"]) {
  const name = "silent connections of a user's program keep no other from the keeper's answer";
  attacked(`${name}: ${order}`, async ({ session, place, places }) => {
    const silent = [await attack("stranger"), "silent", "20", ...asArguments(places)].join(" ");
    const answers = `${await member("static")} answers ${ASKING}`;
    const line = order === "while it asks"
      ? `${answers} | { read asking; ${silent} > silent < /dev/null & cat > result; kill $!; }`
      : `${silent} | { read connected; ${answers} > result < /dev/tty; }`;
    await place.write("attack", `${line}\n`);
    await session.launch("sh attack");
    const said = (await resultOf(place, /longest answer/)).at(-1) ?? "";
    await session.waitForPrompt("$ ", SILENCE);
    const [, failed, count, longest] = ANSWERS.exec(said) ?? [];
    assertEquals(failed, "0", said);
    assert(Number(longest) <= LONGEST_ECHO && Number(count) >= LEAST_ANSWERS, said);
  }, { far: { user: NOBODY } });
}
