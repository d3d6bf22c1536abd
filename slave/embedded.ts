// The interposer and the keeper, which the compiled program contains. Run from source, they lie in build/.

import type { Programs } from "./runtime_directory.ts";

/** Reads both files. */
export function embeddedPrograms(): Programs {
  return {
    library: Deno.readFileSync(new URL("../build/librpty.so", import.meta.url)),
    keeper: Deno.readFileSync(new URL("../build/rpty-keeper", import.meta.url)),
  };
}
