// Median and quartiles of samples.

/** A median, and the quartiles below and above it. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Summarizes samples.
 *
 * @throws {RangeError} if there are none.
 */
export function summarize(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
  };
}

/** The quantile of sorted values, interpolated between two of them if necessary. */
function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) throw new RangeError("Cannot sum up samples: there are none");
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
}
