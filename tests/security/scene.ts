// A session of root, with an attacker beside it.

import { assert, assertEquals } from "@std/assert";
import { ENTER } from "../harness/keys.ts";
import type { Place } from "../harness/place.ts";
import { eventually } from "../harness/processes.ts";
import { type Through, type ThroughOptions, throughRpty } from "../harness/through_rpty.ts";
import { asArguments, findPlaces, type SessionPlaces } from "./places.ts";
import { attack } from "./programs.ts";
import { attackFrom, Stranger } from "./stranger.ts";

/** What a test of an attack has. */
export interface Attacked extends Through {
  readonly places: SessionPlaces;
  /** Runs an attack as nobody, with all places, to its end. */
  attack(name: Parameters<typeof attack>[0], ...words: string[]): Promise<string[]>;
  /** Starts one. */
  begin(name: Parameters<typeof attack>[0], ...words: string[]): Promise<Stranger>;
}

/** Registers a test with a session of root's, which must be as it was at the end. */
export function attacked(
  name: string,
  test: (scene: Attacked) => Promise<void>,
  options: ThroughOptions = {},
): void {
  const needs = ["root", "cc", "nsenter", "setpriv", ...options.needs ?? []];
  throughRpty(name, { ...options, needs }, async (through) => {
    const { session, far } = through;
    await session.waitForPrompt();
    const settings = await session.run("stty -a");
    await session.run("clear");
    const places = await findPlaces(far);
    assert(places.sockets.length > 0 && places.fifos.length > 0, JSON.stringify(places));
    const command = async (program: Parameters<typeof attack>[0], words: string[]) => [
      ...[await attack(program), ...words],
      ...asArguments(places),
    ];
    await test({
      ...through,
      places,
      attack: async (program, ...words) =>
        await attackFrom(places.processes.shell, await command(program, words)),
      begin: async (program, ...words) =>
        new Stranger(places.processes.shell, await command(program, words)),
    });
    await isUnharmed(session, settings);
  });
}

/** The terminal is as it was, and the shell works. */
async function isUnharmed(session: Through["session"], settings: string[]): Promise<void> {
  await session.run("clear");
  assertEquals(await session.run("stty -a"), settings);
  assertEquals(await session.run("echo still here"), ["still here"]);
  session.type(`exit${ENTER}`);
  assertEquals(await session.exit(), 0);
}

/** Lines that tell of something that was got. Those that count what was tried are left out. */
export function gains(lines: readonly string[]): string[] {
  return lines.filter((line) => /^[A-Z]{3,}/.test(line) || line.includes("GOT"));
}

/** How long, in ms, a program of the session may take for its attack. */
const PATIENCE = 60_000;

/** What a program of the session wrote to the file `result` in its home, once that has what it says last. */
export async function resultOf(place: Place, last: RegExp): Promise<string[]> {
  const read = () => Deno.readTextFile(`${place.home}/result`).catch(() => "");
  if (!await eventually(async () => last.test(await read()), PATIENCE)) {
    throw new Error(`Cannot see ${last} in what the attack wrote: ${await read()}`);
  }
  return (await read()).trimEnd().split("\n");
}
