// The benchmark's command line.

import { parseArgs } from "@std/cli";
import { ROOT } from "../tests/harness/build.ts";
import { PEERS } from "./peers/all.ts";
import { SCENARIOS } from "./scenarios/all.ts";

export const USAGE = `Usage: bench [options]

Measures rpty beside ssh, socat, mosh and a local terminal. Writes performance.md and performance.svg, and every
sample to performance.json.

Options:
  --quick             local, ssh and rpty, fewer samples, at 0 and 100 ms: two minutes
  --long              memory under 60 s of output
  --scenario NAME,…   only these: ${SCENARIOS.map(({ name }) => name).join(", ")}
  --peer NAME,…       only these: ${PEERS.map(({ name }) => name).join(", ")}
  --delay MS,…        only these round trips (default 0,20,100,300)
  --output FOLDER     write all three files there (default: build/bench; performance.md and performance.svg to
                      docs if nothing is left out)
  --help              show this
`;

/** The folder for results that are not part of the repository. */
const BUILD = `${ROOT}/build/bench`;
/** Round trips, in milliseconds. */
const ROUND_TRIPS = [0, 20, 100, 300];
const QUICK_ROUND_TRIPS = [0, 100];
/** The round trips that have goals. */
const QUICK_PEERS = ["local", "ssh", "rpty"];

export interface Options {
  readonly quick: boolean;
  readonly long: boolean;
  readonly help: boolean;
  readonly scenarios: readonly string[];
  readonly peers: readonly string[];
  readonly roundTrips: readonly number[];
  /** The folder for the report, and that for every sample. */
  readonly output: string;
  readonly samples: string;
}

/**
 * Reads the arguments.
 *
 * @throws {SyntaxError} if one is unknown.
 */
export function parseOptions(args: readonly string[]): Options {
  const values = parseArgs([...args], {
    boolean: ["quick", "long", "help"],
    string: ["scenario", "peer", "delay", "output"],
    unknown: (option) => {
      throw new SyntaxError(`Cannot take the argument "${option}": it is unknown`);
    },
  });
  const names = (list: string | undefined, known: readonly string[], usual = known) =>
    list?.split(",").map((name) => choose(name, known)) ?? usual;
  const roundTrips = values.quick ? QUICK_ROUND_TRIPS : ROUND_TRIPS;
  return {
    quick: values.quick ?? false,
    long: values.long ?? false,
    help: values.help ?? false,
    scenarios: names(values.scenario, SCENARIOS.map(({ name }) => name)),
    peers: names(
      values.peer,
      PEERS.map(({ name }) => name),
      values.quick ? QUICK_PEERS : undefined,
    ),
    roundTrips: values.delay?.split(",").map(milliseconds) ?? roundTrips,
    output: values.output ?? (partial(values) ? BUILD : `${ROOT}/docs`),
    samples: values.output ?? BUILD,
  };
}

interface Chosen {
  quick?: boolean;
  scenario?: string;
  peer?: string;
  delay?: string;
}

function partial({ quick, scenario, peer, delay }: Chosen): boolean {
  return quick === true || [scenario, peer, delay].some((one) => one !== undefined);
}

function choose(name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  throw new SyntaxError(`Cannot choose "${name}": known are ${known.join(", ")}`);
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (text !== "" && value >= 0 && value < 10_000) return value;
  throw new SyntaxError(`Cannot take "${text}" for a round trip in milliseconds`);
}
