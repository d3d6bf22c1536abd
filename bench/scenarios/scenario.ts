// What a scenario is: a script for a session that returns named samples.

import type { Session } from "../session.ts";

/** What the samples of a name are. */
export interface Measure {
  readonly name: string;
  readonly title: string;
  readonly unit: "ms" | "MB/s" | "bytes" | "MB" | "ns";
}

/** How many samples are taken. */
export interface Effort {
  /** Samples of quick actions. */
  readonly many: number;
  /** Samples of actions at the pace of half a second. */
  readonly unhurried: number;
  /** Samples of slow actions. */
  readonly few: number;
  /** Samples of actions that take most of a second on a fast machine. */
  readonly heavy: number;
  /** Turns of what is measured in turns. */
  readonly turns: number;
  /** Seconds under `yes` before memory is compared. */
  readonly memorySeconds: number;
}

/** Samples by the measure's name. */
export type Samples = Readonly<Record<string, readonly number[]>>;

export interface Scenario {
  readonly name: string;
  readonly measures: readonly Measure[];
  /** Round trips at which it makes sense; all if undefined. */
  readonly roundTrips?: readonly number[];
  /** Bytes a second of its line, if not the usual rate. */
  readonly rate?: number;
  /**
   * Whether peers are measured in turns, one sample each (`heavy` is 1). A processor's speed changes within seconds, with
   * what else the machine does: so much that it decides who of two is faster.
   */
  readonly inTurns?: boolean;
  /** Whether a relay counts bytes, even at 0 ms. */
  readonly counted?: boolean;
  /** Peers for which it is left out, and why. */
  readonly leaves?: Readonly<Record<string, string>>;
  run(session: Session, effort: Effort): Promise<Samples>;
}

/** Waits for some milliseconds. */
export function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}

/** Repeats an action, and collects its results. */
export async function repeat<Value>(
  count: number,
  once: (index: number) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (let index = 0; index < count; index++) values.push(await once(index));
  return values;
}
