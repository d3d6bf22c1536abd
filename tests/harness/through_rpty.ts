// Tests of what only rpty has: a far side, a transport, and an end of the session.

import { testWith } from "./needs.ts";
import { Place } from "./place.ts";
import { type RptyOptions, RptySession } from "./rpty.ts";

export interface ThroughOptions extends Partial<RptyOptions> {
  readonly needs?: readonly string[];
}

/** What a test through rpty gets. */
export interface Through {
  readonly place: Place;
  readonly through: RptySession;
  readonly session: RptySession["session"];
  readonly far: RptySession["far"];
}

/** Registers a test with a session through rpty. At its end the far side must be empty and clean. */
export function throughRpty(
  name: string,
  options: ThroughOptions,
  test: (scene: Through) => Promise<void>,
): void {
  const { needs = [], command = ["bash"], link } = options;
  testWith(["namespaces", ...link?.needs ?? [], ...needs], name, async () => {
    await using place = await Place.create();
    await using through = await RptySession.start(place, { ...options, command });
    await test({ place, through, session: through.session, far: through.far });
    await through.finish();
  });
}

/** Registers a test that gets a place, and starts its own processes there. */
export function inPlace(
  name: string,
  needs: readonly string[],
  test: (place: Place) => Promise<void>,
): void {
  testWith(needs, name, async () => {
    await using place = await Place.create();
    await test(place);
  });
}
