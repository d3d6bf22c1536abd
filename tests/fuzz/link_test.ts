// Fuzzes a link, and a whole master and slave, with a peer that breaks the protocol.

import { assertEquals } from "@std/assert";
import { FakeTerminal } from "../../master/fake_terminal.ts";
import { embeddedPrograms, runMaster, runSlave } from "../../mod.ts";
import { Link, type Role } from "../../protocol/link.ts";
import { preamble } from "../../protocol/preamble.ts";
import { childless } from "../harness/runtime.ts";
import { concat, HOSTILE, session } from "./corpus.ts";
import { fuzz, rejection, RUNS_SLAVES } from "./fuzz.ts";
import { chunks, type Dice, mutate } from "./mutate.ts";

/** Longer than any input takes: silence is not tested here. */
const NEVER = 60_000;
const ENDS = ["ProtocolError", "LinkLostError"];

function peerOf(self: Role): Role {
  return self === "master" ? "slave" : "master";
}

/** A peer that sends an input in chunks, ends, and reads all that comes. */
function streams(input: Uint8Array, dice: Dice) {
  return { readable: ReadableStream.from(chunks(input, dice)), writable: new WritableStream() };
}

/** A session of the peer's: hello first, then frames in any order, some of them none, tampered with or not. */
function sessionOf(peer: Role, dice: Dice): Uint8Array {
  const [hello, ...frames] = session(peer);
  const some = Array.from(
    { length: dice.below(8) },
    () => dice.pick(dice.oneIn(20) ? HOSTILE : frames),
  );
  const whole = concat(preamble(peer), hello, ...some);
  return dice.oneIn(2) ? whole : mutate(whole, dice);
}

for (const self of ["master", "slave"] as const) {
  fuzz({
    name: `Link of a ${self}`,
    inputs: 1000,
    outcomes: ENDS,
    async run(dice) {
      const options = { timeout: NEVER, patience: NEVER };
      const link = new Link(self, streams(sessionOf(peerOf(self), dice), dice), options);
      try {
        await link.run(() => {});
        return "ended";
      } catch (error) {
        return rejection(error, ...ENDS);
      } finally {
        await link.close();
      }
    },
  });
}

fuzz({
  name: "runMaster",
  inputs: 1000,
  outcomes: [...ENDS, "exit"],
  async run(dice) {
    const terminal = new FakeTerminal();
    try {
      await runMaster(streams(sessionOf("slave", dice), dice), { terminal });
      return "exit";
    } catch (error) {
      return rejection(error, ...ENDS);
    } finally {
      assertEquals(terminal.log.at(-1), "give back ICANON ECHO");
    }
  },
});

fuzz({
  name: "runSlave",
  inputs: 60,
  outcomes: ENDS,
  options: RUNS_SLAVES,
  async run(dice) {
    const options = {
      command: ["cat"],
      environment: { PATH: "/usr/bin:/bin" },
      programs: embeddedPrograms(),
    };
    try {
      await runSlave(streams(sessionOf("master", dice), dice), options);
      return "ended";
    } catch (error) {
      return rejection(error, ...ENDS);
    }
  },
  // A keeper that is not reaped here would become a child of another test.
  after: childless,
});
