// Runs all rounds, peers and scenarios. Scenarios with the same peer and line share a session. Scenarios that depend on the
// machine's speed are run last, by all peers in turns.
//
//   round trip ──> each peer: each scenario ──> each scenario in turns: each peer once, and again

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
    // Where there is no line in between, the round trip does not matter.
    const peers = plan.peers.filter(({ programs }) => programs !== undefined || roundTrip === 0);
    for (const peer of peers) await runner.measurePeer(peer, roundTrip, plan);
    for (const scenario of plan.scenarios.filter(({ inTurns }) => inTurns)) {
      await runner.measureInTurns(scenario, peers, roundTrip, plan);
    }
  }
  return runner;
}

/** A peer that takes turns with others. */
interface Turn {
  readonly peer: Peer;
  readonly session: Session;
  readonly samples: Record<string, number[]>;
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
    this.#tell(`${peer.name} at ${roundTrip} ms`);
    for (const scenario of plan.scenarios) {
      if (scenario.inTurns || !this.#isWanted(scenario, peer, roundTrip)) continue;
      await this.#measure(scenario, peer, roundTrip, plan);
    }
    await this.#close();
  }

  /** One sample of each peer, and again: what else the machine does then slows down all alike. */
  async measureInTurns(
    scenario: Scenario,
    peers: readonly Peer[],
    roundTrip: number,
    plan: Plan,
  ): Promise<void> {
    this.#tell(`${scenario.name} at ${roundTrip} ms, in turns`);
    await using sessions = new AsyncDisposableStack();
    const turns = new Set<Turn>();
    for (const peer of peers.filter((one) => this.#isWanted(scenario, one, roundTrip))) {
      await this.#succeeds(scenario, peer, roundTrip, async () => {
        const options = sessionOptions(scenario, peer, roundTrip, this.#place);
        const session = sessions.use(await Session.open(options));
        turns.add({ peer, session, samples: {} });
      });
    }
    const effort = { ...plan.effort(roundTrip), heavy: 1 };
    for (let count = 0; count < effort.turns; count++) {
      for (const turn of turns) {
        const take = async () => append(turn.samples, await scenario.run(turn.session, effort));
        if (!await this.#succeeds(scenario, turn.peer, roundTrip, take)) turns.delete(turn);
      }
    }
    for (const { peer, samples } of turns) {
      this.#tell(`  ${peer.name}`);
      this.#keep(scenario, peer, roundTrip, samples);
    }
  }

  /** Whether a scenario makes sense there; if it is left out, why is told. */
  #isWanted(scenario: Scenario, peer: Peer, roundTrip: number): boolean {
    if (!(scenario.roundTrips ?? [roundTrip]).includes(roundTrip)) return false;
    const reason = scenario.leaves?.[peer.name];
    if (reason === undefined) return true;
    this.gaps.push({ scenario: scenario.name, peer: peer.name, roundTrip, reason });
    return false;
  }

  async #measure(scenario: Scenario, peer: Peer, roundTrip: number, plan: Plan): Promise<void> {
    const options = sessionOptions(scenario, peer, roundTrip, this.#place);
    const succeeds = await this.#succeeds(scenario, peer, roundTrip, async () => {
      const session = await this.#open(options);
      this.#keep(scenario, peer, roundTrip, await scenario.run(session, plan.effort(roundTrip)));
    });
    if (!succeeds) await this.#close();
  }

  /** Whether something goes well; if not, it is told. */
  async #succeeds(
    scenario: Scenario,
    peer: Peer,
    roundTrip: number,
    what: () => Promise<void>,
  ): Promise<boolean> {
    try {
      await what();
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : `${error}`;
      this.#tell(`  ${scenario.name} failed: ${reason}`);
      const [first] = reason.split("\n");
      this.gaps.push({ scenario: scenario.name, peer: peer.name, roundTrip, reason: first });
      return false;
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

function append(all: Record<string, number[]>, samples: Samples): void {
  for (const [name, values] of Object.entries(samples)) (all[name] ??= []).push(...values);
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
