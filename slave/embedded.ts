// The interposer and the keeper, carried within the compiled program (or beside the sources, in build/).

import type { Programs } from "./runtime_directory.ts";

/** Reads both. */
export function embeddedPrograms(): Programs {
  return {
    library: Deno.readFileSync(new URL("../build/librpty.so", import.meta.url)),
    keeper: Deno.readFileSync(new URL("../build/rpty-keeper", import.meta.url)),
  };
}
