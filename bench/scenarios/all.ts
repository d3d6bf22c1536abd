// All scenarios, in the order of the tables.

import { bytes } from "./bytes.ts";
import { calls } from "./calls.ts";
import { echo } from "./echo.ts";
import { age, interrupt } from "./interrupt.ts";
import { memory } from "./memory.ts";
import { listing, throughput } from "./output.ts";
import { pace } from "./pace.ts";
import { prompt } from "./prompt.ts";
import type { Measure, Scenario } from "./scenario.ts";
import { start } from "./start.ts";
import { vim } from "./vim.ts";

export const SCENARIOS: readonly Scenario[] = [
  prompt,
  echo,
  pace,
  vim,
  listing,
  throughput,
  start,
  interrupt,
  age,
  bytes,
  memory,
  calls,
];

export const MEASURES: readonly Measure[] = SCENARIOS.flatMap(({ measures }) => measures);
