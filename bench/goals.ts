// The goals for rpty's speed, and whether a run meets them.

import { find, type Run } from "./results.ts";
import { PAUSES } from "./scenarios/pace.ts";

type Figures = Pick<Run, "results">;

export interface Goal {
  readonly title: string;
  readonly measure: string;
  /** Milliseconds. */
  readonly roundTrip: number;
  /** The goal in words. */
  readonly goal: string;
  /** The limit for the figure; undefined if it depends on a figure that was not measured. */
  bound(run: Figures): number | undefined;
  /** Whether more is better. */
  readonly atLeast?: boolean;
}

/** A goal and the result. */
export interface Verdict {
  readonly goal: Goal;
  readonly value: number | undefined;
  readonly bound: number | undefined;
  /** Undefined if a figure is missing. */
  readonly met: boolean | undefined;
}

/** A round trip in ms that is long enough to show each crossing. */
const FAR = 100;
/** How much a garbage-collected heap may vary, in MB. */
const BREATH = 8;

function fixed(
  measure: string,
  roundTrip: number,
  title: string,
  limit: number,
  goal: string,
): Goal {
  return { title, measure, roundTrip, goal, bound: () => limit };
}

/** At most a factor of another figure. */
function relative(
  measure: string,
  roundTrip: number,
  title: string,
  factor: number,
  other: { readonly peer: string; readonly measure?: string; readonly name?: string },
): Goal {
  const goal = `≤ ${other.name ?? other.peer}${factor === 1 ? "" : ` × ${factor}`}`;
  const bound = (run: Figures) => {
    const found = find(run, other.measure ?? measure, other.peer, roundTrip);
    return found === undefined ? undefined : found.median * factor;
  };
  return { title, measure, roundTrip, goal, bound };
}

/** At least a factor of another figure. */
function atLeast(measure: string, title: string, factor: number, peer: string): Goal {
  const goal = relative(measure, 0, title, factor, { peer });
  return { ...goal, goal: goal.goal.replace("≤", "≥"), atLeast: true };
}

const KERNEL = { peer: "local", name: "kernel" };

/** Goals for what a person notices while typing. */
function paced(pause: number): Goal[] {
  return [["prompt", "Enter to prompt"], ["echo", "Echo at readline"]].flatMap(([what, title]) => [
    fixed(`${what}_${pause}`, 0, `${title}, every ${pause} ms`, 2, "≤ 2 ms"),
    relative(`${what}_${pause}`, FAR, `${title}, every ${pause} ms`, 1.02, { peer: "ssh" }),
  ]);
}

export const GOALS: readonly Goal[] = [
  fixed("prompt", FAR, "Enter to prompt", 1.03 * FAR, "≤ 1.03 round trips"),
  relative("prompt", FAR, "Enter to prompt", 1.02, { peer: "ssh" }),
  ...PAUSES.flatMap(paced),
  fixed("echo_line", FAR, "Echo in line mode", 2, "< 2 ms"),
  relative("echo_readline", FAR, "Echo at readline", 1.02, { peer: "ssh" }),
  relative("vim_open", FAR, "vim opens", 1.03, { peer: "ssh" }),
  relative("vim_quit", FAR, "vim quits", 1.03, { peer: "ssh" }),
  fixed("interrupt", FAR, "^C during `yes`, 1 MB/s", 150, "≤ 150 ms"),
  fixed(
    "age",
    FAR,
    "Age of heavy output when shown, 1 MB/s",
    FAR / 2 + 150,
    "< 150 ms + half a round trip",
  ),
  atLeast("throughput", "Throughput", 1, "ssh"),
  atLeast("throughput", "Throughput (aim)", 0.9, "local"),
  fixed("prompt", 0, "Enter to prompt", 3, "≤ 3 ms"),
  relative("start", 0, "Start to prompt", 1, { peer: "ssh" }),
  relative("call_isatty", 0, "isatty", 1.2, KERNEL),
  relative("call_tcgetattr", 0, "tcgetattr", 1.2, KERNEL),
  relative("call_winsize", 0, "TIOCGWINSZ", 1.2, KERNEL),
  ...["read", "write"].flatMap((call) =>
    ["local", "rpty"].map((peer) =>
      relative(`call_${call}`, 0, `${call} of 4 KiB`, 1.3, {
        peer,
        measure: `pipe_${call}`,
        name: `pipe beside ${peer === "local" ? "the kernel pty" : peer}`,
      })
    )
  ),
  fixed("bytes_key", 0, "Bytes per keystroke at readline", 80, "≤ 80"),
  fixed("memory_near_growth", 0, "Memory during `yes`, near side", BREATH, `flat (± ${BREATH} MB)`),
  fixed("memory_far_growth", 0, "Memory during `yes`, far side", BREATH, `flat (± ${BREATH} MB)`),
];

/** Judges a run by a goal. */
export function judge(goal: Goal, run: Figures): Verdict {
  const value = find(run, goal.measure, "rpty", goal.roundTrip)?.median;
  const bound = goal.bound(run);
  if (value === undefined || bound === undefined) return { goal, value, bound, met: undefined };
  return { goal, value, bound, met: goal.atLeast ? value >= bound : value <= bound };
}
