// Makes a test of each row of a table, and keeps its result for docs/programs.md.

import { missing, testWith } from "../harness/needs.ts";
import { Place } from "../harness/place.ts";
import { seededRandom } from "../oracle/line_discipline_random.ts";
import type { Program } from "./program.ts";
import { type Outcome, record } from "./record.ts";
import { Difference, SideBySide } from "./side_by_side.ts";

/** `make test` runs one row of each table; SEED=N chooses the same again. */
const SAMPLE = Deno.env.get("RPTY_TEST_SAMPLE") === "1";
const SEED = Number(Deno.env.get("SEED") ?? Date.now() % 1e9);
const NEEDS = ["namespaces"];

/** Registers a table. */
export function programs(kind: string, rows: readonly Program[]): void {
  const chosen = SAMPLE ? [rows[seededRandom(SEED + kind.length)(rows.length)]] : rows;
  for (const row of chosen) register(kind, row);
}

function register(kind: string, row: Program): void {
  const needs = [...row.needs, ...NEEDS];
  const lacks = missing(needs);
  if (lacks.length > 0) record(kind, row, { result: `not run: ${lacks.join(", ")} missing` });
  testWith(needs, `${row.program}: ${row.does}`, async () => {
    const outcome = await outcomeOf(row).catch((error): Outcome & { error: unknown } => {
      return { result: "**failed**", error };
    });
    record(kind, row, outcome);
    if ("error" in outcome) throw outcome.error;
  });
}

/** Runs a row. It throws if the result is not as the table says. */
export function outcomeOf(row: Program): Promise<Outcome> {
  return row.differs === undefined ? same(row) : differs(row, row.differs);
}

async function same(row: Program): Promise<Outcome> {
  return { result: "same", screens: await screensOf(row) };
}

/** A known difference must still exist. Otherwise the table would go on listing it. */
async function differs(row: Program, reason: string): Promise<Outcome> {
  const screens = await screensOf(row).catch((error) => {
    if (!(error instanceof Difference)) throw error;
  });
  if (screens === undefined) return { result: `differs: ${reason}` };
  throw new Error(`The screens are the same now, but the row says "${reason}"`);
}

/** Runs a row and returns the number of equal screens. */
async function screensOf(row: Program): Promise<number> {
  await using place = await Place.create();
  await using service = await row.service?.();
  await using both = await SideBySide.start(place, row, service?.env);
  await both.run();
  return both.screens;
}
