// Stands in for `jsr:@std/cli` where JSR cannot be reached: the part in use, by `node:util`.

import { parseArgs as parse } from "node:util";

/** Options without a value, options with one, values of absent ones, and who is asked about the rest. */
interface ParseOptions<B, S, D> {
  boolean: readonly B[];
  string: readonly S[];
  default?: D;
  unknown: (arg: string) => unknown;
}

export function parseArgs<const B extends string, const S extends string, D = unknown>(
  args: string[],
  { boolean, string, default: defaults, unknown }: ParseOptions<B, S, D>,
): Record<B, boolean> & Partial<Record<S, string>> & D {
  const types = new Map<string, "boolean" | "string">();
  for (const name of boolean) types.set(name, "boolean");
  for (const name of string) types.set(name, "string");
  const options = Object.fromEntries(Array.from(types, ([name, type]) => [name, { type }]));
  const absent = Object.fromEntries(boolean.map((name) => [name, false]));
  const values: Record<string, unknown> = { ...absent, ...defaults };
  for (const token of parse({ args, options, strict: false, tokens: true }).tokens) {
    const type = token.kind === "option" && types.get(token.name);
    if (!type) unknown(args[token.index]);
    else values[token.name] = type === "string" ? token.value ?? "" : token.value !== "false";
  }
  return values as never;
}
