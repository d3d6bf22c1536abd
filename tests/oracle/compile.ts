// Compiles the oracle's families: for glibc, for musl, static or with librpty.a.

import { ROOT } from "../harness/build.ts";

const FOLDER = `${ROOT}/tests/oracle`;
const FOLDER_OF_BUILDS = `${ROOT}/build/tests`;
/** `make static` makes it. */
export const ARCHIVE = `${ROOT}/build/librpty.a`;

/** Some cases do on purpose what the compiler warns about. */
const UNWARNED = [
  ...["-Wno-stringop-overflow", "-Wno-stringop-overread", "-Wno-unused-result", "-Wno-overflow"],
];

/** musl's compiler comes without the kernel's headers. */
const MUSL = {
  compiler: "musl-gcc",
  flags: ["/usr/include", "/usr/include/x86_64-linux-gnu"].flatMap((path) => ["-idirafter", path]),
};

/** How a family may be built. */
const BUILDS = {
  "glibc": { compiler: "cc", flags: [] },
  "musl": MUSL,
  "static-glibc": { compiler: "cc", flags: ["-static"] },
  "static-musl": { ...MUSL, flags: [...MUSL.flags, "-static"] },
  // With librpty.a linked in (docs/static.md).
  "static-archive": {
    ...MUSL,
    flags: [
      ...[...MUSL.flags, "-static"],
      ...["-Wl,--whole-archive", ARCHIVE, "-Wl,--no-whole-archive"],
    ],
  },
} as const;

/** A build: with which C library, loaded or linked. */
export type Build = keyof typeof BUILDS;

/** Builds that the preload does not reach. */
export const STATIC_BUILDS = ["static-glibc", "static-musl", "static-archive"] as const;

/**
 * The path of a family's program. It is compiled each time: a family takes less than a second.
 *
 * @throws {Error} with the compiler's words if it does not compile.
 */
export async function compileFamily(family: string, build: Build): Promise<string> {
  const { compiler, flags } = BUILDS[build];
  const program = `${FOLDER_OF_BUILDS}/oracle_${family}_${build}`;
  // Test files may run in parallel: each compiles for itself, and the last rename wins.
  const draft = `${program}.${crypto.randomUUID()}`;
  await Deno.mkdir(FOLDER_OF_BUILDS, { recursive: true });
  const { success, stderr } = await new Deno.Command(compiler, {
    args: [
      ...["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-D_GNU_SOURCE", `-I${FOLDER}`],
      ...["-o", draft, `${FOLDER}/oracle.c`, `${FOLDER}/families/${family}.c`],
      ...UNWARNED,
      ...flags,
    ],
  }).output();
  if (!success) throw new Error(`Cannot compile "${family}": ${new TextDecoder().decode(stderr)}`);
  await Deno.rename(draft, program);
  return program;
}
