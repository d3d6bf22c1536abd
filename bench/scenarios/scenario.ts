// What a scenario is: a script for a session that returns named samples.

import type { Session } from "../session.ts";

/** What a name's samples are. */
export interface Measure {
  readonly name: string;
  readonly title: string;
  readonly unit: "ms" | "MB/s" | "bytes" | "MB" | "ns";
}

/** How much is done. */
export interface Effort {
  /** Samples of what is quick. */
  readonly many: number;
  /** Samples of what a person takes half a second for. */
  readonly unhurried: number;
  /** Samples of what takes long. */
  readonly few: number;
  /** Samples of what a fast machine needs most of a second for. */
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
  /** Round trips it makes sense at, if not at all. */
  readonly roundTrips?: readonly number[];
  /** Bytes a second of its line, if not the usual. */
  readonly rate?: number;
  /**
   * Whether peers are measured in turns, one sample each (`heavy` is 1). A processor's speed changes within seconds, with
   * what else the machine does: so much that it decides who of two is faster.
   */
  readonly inTurns?: boolean;
  /** Whether the line counts, also where it would be none. */
  readonly counted?: boolean;
  /** Peers it is left out for, and why. */
  readonly leaves?: Readonly<Record<string, string>>;
  run(session: Session, effort: Effort): Promise<Samples>;
}

/** Waits so many milliseconds. */
export function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}

/** Does something again and again, and keeps what it gives. */
export async function repeat<Value>(
  count: number,
  once: (index: number) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (let index = 0; index < count; index++) values.push(await once(index));
  return values;
}
