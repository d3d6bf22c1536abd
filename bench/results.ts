// The results of a run.

import type { Summary } from "./statistics.ts";

/** One figure: a measure of a peer at a round trip. */
export interface Result extends Summary {
  readonly measure: string;
  readonly peer: string;
  /** Milliseconds. */
  readonly roundTrip: number;
  readonly samples: readonly number[];
}

/** A figure that is missing, and why. */
export interface Gap {
  readonly scenario: string;
  readonly peer: string;
  readonly roundTrip: number;
  readonly reason: string;
}

/** The machine and what ran on it. */
export interface Circumstances {
  readonly date: string;
  readonly system: string;
  readonly processors: string;
  /** Runnable processes, a minute's mean, before and after. */
  readonly load: readonly [number, number];
  readonly seconds: number;
  readonly quick: boolean;
  readonly versions: Readonly<Record<string, string>>;
}

/** A whole run. */
export interface Run {
  readonly circumstances: Circumstances;
  readonly results: readonly Result[];
  readonly gaps: readonly Gap[];
}

/** Finds one figure; undefined if it was not measured. */
export function find(
  run: Pick<Run, "results">,
  measure: string,
  peer: string,
  roundTrip: number,
): Result | undefined {
  return run.results.find((one) =>
    one.measure === measure && one.peer === peer && one.roundTrip === roundTrip
  );
}
