// Runs all rounds, peers and scenarios. Scenarios with the same peer and line share a session.

import type { Place } from "../tests/harness/place.ts";
import type { Peer } from "./peers/peer.ts";
import type { Line } from "./relay.ts";
import type { Gap, Result } from "./results.ts";
import type { Effort, Samples, Scenario } from "./scenarios/scenario.ts";
import { Session, type SessionOptions } from "./session.ts";
import { summarize } from "./statistics.ts";

/** The usual line over a distance: 100 Mbit a second. */
const USUAL_RATE = 12.5e6;

export interface Plan {
  readonly peers: readonly Peer[];
  readonly scenarios: readonly Scenario[];
  /** Milliseconds. */
  readonly roundTrips: readonly number[];
  effort(roundTrip: number): Effort;
}

/** Measures everything in a plan, and reports each figure when it is known. */
export async function measureAll(
  plan: Plan,
  place: Place,
  tell: (line: string) => void,
): Promise<{ results: Result[]; gaps: Gap[] }> {
  const runner = new Runner(place, tell);
  for (const roundTrip of plan.roundTrips) {
    for (const peer of plan.peers) {
      // There is no line in between, so the round trip does not matter.
      if (peer.programs === undefined && roundTrip > 0) continue;
      tell(`${peer.name} at ${roundTrip} ms`);
      await runner.measurePeer(peer, roundTrip, plan);
    }
  }
  return runner;
}

class Runner {
  readonly results: Result[] = [];
  readonly gaps: Gap[] = [];
  readonly #place: Place;
  readonly #tell: (line: string) => void;
  #session: Session | undefined;

  constructor(place: Place, tell: (line: string) => void) {
    this.#place = place;
    this.#tell = tell;
  }

  async measurePeer(peer: Peer, roundTrip: number, plan: Plan): Promise<void> {
    for (const scenario of plan.scenarios) {
      if (!(scenario.roundTrips ?? [roundTrip]).includes(roundTrip)) continue;
      const reason = scenario.leaves?.[peer.name];
      if (reason === undefined) await this.#measure(scenario, peer, roundTrip, plan);
      else this.gaps.push({ scenario: scenario.name, peer: peer.name, roundTrip, reason });
    }
    await this.#close();
  }

  async #measure(scenario: Scenario, peer: Peer, roundTrip: number, plan: Plan): Promise<void> {
    const options = sessionOptions(scenario, peer, roundTrip, this.#place);
    try {
      const session = await this.#open(options);
      this.#keep(scenario, peer, roundTrip, await scenario.run(session, plan.effort(roundTrip)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : `${error}`;
      this.#tell(`  ${scenario.name} failed: ${reason}`);
      const [first] = reason.split("\n");
      this.gaps.push({ scenario: scenario.name, peer: peer.name, roundTrip, reason: first });
      await this.#close();
    }
  }

  #keep(scenario: Scenario, peer: Peer, roundTrip: number, samples: Samples): void {
    for (const { name, title, unit } of scenario.measures) {
      if (!samples[name]?.length) continue;
      const summary = summarize(samples[name]);
      const { median, low, high } = summary;
      const figures = [median, low, high].map((one) => one.toPrecision(4));
      this.#tell(`  ${title}: ${figures[0]} ${unit} (${figures[1]} to ${figures[2]})`);
      const rounded = samples[name].map((one) => Number(one.toPrecision(6)));
      this.results.push({
        measure: name,
        peer: peer.name,
        roundTrip,
        ...summary,
        samples: rounded,
      });
    }
  }

  /** The session in use, if it is on such a line, or a new one. */
  async #open(options: SessionOptions): Promise<Session> {
    const wanted = JSON.stringify([options.line, options.counted]);
    const { line, counted } = this.#session?.options ?? {};
    if (this.#session !== undefined && JSON.stringify([line, counted]) === wanted) {
      return this.#session;
    }
    await this.#close();
    return this.#session = await Session.open(options);
  }

  async #close(): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
    this.#session = undefined;
  }
}

function sessionOptions(
  scenario: Scenario,
  peer: Peer,
  roundTrip: number,
  place: Place,
): SessionOptions {
  const line: Line = { roundTrip, rate: scenario.rate ?? (roundTrip === 0 ? 0 : USUAL_RATE) };
  return { peer, place, line, counted: scenario.counted ?? false };
}
